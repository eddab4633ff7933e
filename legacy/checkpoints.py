"""Checkpoints of a run: `model.ckpt-<step>`, each whole or not there."""

import os

from absl import logging
import tensorflow.compat.v1 as tf

from groundwork.errors import UsageError, write_error
from groundwork.run import checkpoint_files

_NAME = "model.ckpt"


def saver():
    """A Saver of all variables that keeps the newest three checkpoints."""
    return tf.train.Saver(max_to_keep=checkpoint_files.KEPT)


def save(session, saver, folder, step):
    """Writes all variables, then removes what is older than the newest three checkpoints.

    The graph comes first: once the index is there, so is all else, and only then the Saver removes.

    Raises:
      WriteError: it cannot be written; those before are still there.
    """
    path = os.path.join(folder, _NAME)
    try:
        saver.export_meta_graph("{}-{}.meta".format(path, step))
        saver.save(session, path, step, write_meta_graph=False)
    except tf.errors.OpError as error:
        raise write_error(error.message, "{}-{}".format(path, step)) from error


def _refuse_other_shapes(path):
    """Raises ValueError where a variable of the graph has another shape in a checkpoint; the Saver
    would assign it all the same, to a resource variable."""
    stored = tf.train.NewCheckpointReader(path).get_variable_to_shape_map()
    for variable in tf.global_variables():
        shape = variable.shape.as_list()
        if stored.get(variable.op.name, shape) != shape:
            raise ValueError("{}: {} of shape {}, not {}".format(
                path, variable.op.name, stored[variable.op.name], shape))


def restore(session, saver, folder):
    """Restores the newest whole checkpoint; its step, or 0 when there is none.

    Raises:
      UsageError: there are checkpoints, and none of them is whole; or one is not of its number.
    """
    found = checkpoint_files.steps(folder)
    for step, path in reversed(list(found.items())):
        try:
            _refuse_other_shapes(path)
            saver.restore(session, path)
        except (tf.errors.OpError, RuntimeError, ValueError, IndexError) as error:
            logging.warning("%s: not a whole checkpoint (%s); trying the one before",
                            path, type(error).__name__)
            continue
        _refuse_another_step(session, path, step)
        # A Saver that took them from the file `checkpoint` would delete files of a run that this
        # one was copied from.
        known = [each for number, each in found.items() if number <= step]
        saver.recover_last_checkpoints(known[-checkpoint_files.KEPT:])
        return step
    if found:
        raise UsageError("{}: expected a whole checkpoint of this model, received {} that cannot "
                         "be read".format(folder, len(found)))
    return 0


def _refuse_another_step(session, path, step):
    stored = tf.train.global_step(session, tf.train.get_global_step(session.graph))
    if stored != step:
        raise UsageError("{}: expected the state after step {}, received that after step {}".format(
            path, step, stored))
