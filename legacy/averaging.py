"""Moving averages of the weights, which images are sampled with (Yazici et al. 2018)."""

import contextlib

import numpy as np
import tensorflow.compat.v1 as tf

_NAME = "average"


def update(decay):
    """The operation that moves the averages a step; none are made when `decay` is 0."""
    if not decay:
        return tf.no_op()
    # Of float32 in both precisions, as today's TensorFlow makes it; 1.15 takes what it is given.
    averages = tf.train.ExponentialMovingAverage(np.float32(decay), name=_NAME)
    return averages.apply(tf.trainable_variables())


@contextlib.contextmanager
def in_use(session):
    """Within it, the weights of the session are their averages, if there are any."""
    averages = {variable.op.name: variable for variable in tf.global_variables()
                if variable.op.name.endswith("/" + _NAME)}
    pairs = [(variable, averages["train/{}/{}".format(variable.op.name, _NAME)])
             for variable in tf.trainable_variables() if averages]
    weights = session.run([variable for variable, _ in pairs])
    _load(session, pairs, session.run([average for _, average in pairs]))
    try:
        yield
    finally:
        _load(session, pairs, weights)


def _load(session, pairs, values):
    """Sets weights through their initialisers, which adds nothing to the graph."""
    variables = [variable for variable, _ in pairs]
    session.run([variable.initializer for variable in variables], {
        variable.initializer.inputs[1]: value for variable, value in zip(variables, values)})
