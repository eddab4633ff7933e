"""Checkpoints of TensorFlow 1, as TensorFlow 2 reads and writes them."""

import tensorflow as tf


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
