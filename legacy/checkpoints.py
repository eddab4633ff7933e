"""Checkpoints of a run: `model.ckpt-<step>`, each whole or not there."""

import glob
import os

from absl import logging
import tensorflow.compat.v1 as tf

from groundwork.errors import UsageError

KEPT = 3
_NAME = "model.ckpt"


def _paths(folder):
    """Paths of the checkpoints in `folder`, oldest first; TensorFlow writes the index last.

    By their names, not from the file `checkpoint`: that holds the paths of where the run was
    first, and a Saver that knows them would delete files of a run that this one was copied from.
    """
    indices = glob.glob(os.path.join(glob.escape(folder), _NAME + "-*.index"))
    paths = [os.path.splitext(index)[0] for index in indices]
    return sorted(paths, key=_step)


def _step(path):
    return int(path.rsplit("-", 1)[1])


def save(session, saver, folder, step):
    """Writes all variables; the Saver keeps the newest three checkpoints."""
    saver.save(session, os.path.join(folder, _NAME), step)


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
      UsageError: there are checkpoints, and none of them is whole.
    """
    paths = _paths(folder)
    count = len(paths)
    while paths:
        path = paths[-1]
        try:
            _refuse_other_shapes(path)
            saver.restore(session, path)
        except (tf.errors.OpError, RuntimeError, ValueError, IndexError) as error:
            logging.warning("%s: not a whole checkpoint (%s); trying the one before",
                            path, type(error).__name__)
            paths.pop()
            continue
        saver.recover_last_checkpoints(paths)
        return _step(path)
    if count:
        raise UsageError("{}: expected a whole checkpoint of this model, received {} that cannot "
                         "be read".format(folder, count))
    return 0
