"""Checkpoints of a run: `ckpt-<step>`, each whole or not there; equal runs give equal bytes."""

import glob
import os
import re

from absl import logging
import tensorflow as tf

from groundwork.errors import UsageError

KEPT = 3


def _paths(folder):
    """`{step: path}` of the checkpoints; TensorFlow writes the index last."""
    paths = {}
    for index in glob.glob(os.path.join(glob.escape(folder), "ckpt-*.index")):
        match = re.fullmatch(r"ckpt-(\d+)\.index", os.path.basename(index))
        if match:
            paths[int(match.group(1))] = index.removesuffix(".index")
    return paths


def _checkpoint(model):
    """Every variable by its path, those of the optimisers included.

    Paths rather than objects: an object's place in the model is Keras's business and may change.
    """
    variables = list(model.variables)
    for optimizer in model.loss_optimizers.values():
        variables += optimizer.variables
    return tf.train.Checkpoint(**{variable.path: variable.value for variable in variables})


def save(model, folder, step):
    """Writes weights and slots; keeps the newest three checkpoints.

    `write` rather than `CheckpointManager.save`: that counts its saves into the file, and a run
    with other intervals would end in other bytes.
    """
    _checkpoint(model).write(os.path.join(folder, f"ckpt-{step}"))
    for old in sorted(_paths(folder))[:-KEPT]:
        for part in glob.glob(os.path.join(glob.escape(folder), f"ckpt-{old}.*")):
            os.remove(part)


def restore(model, folder):
    """Restores the newest whole checkpoint; its step, or 0 when there is none.

    Raises:
      UsageError: there are checkpoints, and none of them is whole.
    """
    paths = _paths(folder)
    for step, path in sorted(paths.items(), reverse=True):
        status = None
        try:
            status = _checkpoint(model).read(path)
            status.assert_consumed()
        except (tf.errors.OpError, ValueError, IndexError, AssertionError) as error:
            if status is not None:
                status.expect_partial()
            logging.warning("%s: not a whole checkpoint (%s); trying the one before",
                            path, type(error).__name__)
            continue
        return step
    if paths:
        raise UsageError(f"{folder}: expected a whole checkpoint of this model, received "
                         f"{len(paths)} that cannot be read")
    return 0
