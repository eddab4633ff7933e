"""Checkpoints of TensorFlow 1, as TensorFlow 2 reads and writes them."""

import tensorflow as tf


class NoCheckpoint(ValueError):
    """What was given is no checkpoint: a line that says why."""


def contents(prefix):
    """`{name: {"shape", "dtype"}}` of the numbers in a checkpoint.

    Raises:
      NoCheckpoint: it cannot be read.
    """
    try:
        reader = tf.train.load_checkpoint(prefix)
    except (tf.errors.OpError, ValueError, TypeError) as error:
        said = getattr(error, "message", str(error)).split()
        raise NoCheckpoint(f"expected a checkpoint, received {' '.join(said)[:200]}")
    types = reader.get_variable_to_dtype_map()
    return {name: {"shape": shape, "dtype": types[name].name}
            for name, shape in sorted(reader.get_variable_to_shape_map().items())
            if types[name] != tf.string}


def read(prefix, names):
    """Yields (name, array) of the named variables in a checkpoint."""
    reader = tf.train.load_checkpoint(prefix)
    for name in names:
        yield name, reader.get_tensor(name)


def write(prefix, values):
    """Writes (name, array) pairs as a checkpoint that `tf.train.Saver` of TensorFlow 1 restores."""
    named = sorted(((name, tf.constant(value)) for name, value in values),
                   key=lambda pair: pair[0])
    names = [name for name, _ in named]
    tf.raw_ops.SaveV2(prefix=prefix, tensor_names=names, shape_and_slices=[""] * len(names),
                      tensors=[tensor for _, tensor in named])
