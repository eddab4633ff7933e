"""Training: the step, and the TensorFlow functions that run it."""

import contextlib

import numpy as np
import tensorflow as tf

from groundwork import initial_weights
from groundwork.phases import loss_names
from modern import averaging
from modern import checkpoints
from modern import graph
from modern import step_functions
from modern.gradients import finished, mean
from modern.probe import Probe
from modern.program import phase_gradients, phase_inputs
from modern.summaries import EventWriter


def update_variables(phase, computed, options):
    """All gradients before any assignment: two updates of one phase see the same state.

    Args:
      phase: the `Phase`.
      computed: its `Gradients`; each loss is passed to its plateau schedule after the update.
      options: the program's `TrainingOptions`.
    """
    given = []
    for update, of_loss in zip(phase.updates, computed.gradients):
        with tf.name_scope(f"train/{phase.name}/{update.loss}/"):
            given.append(finished(of_loss, update.variables, options))
    for update, update_gradients in zip(phase.updates, given):
        with tf.name_scope(f"train/{phase.name}/{update.loss}/"):
            update.optimizer.apply(update_gradients, update.variables)
    with tf.name_scope(f"train/{phase.name}/after/"):
        phase.post_update()
    for update in phase.updates:
        if update.plateau:
            with tf.name_scope(f"train/{phase.name}/{update.loss}/plateau/"):
                update.plateau.observe(computed.losses[update.loss])


def initialize(model, seed, values=None):
    """Weights drawn from (seed, name); slots stay as the optimisers start.

    Args:
      values: `{variable name: array}` of those that have a value already (D3 §3.5).
    """
    drawn = model.trainable_variables + [
        variable for variable in model.non_trainable_variables
        if variable.path.endswith(initial_weights.DRAWN_STATE)]
    weights = {variable.path: initial_weights.draw(
        seed, variable.path, variable.shape, variable.dtype)
               for variable in drawn}
    weights.update(values or {})
    for variable in model.variables:
        if variable.path in weights:
            variable.assign(weights[variable.path])
    for average, variable in zip(model.averages, model.trainable_variables):
        average.assign(variable)


def run_phase(program, phase, batches):
    """One update of a phase from one batch, or from several; `{name: scalar}`."""
    computed = mean([phase_gradients(program.losses, phase, inputs) for inputs in batches])
    update_variables(phase, computed, program.options)
    return {name: computed.losses[name] for name in loss_names(computed.losses, phase)}


def finish_step(program):
    """Moves the averages of the weights, if there are any."""
    if program.options.ema_decay:
        with tf.name_scope(f"train/{program.phases[-1].name}/after/"):
            averaging.update(program.model.averages, program.model.trainable_variables,
                             program.options.ema_decay)


def run_updates(program, batch):
    """One step, as `run_step`; `[(phase, {loss name: scalar})]` of each update, in order."""
    updates = [(phase.name, run_phase(program, phase, batches)) for phase in program.phases
               for batches in phase_inputs(phase, batch, program.options.accumulate_steps)]
    finish_step(program)
    return updates


def run_step(program, batch):
    """One step: every phase in order, each from the state that the one before left.

    Args:
      program: the `modern.program.Program`.
      batch: `{"<phase>/<input>": tensor}`.

    Returns:
      `{phase: {loss name: scalar}}`, the losses before the phase's (last) update.
    """
    return dict(run_updates(program, batch))


def sample(program, batch):
    """Images or numbers [count, ...] from `{"sample/<input>": array}`, by the weights' averages if
    there are any."""
    inputs = {key.removeprefix("sample/"): value for key, value in batch.items()}
    with averaging.in_use(program.model.averages, program.model.trainable_variables):
        return np.asarray(program.outputs["samples"](inputs))


class Trainer:
    """A program and its compiled steps, as `groundwork.run.training_loop.train` takes them.

    Attributes:
      probe: the `modern.probe.Probe` of the program.
    """

    def __init__(self, program, run_config=None):
        """Args:
          program: the `modern.program.Program`.
          run_config: the `groundwork.run.run_config.RunConfig`; None to sample only.
        """
        self._program = program
        self._steps = step_functions.make(program, run_step, run_config) if run_config else None
        self.probe = Probe(program)

    def restore(self, folder):
        """Restores the newest whole checkpoint; its step, or 0 when there is none."""
        return checkpoints.restore(self._program.model, folder)

    def initialize(self, seed, values):
        """Draws all weights but `{variable name: array}` of those that have a value."""
        initialize(self._program.model, seed, values)

    def open_events(self, folder, first_step):
        """The `EventWriter` of the run."""
        return EventWriter(folder, first_step)

    def graph_def(self):
        """The graph of a step for TensorBoard."""
        return graph.graph_def(self._program, update_variables, finish_step)

    def steps(self, batch_of, step, stop):
        """Takes one or more of the steps after `step`; yields the losses of each.

        Args:
          batch_of: function from a step to its batch.
          step: steps that are done.
          stop: step beyond which none is taken.
        """
        return self._steps(batch_of, step, stop)

    def sample(self, batch):
        """Images or numbers [count, ...] from `{"sample/<input>": array}`."""
        return sample(self._program, batch)

    def variables(self):
        """`{name: array}` of all variables."""
        return {variable.path: variable.numpy() for variable in self._program.model.variables}

    def save(self, folder, step):
        """Writes a checkpoint."""
        checkpoints.save(self._program.model, folder, step)


@contextlib.contextmanager
def trainer(build, hparams, dtype, run_config=None, stock_optimizers=False):
    """The `Trainer` of a program; a context, as the legacy wing's graph and Session are.

    Args:
      build: a model's `program`.
      hparams: the model's hyper-parameters.
      dtype: "float32" or "float64".
      run_config: the `groundwork.run.run_config.RunConfig`; None to sample only.
      stock_optimizers: Keras's own rules, instead of those that follow `tf.train`.
    """
    yield Trainer(build(hparams, dtype, stock_optimizers), run_config)
