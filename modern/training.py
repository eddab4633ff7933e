"""Training: the step, the compiled loop that runs it, and the loop around it."""

import numpy as np
import tensorflow as tf

from groundwork import initial_weights
from groundwork.data.batches import sample_batch
from groundwork.run import grids
from groundwork.run import pictures
from groundwork.run.journal import Journal
from groundwork.run.monitor import Monitor
from modern import checkpoints
from modern import compiled
from modern import graph
from modern.gradients import finished, mean
from modern.observer import Observer
from modern.program import loss_names, phase_gradients, phase_inputs
from modern.summaries import Events


def update_variables(phase, computed):
    """All gradients before any assignment: two updates of one phase see the same state.

    Args:
      phase: the `Phase`.
      computed: its `Gradients`; a schedule that follows a loss is shown it after the update.
    """
    given = []
    for update, of_loss in zip(phase.updates, computed.gradients):
        with tf.name_scope(f"train/{phase.name}/{update.loss}/"):
            given.append(finished(of_loss, update.variables, update.tools))
    for update, update_gradients in zip(phase.updates, given):
        with tf.name_scope(f"train/{phase.name}/{update.loss}/"):
            update.optimizer.apply(update_gradients, update.variables)
    with tf.name_scope(f"train/{phase.name}/after/"):
        phase.after()
    for update in phase.updates:
        if update.plateau:
            with tf.name_scope(f"train/{phase.name}/{update.loss}/plateau/"):
                update.plateau.observe(computed.losses[update.loss])


def run_phase(phase_losses, phase, batches):
    """One update of a phase from one batch, or from several; `{name: scalar}`."""
    computed = mean([phase_gradients(phase_losses, phase, inputs) for inputs in batches])
    update_variables(phase, computed)
    return {name: computed.losses[name] for name in loss_names(computed.losses, phase)}


def run_step(phase_losses, phases, batch):
    """One step: every phase in order, each from the state that the one before left.

    Args:
      phase_losses: function from one phase's `{input: tensor}` to `{name: scalar}`.
      phases: the `Phase`s, in order.
      batch: `{"<phase>/<input>": tensor}`.

    Returns:
      `{phase: {loss name: scalar}}`, the losses before the phase's (last) update.
    """
    losses = {}
    for phase in phases:
        for batches in phase_inputs(phase, batch):
            losses[phase.name] = run_phase(phase_losses, phase, batches)
    return losses


def initialize(model, seed, loaded=None):
    """Weights drawn from (seed, name); slots stay as the optimisers start.

    Args:
      loaded: `{variable name: array}` of what has a value already (D3 §3.5).
    """
    weights = {variable.path: initial_weights.draw(
        seed, variable.path, variable.shape, variable.dtype)
               for variable in model.trainable_variables}
    weights.update(loaded or {})
    for variable in model.variables:
        if variable.path in weights:
            variable.assign(weights[variable.path])
    for average, variable in zip(model.averages, model.trainable_variables):
        average.assign(variable)


def train(run, program, hparams, batches, plan, weights=None):
    """Trains in a compiled loop until `plan.train_steps`, from the newest checkpoint of `run`.

    Args:
      run: an open `groundwork.run.directory.RunDirectory`.
      program: what a model's `program` gave.
      hparams: the model's hyper-parameters.
      batches: function of (seed, step).
      plan: a `groundwork.run.plan.Plan`.
      weights: `groundwork.transfer.Weights` to start a new run with, where they are not drawn.

    Returns:
      The last step done.

    Raises:
      Diverged: a loss or a weight became NaN or infinite.
    """
    step = checkpoints.restore(program.model, run.checkpoints)
    if step == 0:
        initialize(program.model, plan.seed, weights.values if weights else None)
    run_steps = compiled.steps(program, run_step, plan)
    journal = Journal(run, plan, first_step=step + 1)
    events = Events(run.events, first_step=step + 1)
    if step == 0:
        events.graph(graph.graph_def(program, update_variables))
    observer = Observer(program)
    monitor = Monitor(run, plan, batches, journal, events, observer, first_step=step + 1)
    while step < plan.train_steps:
        for losses in run_steps(batches, step):
            step += 1
            logged = journal.record(step, losses)
            if logged:
                events.losses(step, logged)
        if plan.samples_due(step):
            images = sample(program, hparams, plan.seed, plan.dtype)
            journal.check_images(step, "samples", images)
            picture = pictures.of_samples(images, batches.numbers)
            grids.write_png(run.sample_path(step), picture)
            events.image(step, "samples", picture)
        if plan.summary_due(step):
            monitor.write(step)
        if plan.checkpoint_due(step):
            journal.check_variables(step, {
                variable.path: variable.numpy() for variable in program.model.variables})
            journal.flush()
            events.flush()
            checkpoints.save(program.model, run.checkpoints, step)
    journal.close()
    events.close()
    return step


def sample(program, hparams, seed, dtype):
    """Images or numbers [count, ...] from the noise that belongs to a run's seed."""
    batch = sample_batch(hparams, seed, dtype)
    inputs = {key.removeprefix("sample/"): value for key, value in batch.items()}
    with program.model.averages_in_use():
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
