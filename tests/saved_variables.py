"""Checkpoints as programs of somebody else write them."""

import glob
import os

import legacy  # noqa: F401  before TensorFlow: sets how tf.layers is found
import tensorflow.compat.v1 as tf


def save(path, values):
    """Writes `{name: array}` under a prefix by `tf.train.Saver`; returns the prefix."""
    with tf.Graph().as_default(), tf.Session() as session:
        for name, value in values.items():
            tf.get_variable(name, initializer=value)
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(path), write_state=False, write_meta_graph=False)
    return str(path)


def save_objects(path, values):
    """The same as `tf.train.Checkpoint` writes it, which the modern wing uses."""
    with tf.Graph().as_default(), tf.Session() as session:
        variables = {name: tf.get_variable(name, initializer=value)
                     for name, value in values.items()}
        session.run(tf.global_variables_initializer())
        tf.train.Checkpoint(**variables).write(str(path), session=session)
    return str(path)


def cut_short(path):
    """Takes the end off a checkpoint's data, as a full disk does."""
    # TensorFlow 1.15.5 writes the graph of objects into a file of its own.
    name = max(glob.glob(path + ".data-*"), key=os.path.getsize)
    with open(name, "rb") as file:
        data = file.read()
    with open(name, "wb") as file:
        file.write(data[:len(data) // 2])
