"""Training: the operations of a step, the Session that runs it, and the loop around it."""

import os
import typing

import tensorflow.compat.v1 as tf

from groundwork import initial_weights
from groundwork import parity_mode
from groundwork.data.batches import sample_batch
from groundwork.run import grids
from groundwork.run import pictures
from groundwork.run.journal import Journal
from groundwork.run.monitor import Monitor
from legacy import averaging
from legacy import checkpoints
from legacy import gradients
from legacy import graph
from legacy.observer import Observer
from legacy.program import accumulate_steps, batch_starts, loss_names
from legacy.summaries import Events


class PhaseOps(typing.NamedTuple):
    """What a Session fetches to run one phase."""

    name: str
    feeds: typing.List[typing.List[typing.Dict[str, tf.Tensor]]]  # as batch_starts: {key: tensor}
    losses: typing.Dict[str, tf.Tensor]
    gradients: typing.Dict[str, tf.Tensor]  # of one batch, by variable name
    train_op: tf.Operation
    sums: typing.Optional[gradients.Sums] = None  # when gradients are accumulated


def _phase_ops(program, phase):
    """All gradients before any assignment: two updates of one phase see the same state."""
    variables = [variable for update in phase.updates for variable in update.variables]
    computed, sums = [], None
    for update in phase.updates:
        with tf.name_scope(update.loss):
            grads_and_vars = update.optimizer.compute_gradients(
                program.losses[update.loss], var_list=update.variables)
            computed.extend(gradient for gradient, _ in grads_and_vars)
    losses = [program.losses[update.loss] for update in phase.updates]
    means = computed
    if accumulate_steps(phase) > 1:
        with tf.variable_scope(phase.name):
            sums = gradients.Sums(computed + losses, accumulate_steps(phase))
        means, losses = sums.means[:len(computed)], sums.means[len(computed):]
    by_variable = dict(zip((variable.op.name for variable in variables), means))
    assignments = []
    for update in phase.updates:
        with tf.name_scope(update.loss), tf.control_dependencies(means):
            finished = gradients.finished(
                [by_variable[variable.op.name] for variable in update.variables],
                update.variables, update.tools)
            assignments.append(update.optimizer.apply_gradients(zip(finished, update.variables)))
    with tf.control_dependencies(assignments):
        train_op = tf.group(*(phase.after() + _observations(phase, losses)), name="update")
    return PhaseOps(
        name=phase.name,
        feeds=[[{key: placeholder for key, placeholder in program.inputs.items()
                 if key.startswith(start)} for start in starts] for starts in batch_starts(phase)],
        losses={name: program.losses[name] for name in loss_names(program.losses, phase)},
        gradients=dict(zip((variable.op.name for variable in variables), computed)),
        train_op=train_op,
        sums=sums)


def _observations(phase, losses):
    """Operations that show the schedules that follow them the losses before the updates."""
    observations = []
    for update, loss in zip(phase.updates, losses):
        if update.plateau:
            with tf.name_scope(update.loss):
                observations.append(update.plateau.observe(loss))
    return observations


def make_phases(program):
    """The operations of each phase, in order; optimiser slots land in the scope `train`."""
    # The slots follow the variable scope, so the boxes of the networks hold networks only.
    global_step = tf.train.get_or_create_global_step()
    with tf.variable_scope("train"):
        phases = []
        for phase in program.phases:
            with tf.name_scope(phase.name):
                phases.append(_phase_ops(program, phase))
        with tf.control_dependencies([phases[-1].train_op]):
            last = averaging.update(program.phases[-1].updates[0].tools.ema_decay)
            with tf.control_dependencies([last]):
                phases[-1] = phases[-1]._replace(train_op=tf.assign_add(global_step, 1).op)
    return phases


def initialize(session, seed, loaded=None):
    """Every variable of the graph: weights drawn from (seed, name), slots as optimisers start.

    Args:
      loaded: `{variable name: array}` of what has a value already (D3 §3.5).
    """
    weights = {variable.op.name: initial_weights.draw(
        seed, variable.op.name, variable.shape.as_list(), variable.dtype.base_dtype.name)
               for variable in tf.trainable_variables()}
    weights.update(loaded or {})
    session.run(tf.global_variables_initializer(), feed_dict={
        variable.initializer.inputs[1]: weights[variable.op.name]
        for variable in tf.global_variables() if variable.op.name in weights})


def run_step(session, phases, batch):
    """One step: every phase in order, each from the state that the one before left.

    Args:
      session: a Session on the program's graph.
      phases: what `make_phases` gave.
      batch: `{"<phase>/<input>": array}`.

    Returns:
      `{phase: {loss name: NumPy scalar}}`, the losses before the phase's (last) update.
    """
    losses = {}
    for phase in phases:
        for feeds in phase.feeds:
            feed_dicts = [{placeholder: batch[key] for key, placeholder in each.items()}
                          for each in feeds]
            losses[phase.name] = _run_phase(session, phase, feed_dicts)
    return losses


def _run_phase(session, phase, feed_dicts):
    """One update of a phase from one batch, or from several; `{loss name: NumPy scalar}`."""
    if phase.sums is None:
        losses, _ = session.run([phase.losses, phase.train_op], feed_dicts[0])
        return losses
    session.run(phase.sums.clear)
    each = [session.run([phase.losses, phase.sums.add], feed_dict)[0] for feed_dict in feed_dicts]
    session.run(phase.train_op, feed_dicts[-1])
    return gradients.mean_losses(each)


def _session_config(plan):
    """Sessions as TensorFlow makes them, or as `parity` verifies them."""
    config = tf.ConfigProto()
    if plan.parity_mode:
        config.intra_op_parallelism_threads = parity_mode.THREADS
        config.inter_op_parallelism_threads = 1
        config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def train(run, build, hparams, batches, plan, weights=None):
    """Trains in a Session until `plan.train_steps`, from the newest checkpoint of `run` if any.

    Args:
      run: an open `groundwork.run.directory.RunDirectory`.
      build: a model's `program`.
      hparams: the model's hyper-parameters.
      batches: function of (seed, step).
      plan: a `groundwork.run.plan.Plan`.
      weights: `groundwork.transfer.Weights` to start a new run with, where they are not drawn.

    Returns:
      The last step done.

    Raises:
      Diverged: a loss or a weight became NaN or infinite.
    """
    with tf.Graph().as_default():
        program = build(hparams, plan.dtype)
        phases = make_phases(program)
        graph_def = graph.graph_def()
        saver = tf.train.Saver(max_to_keep=3)
        with tf.Session(config=_session_config(plan)) as session:
            if not checkpoints.restore(session, saver, run.checkpoints):
                initialize(session, plan.seed, weights.values if weights else None)
            step = session.run(tf.train.get_global_step())
            journal = Journal(run, plan, first_step=step + 1)
            events = Events(run.events, first_step=step + 1)
            if step == 0:
                events.graph(graph_def)
            observer = Observer(session, program, phases)
            monitor = Monitor(run, plan, batches, journal, events, observer, first_step=step + 1)
            while step < plan.train_steps:
                step += 1
                traced = graph.TracedSession(session) if step == graph.TRACED_STEP else None
                losses = run_step(traced or session, phases, batches(plan.seed, step))
                if traced:
                    events.traces(step, {
                        phase.name: trace for phase, trace in zip(phases, traced.traces)})
                logged = journal.record(step, losses)
                if logged:
                    events.losses(step, logged)
                if plan.samples_due(step):
                    images = sample(session, program, hparams, plan.seed, plan.dtype)
                    journal.check_images(step, "samples", images)
                    picture = pictures.of_samples(images, batches.numbers)
                    grids.write_png(run.sample_path(step), picture)
                    events.image(step, "samples", picture)
                if plan.summary_due(step):
                    monitor.write(step)
                if plan.checkpoint_due(step):
                    journal.check_variables(step, session.run(
                        {variable.op.name: variable for variable in tf.global_variables()}))
                    journal.flush()
                    events.flush()
                    saver.save(session, os.path.join(run.checkpoints, checkpoints.CHECKPOINT), step)
            journal.close()
            events.close()
            return step


def sample(session, program, hparams, seed, dtype):
    """Images or numbers [count, ...] from the noise that belongs to a run's seed."""
    batch = sample_batch(hparams, seed, dtype)
    with averaging.in_use(session):
        return session.run(program.outputs["samples"],
                           {program.inputs[key]: value for key, value in batch.items()})


def sample_run(asked, build):
    """Images of a run's newest checkpoint, or None when it has none.

    Args:
      asked: a `groundwork.start.Sampling`.
      build: the model's `program`.
    """
    with tf.Graph().as_default():
        program = build(asked.hparams, asked.dtype)
        make_phases(program)
        with tf.Session() as session:
            if not checkpoints.restore(session, tf.train.Saver(), asked.checkpoints):
                return None
            return sample(session, program, asked.hparams, asked.seed, asked.dtype)
