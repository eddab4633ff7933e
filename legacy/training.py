"""Training: the operations of a step, the Session that runs it, and the loop around it."""

import glob
import os
import typing

from absl import logging
import numpy as np
import tensorflow.compat.v1 as tf

from groundwork import initial_weights
from groundwork import parity_mode
from groundwork.data.batches import sample_batch
from groundwork.errors import Diverged, UsageError
from groundwork.run import grids
from groundwork.run.journal import Journal
from legacy.program import loss_names
from legacy.summaries import Events

CHECKPOINT = "model.ckpt"


class PhaseOps(typing.NamedTuple):
    """What a Session fetches to run one phase."""

    name: str
    feeds: typing.Dict[str, tf.Tensor]  # {batch key: placeholder}
    losses: typing.Dict[str, tf.Tensor]
    gradients: typing.Dict[str, tf.Tensor]  # by variable name
    train_op: tf.Operation


def _phase_ops(program, phase):
    """All gradients before any assignment: two updates of one phase see the same state."""
    grads_and_vars = []
    for update in phase.updates:
        with tf.name_scope(update.loss):
            grads_and_vars.append(update.optimizer.compute_gradients(
                program.losses[update.loss], var_list=update.variables))
    gradients = {v.op.name: g for pairs in grads_and_vars for g, v in pairs}
    assignments = []
    for update, pairs in zip(phase.updates, grads_and_vars):
        with tf.name_scope(update.loss), tf.control_dependencies(list(gradients.values())):
            assignments.append(update.optimizer.apply_gradients(pairs))
    with tf.control_dependencies(assignments):
        train_op = tf.group(*phase.after(), name="update")
    return PhaseOps(
        name=phase.name,
        feeds={key: placeholder for key, placeholder in program.inputs.items()
               if key.startswith(phase.name + "/")},
        losses={name: program.losses[name] for name in loss_names(program.losses, phase)},
        gradients=gradients,
        train_op=train_op)


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
            phases[-1] = phases[-1]._replace(train_op=tf.assign_add(global_step, 1).op)
    return phases


def initialize(session, seed):
    """Every variable of the graph: weights drawn from (seed, name), slots as optimisers start."""
    weights = {variable.initializer.inputs[1]: initial_weights.draw(
        seed, variable.op.name, variable.shape.as_list(), variable.dtype.base_dtype.name)
               for variable in tf.trainable_variables()}
    session.run(tf.global_variables_initializer(), feed_dict=weights)


def run_step(session, phases, batch):
    """One step: every phase once, each from the state that the one before left.

    Args:
      session: a Session on the program's graph.
      phases: what `make_phases` gave.
      batch: `{"<phase>/<input>": array}`.

    Returns:
      `{phase: {loss name: NumPy scalar}}`, the losses before the phase's update.
    """
    losses = {}
    for phase in phases:
        feed_dict = {placeholder: batch[key] for key, placeholder in phase.feeds.items()}
        losses[phase.name], _ = session.run([phase.losses, phase.train_op], feed_dict)
    return losses


def _stop_unless_finite(session, step):
    """A checkpoint is only worth keeping while its numbers are finite."""
    variables = tf.global_variables()
    for variable, value in zip(variables, session.run(variables)):
        if not np.all(np.isfinite(value)):
            raise Diverged("step {}: {} is not finite; expected finite weights, stopped with the "
                           "last good checkpoint kept".format(step, variable.op.name))


def _paths(folder):
    """Paths of the checkpoints in `folder`, oldest first; TensorFlow writes the index last.

    By their names, not from the file `checkpoint`: that holds the paths of where the run was
    first, and a Saver that knows them would delete files of a run that this one was copied from.
    """
    indices = glob.glob(os.path.join(glob.escape(folder), CHECKPOINT + "-*.index"))
    paths = [os.path.splitext(index)[0] for index in indices]
    return sorted(paths, key=lambda path: int(path.rsplit("-", 1)[1]))


def restore(session, saver, folder):
    """Restores the newest whole checkpoint in `folder`; its path, or None when there is none.

    Raises:
      UsageError: there are checkpoints, and none of them is whole.
    """
    paths = _paths(folder)
    count = len(paths)
    while paths:
        path = paths[-1]
        try:
            saver.restore(session, path)
        except (tf.errors.OpError, ValueError) as error:
            logging.warning("%s: not a whole checkpoint (%s); trying the one before",
                            path, type(error).__name__)
            paths.pop()
            continue
        saver.recover_last_checkpoints(paths)
        return path
    if count:
        raise UsageError("{}: expected a whole checkpoint of this model, received {} that cannot "
                         "be read".format(folder, count))
    return None


def _session_config(plan):
    """Sessions as TensorFlow makes them, or as `parity` verifies them."""
    config = tf.ConfigProto()
    if plan.parity_mode:
        config.intra_op_parallelism_threads = parity_mode.THREADS
        config.inter_op_parallelism_threads = 1
        config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def train(run, build, hparams, batches, plan):
    """Trains in a Session until `plan.train_steps`, from the newest checkpoint of `run` if any.

    Args:
      run: an open `groundwork.run.directory.RunDirectory`.
      build: a model's `program`.
      hparams: the model's hyper-parameters.
      batches: function of (seed, step).
      plan: a `groundwork.run.plan.Plan`.

    Returns:
      The last step done.

    Raises:
      Diverged: a loss or a weight became NaN or infinite.
    """
    with tf.Graph().as_default() as graph:
        program = build(hparams, plan.dtype)
        phases = make_phases(program)
        saver = tf.train.Saver(max_to_keep=3)
        with tf.Session(config=_session_config(plan)) as session:
            if not restore(session, saver, run.checkpoints):
                initialize(session, plan.seed)
            step = session.run(tf.train.get_global_step())
            journal = Journal(run, plan, first_step=step + 1)
            events = Events(run.events, graph, first_step=step + 1)
            while step < plan.train_steps:
                step += 1
                losses = run_step(session, phases, batches(plan.seed, step))
                logged = journal.record(step, losses)
                if logged:
                    events.scalars(step, logged)
                if plan.samples_due(step):
                    images = sample(session, program, hparams, plan.seed, plan.dtype)
                    journal.check_samples(step, images)
                    grid = grids.tile(images)
                    grids.write_png(run.sample_path(step), grid)
                    events.image(step, grid)
                if plan.checkpoint_due(step):
                    _stop_unless_finite(session, step)
                    journal.flush()
                    saver.save(session, os.path.join(run.checkpoints, CHECKPOINT), step)
            journal.close()
            events.close()
            return step


def sample(session, program, hparams, seed, dtype):
    """Images [count, 28, 28] from the noise that belongs to a run's seed."""
    batch = sample_batch(hparams, seed, dtype)
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
            if not restore(session, tf.train.Saver(), asked.checkpoints):
                return None
            return sample(session, program, asked.hparams, asked.seed, asked.dtype)
