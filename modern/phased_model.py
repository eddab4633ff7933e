"""A `keras.Model` that trains in phases, with `compile` and `fit` as Keras users know them."""

import keras
from keras import ops

from groundwork import hyperparameters
from groundwork import transfer
from groundwork.models.model import MASK_SEED
from groundwork.phases import loss_names
from modern import averaging
from modern import optimizers
from modern import schedules
from modern.plateau import plateau_of
from modern.precision import precision
from modern.program import feeds, phase_inputs, Program, unfrozen, Update
from modern.training import run_step


class PhasedModel(keras.Model):
    """Base of the models: `call` gives images from noise, or from `{input: tensor}` where a model
    needs more, `fit` takes batch dictionaries.

    `fit` is for Keras users, with callbacks and their own data; `modern.train` adds run
    directories, resuming and compiled loops. Both take the same step, `training.run_step`.

    Attributes:
      hparams: the model's `groundwork.hyperparameters`.
      loss_optimizers: after `compile`, `{loss: optimiser}`.
    """

    XLA = True  # `modern.train` compiles the steps

    def __init__(self, hparams, **kwargs):
        super().__init__(**kwargs)
        self.hparams = hparams
        with precision(self.dtype_policy.name):
            self.make_networks()
            self.averages = (averaging.make(self.trainable_variables)
                             if self.hparams.options.ema_decay else [])
        # Every variable exists: Keras may save the model before it is called.
        self.built = True

    @classmethod
    def make(cls, hparams, dtype, stock_optimizers=False):
        """A model of `dtype`, "float32" or "float64", compiled."""
        with precision(dtype):
            model = cls(hparams)
            model.compile(stock_optimizers=stock_optimizers)
        return model

    def make_networks(self):
        """Makes the networks as attributes."""
        raise NotImplementedError

    def trained_variables(self):
        """`{loss: variables that follow its gradient}`."""
        raise NotImplementedError

    def updated_variables(self):
        """`{loss: variables that its update changes}`: of those that follow it, the ones that are
        not frozen (D3 §3.5).

        Raises:
          UsageError: a scope of --freeze holds no variable, or all of an update's are frozen.
        """
        freeze = self.hparams.options.freeze
        transfer.require("freeze", freeze, [each.path for each in self.trainable_variables])
        updated = {loss: unfrozen(variables, self.hparams.options)
                   for loss, variables in self.trained_variables().items()}
        for loss, variables in updated.items():
            transfer.require_one_left(freeze, loss, variables)
        return updated

    def samples(self, inputs):
        """Generated images, or numbers, [batch, ...] of `{input: tensor}`: of noise, or of all."""
        return self(inputs["noise"] if list(self.hparams.sample_inputs()) == ["noise"] else inputs)

    def phase_losses(self, inputs):
        """`{name: scalar}` of what can be computed from one phase's `{input: tensor}`."""
        raise NotImplementedError

    def phases(self):
        """The phases of one training step, in order."""
        raise NotImplementedError

    def display_metrics(self, inputs):
        """`{tag: scalar}` to show, of what can be computed from `{input: tensor}`."""
        return {}

    def display_outputs(self):
        """`{name: function of {input: tensor}}` of what else TensorBoard shows."""
        return {}

    def compile(self, *, stock_optimizers=False, run_eagerly=False, steps_per_execution=1,
                jit_compile="auto"):
        """Makes one optimiser a loss from the hyper-parameters.

        Args:
          stock_optimizers: Keras's own rules, instead of those that follow `tf.train`.
          run_eagerly: as in `keras.Model.compile`, like the other arguments.
        """
        updated = self.updated_variables()
        with precision(self.dtype_policy.name):
            self._plateaus = {loss: plateau_of(self.hparams, loss) for loss in updated}
            self.loss_optimizers = {
                loss: optimizers.make(self.hparams.optimizer, self._learning_rate(loss),
                                      loss + "_optimizer", stock_optimizers)
                for loss in updated}
            self._means = {name: keras.metrics.Mean(name.replace("/", "_"))
                           for name in self._loss_names()}
        for loss, variables in updated.items():
            self.loss_optimizers[loss].build(variables)
            if self._plateaus[loss]:
                self._plateaus[loss].build(self.loss_optimizers[loss])
        # Keras's callbacks that change the learning rate know of one optimiser.
        only = list(self.loss_optimizers.values()) if len(self.loss_optimizers) == 1 else [None]
        arguments = {"run_eagerly": run_eagerly, "steps_per_execution": steps_per_execution,
                     "jit_compile": jit_compile}
        super().compile(optimizer=only[0], **arguments)
        self._compile_arguments = {"stock_optimizers": stock_optimizers, **arguments}

    def _learning_rate(self, loss):
        return self._plateaus[loss] or schedules.make(
            self.hparams.schedule, self.hparams.learning_rate(loss), self.hparams.repeats(loss))

    def get_compile_config(self):
        return dict(self._compile_arguments) if self.compiled else {}

    def compile_from_config(self, config):
        self.compile(**config)

    def _loss_names(self):
        """Names of the losses of all phases, from one pass over zeros."""
        names = {}
        for inputs in self.hparams.phase_inputs().values():
            zeros = {name: ops.zeros((1, *shape), self.dtype_policy.name)
                     for name, shape in inputs.items() if name != MASK_SEED}
            if MASK_SEED in inputs:
                zeros[MASK_SEED] = ops.zeros((2,), "int32")
            names |= self.phase_losses(zeros)
        return list(names)

    def update(self, loss):
        """The update that follows one loss."""
        return Update(loss, self.updated_variables()[loss], self.loss_optimizers[loss],
                      self._plateaus[loss])

    def as_program(self):
        """The compiled model as `modern.train` and `parity` take it."""
        return Program(
            model=self,
            inputs=feeds(self.hparams),
            outputs={"samples": self.samples},
            losses=self.phase_losses,
            phases=self.phases(),
            options=self.hparams.options,
            metrics=self.display_metrics,
            display_outputs=self.display_outputs(),
            jit_compile=self.XLA)

    def train_step(self, batch):
        """One step of all phases on `{"<phase>/<input>": tensor}`; the epoch's mean losses."""
        return self._epoch_means(run_step(self.as_program(), batch))

    def test_step(self, batch):
        """The losses of all phases, each from the same state; their means so far."""
        losses = {}
        for phase in self.phases():
            inputs = phase_inputs(phase, batch, self.hparams.options.accumulate_steps)
            values = self.phase_losses(inputs[-1][-1])
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
