"""A `keras.Model` that trains in phases, with `compile` and `fit` as Keras users know them."""

import keras

from groundwork import hyperparameters
from modern import optimizers
from modern.precision import precision
from modern.program import Update
from modern.training import run_step


class PhasedModel(keras.Model):
    """Base of the models: `call` gives images from noise, `fit` takes batch dictionaries.

    Attributes:
      hparams: the model's `groundwork.hyperparameters`.
      loss_optimizers: after `compile`, `{loss: optimiser}`.
    """

    def __init__(self, hparams, **kwargs):
        super().__init__(**kwargs)
        self.hparams = hparams
        with precision(self.dtype_policy.name):
            self.make_networks()
        # Every variable exists: Keras may save the model before it is called.
        self.built = True

    def make_networks(self):
        """Makes the networks as attributes."""
        raise NotImplementedError

    def trained_variables(self):
        """`{loss: variables that follow its gradient}`."""
        raise NotImplementedError

    def phase_losses(self, inputs):
        """`{name: scalar}` of what can be computed from one phase's `{input: tensor}`."""
        raise NotImplementedError

    def phases(self):
        """The phases of one training step, in order."""
        raise NotImplementedError

    def compile(self, stock_optimizers=False, **kwargs):
        """Makes one optimiser a loss from the hyper-parameters; `kwargs` go to `keras.Model`."""
        super().compile(optimizer=None, **kwargs)
        self.loss_optimizers = {}
        with precision(self.dtype_policy.name):
            for loss, variables in self.trained_variables().items():
                optimizer = optimizers.make(
                    self.hparams.optimizer, loss + "_optimizer", stock_optimizers)
                optimizer.build(variables)
                self.loss_optimizers[loss] = optimizer

    def update(self, loss):
        """The update that follows one loss."""
        return Update(loss, self.trained_variables()[loss], self.loss_optimizers[loss])

    def train_step(self, batch):
        """One step of all phases on `{"<phase>/<input>": tensor}`; the losses, by name."""
        losses = run_step(self.phase_losses, self.phases(), batch)
        return {name: loss for values in losses.values() for name, loss in values.items()}

    def get_config(self):
        return {"hparams": hyperparameters.to_dict(self.hparams), "name": self.name,
                "dtype": self.dtype_policy.name}

    @classmethod
    def from_config(cls, config):
        hparams = hyperparameters.from_dict(config.pop("hparams"))
        return cls(hparams, **config)
