"""A `keras.Model` that trains in phases, with `compile` and `fit` as Keras users know them."""

import keras
from keras import ops

from groundwork import hyperparameters
from modern import optimizers
from modern.precision import precision
from modern.program import loss_names, Update
from modern.training import phase_inputs, run_step


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

    def compile(self, *, stock_optimizers=False, run_eagerly=False, steps_per_execution=1,
                jit_compile="auto"):
        """Makes one optimiser a loss from the hyper-parameters.

        Args:
          stock_optimizers: Keras's own rules, instead of those that follow `tf.train`.
          run_eagerly: as in `keras.Model.compile`, like the other arguments.
        """
        with precision(self.dtype_policy.name):
            self.loss_optimizers = {
                loss: optimizers.make(self.hparams.optimizer, loss + "_optimizer", stock_optimizers)
                for loss in self.trained_variables()}
            self._means = {name: keras.metrics.Mean(name.replace("/", "_"))
                           for name in self._loss_names()}
        for loss, variables in self.trained_variables().items():
            self.loss_optimizers[loss].build(variables)
        # Keras's callbacks that change the learning rate know of one optimiser.
        only = list(self.loss_optimizers.values()) if len(self.loss_optimizers) == 1 else [None]
        arguments = {"run_eagerly": run_eagerly, "steps_per_execution": steps_per_execution,
                     "jit_compile": jit_compile}
        super().compile(optimizer=only[0], **arguments)
        self._compile_arguments = {"stock_optimizers": stock_optimizers, **arguments}

    def get_compile_config(self):
        return dict(self._compile_arguments) if self.compiled else {}

    def compile_from_config(self, config):
        self.compile(**config)

    def _loss_names(self):
        """Names of the losses of all phases, from one pass over zeros."""
        names = {}
        for inputs in self.hparams.phase_inputs().values():
            zeros = {name: ops.zeros((1, *shape), self.dtype_policy.name)
                     for name, shape in inputs.items()}
            names |= self.phase_losses(zeros)
        return list(names)

    def update(self, loss):
        """The update that follows one loss."""
        return Update(loss, self.trained_variables()[loss], self.loss_optimizers[loss])

    def train_step(self, batch):
        """One step of all phases on `{"<phase>/<input>": tensor}`; the epoch's mean losses."""
        return self._epoch_means(run_step(self.phase_losses, self.phases(), batch))

    def test_step(self, batch):
        """The losses of all phases, each from the same state; their means so far."""
        losses = {}
        for phase in self.phases():
            values = self.phase_losses(phase_inputs(phase, batch))
            losses[phase.name] = {name: values[name] for name in loss_names(values, phase)}
        return self._epoch_means(losses)

    def _epoch_means(self, losses):
        for values in losses.values():
            for name, loss in values.items():
                self._means[name].update_state(loss)
        return {name: self._means[name].result() for values in losses.values() for name in values}

    def get_config(self):
        return {"hparams": hyperparameters.to_dict(self.hparams), "name": self.name,
                "dtype": self.dtype_policy.name}

    @classmethod
    def from_config(cls, config):
        rest = {name: value for name, value in config.items() if name != "hparams"}
        return cls(hyperparameters.from_dict(config["hparams"]), **rest)
