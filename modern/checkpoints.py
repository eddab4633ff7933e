"""Checkpoints of a run: `ckpt-<step>`, each whole or not there; equal runs give equal bytes."""

import os

from absl import logging
import tensorflow as tf

from groundwork.errors import UsageError, write_error
from groundwork.run import checkpoint_files


def _checkpoint(model):
    """Every variable by its path, those of the optimisers included.

    Paths rather than objects: an object's place in the model is Keras's business and may change.
    """
    variables = list(model.variables)
    for optimizer in model.loss_optimizers.values():
        variables += optimizer.variables
    return tf.train.Checkpoint(**{variable.path: variable.value for variable in variables})


def save(model, folder, step):
    """Writes weights and slots, then removes what is older than the newest three checkpoints.

    `write` rather than `CheckpointManager.save`: that counts its saves into the file, and a run
    with other intervals would end in other bytes.

    Raises:
      WriteError: it cannot be written; those before are still there.
    """
    path = os.path.join(folder, f"ckpt-{step}")
    try:
        _checkpoint(model).write(path)
    except tf.errors.OpError as error:
        raise write_error(error.message, path) from error
    checkpoint_files.keep_newest(folder)


def restore(model, folder):
    """Restores the newest whole checkpoint; its step, or 0 when there is none.

    Raises:
      UsageError: there are checkpoints, and none of them is whole; or one is not of its number.
    """
    found = checkpoint_files.steps(folder)
    for step, path in reversed(list(found.items())):
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
        _refuse_another_step(model, path, step)
        return step
    if found:
        raise UsageError(f"{folder}: expected a whole checkpoint of this model, received "
                         f"{len(found)} that cannot be read")
    return 0


def _refuse_another_step(model, path, step):
    # A network may be updated several times a step (`n_critic`), but one of them is once.
    stored = min(int(optimizer.iterations) for optimizer in model.loss_optimizers.values())
    if stored != step:
        raise UsageError(f"{path}: expected the state after step {step}, received that after step "
                         f"{stored}")
