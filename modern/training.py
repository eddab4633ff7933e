"""Training: the step, the compiled loop that runs it, and the loop around it."""

import numpy as np
import tensorflow as tf

from groundwork import initial_weights
from groundwork.data.batches import sample_batch
from groundwork.errors import Diverged
from groundwork.run import grids
from groundwork.run.journal import Journal
from modern import checkpoints
from modern.compiled import CompiledSteps, SingleSteps
from modern.program import loss_names
from modern.summaries import Events


def run_phase(phase_losses, phase, inputs):
    """All gradients before any assignment: two updates of one phase see the same state."""
    with tf.GradientTape(persistent=True) as tape:
        losses = phase_losses(inputs)
    gradients = [tape.gradient(losses[update.loss], update.variables) for update in phase.updates]
    for update, update_gradients in zip(phase.updates, gradients):
        update.optimizer.apply(update_gradients, update.variables)
    phase.after()
    return {name: losses[name] for name in loss_names(losses, phase)}


def phase_inputs(phase, batch):
    """`{input: tensor}` of one phase, out of `{"<phase>/<input>": tensor}`."""
    prefix = phase.name + "/"
    return {key.removeprefix(prefix): value for key, value in batch.items()
            if key.startswith(prefix)}


def run_step(phase_losses, phases, batch):
    """One step: every phase once, each from the state that the one before left.

    Args:
      phase_losses: function from one phase's `{input: tensor}` to `{name: scalar}`.
      phases: the `Phase`s, in order.
      batch: `{"<phase>/<input>": tensor}`.

    Returns:
      `{phase: {loss name: scalar}}`, the losses before the phase's update.
    """
    losses = {}
    for phase in phases:
        losses[phase.name] = run_phase(phase_losses, phase, phase_inputs(phase, batch))
    return losses


def initialize(model, seed):
    """Weights drawn from (seed, name); slots stay as the optimisers start."""
    for variable in model.trainable_variables:
        variable.assign(
            initial_weights.draw(seed, variable.path, variable.shape, variable.dtype))


def _stop_unless_finite(model, step):
    """A checkpoint is only worth keeping while its numbers are finite."""
    for variable in model.variables:
        if not np.all(np.isfinite(variable.numpy())):
            raise Diverged(f"step {step}: {variable.path} is not finite; expected finite weights, "
                           "stopped with the last good checkpoint kept")


def train(run, program, hparams, batches, plan):
    """Trains in a compiled loop until `plan.train_steps`, from the newest checkpoint of `run`.

    Args:
      run: an open `groundwork.run.directory.RunDirectory`.
      program: what a model's `program` gave.
      hparams: the model's hyper-parameters.
      batches: function of (seed, step).
      plan: a `groundwork.run.plan.Plan`.

    Returns:
      The last step done.

    Raises:
      Diverged: a loss or a weight became NaN or infinite.
    """
    step = checkpoints.restore(program.model, run.checkpoints)
    if step == 0:
        initialize(program.model, plan.seed)
    run_steps = (SingleSteps if plan.parity_mode else CompiledSteps)(program, run_step, plan)
    journal = Journal(run, plan, first_step=step + 1)
    events = Events(run.events, first_step=step + 1)
    while step < plan.train_steps:
        for losses in run_steps(batches, step):
            step += 1
            logged = journal.record(step, losses)
            if logged:
                events.scalars(step, logged)
        if plan.samples_due(step):
            images = sample(program, hparams, plan.seed, plan.dtype)
            journal.check_samples(step, images)
            grid = grids.tile(images)
            grids.write_png(run.sample_path(step), grid)
            events.image(step, grid)
        if plan.checkpoint_due(step):
            _stop_unless_finite(program.model, step)
            journal.flush()
            checkpoints.save(program.model, run.checkpoints, step)
    journal.close()
    events.close()
    return step


def sample(program, hparams, seed, dtype):
    """Images [count, 28, 28] from the noise that belongs to a run's seed."""
    batch = sample_batch(hparams, seed, dtype)
    inputs = {key.removeprefix("sample/"): value for key, value in batch.items()}
    return np.asarray(program.outputs["samples"](inputs))


def sample_run(asked, build):
    """Images of a run's newest checkpoint, or None when it has none.

    Args:
      asked: a `groundwork.start.Sampling`.
      build: the model's `program`.
    """
    program = build(asked.hparams, asked.dtype, asked.stock_optimizers)
    if not checkpoints.restore(program.model, asked.checkpoints):
        return None
    return sample(program, asked.hparams, asked.seed, asked.dtype)
