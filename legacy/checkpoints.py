"""Checkpoints of a run: `model.ckpt-<step>`, each whole or not there."""

import glob
import os

from absl import logging
import tensorflow.compat.v1 as tf

from groundwork.errors import UsageError

CHECKPOINT = "model.ckpt"


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
