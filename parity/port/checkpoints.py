"""Reads and writes checkpoints of TensorFlow 1 with TensorFlow 2."""

import tensorflow as tf

# Errors of the checkpoint reader.
_UNREADABLE = (tf.errors.OpError, ValueError, IndexError, RuntimeError)


class NoCheckpoint(ValueError):
    """A file that is no readable checkpoint; the message is one line."""


def contents(prefix):
    """`{name: {"shape", "dtype"}}` of the numeric variables in a checkpoint.

    Raises:
      NoCheckpoint: the checkpoint cannot be read.
    """
    try:
        reader = tf.train.load_checkpoint(prefix)
    except _UNREADABLE as error:
        raise _no_checkpoint(error)
    types = reader.get_variable_to_dtype_map()
    return {name: {"shape": shape, "dtype": types[name].name}
            for name, shape in sorted(reader.get_variable_to_shape_map().items())
            if types[name] != tf.string}


def _no_checkpoint(error):
    said = " ".join((getattr(error, "message", "") or str(error)).split())
    return NoCheckpoint(f"expected a whole checkpoint, received {said[:200]}")


def read(prefix, names):
    """Yields (name, array) of the named variables in a checkpoint.

    Raises:
      NoCheckpoint: a part of the checkpoint cannot be read.
    """
    reader = tf.train.load_checkpoint(prefix)
    for name in names:
        try:
            value = reader.get_tensor(name)
        except _UNREADABLE as error:
            raise _no_checkpoint(error)
        yield name, value


def write(prefix, values):
    """Writes (name, array) pairs as a checkpoint that `tf.train.Saver` of TensorFlow 1 restores."""
    named = sorted(((name, tf.constant(value)) for name, value in values),
                   key=lambda pair: pair[0])
    names = [name for name, _ in named]
    tf.raw_ops.SaveV2(prefix=prefix, tensor_names=names, shape_and_slices=[""] * len(names),
                      tensors=[tensor for _, tensor in named])
