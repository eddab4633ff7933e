"""Moving averages of the weights, which images are sampled with (Yazici et al. 2018)."""

import contextlib

import keras
import tensorflow as tf

_NAME = "average"


def make(variables):
    """One average a variable, `train/<variable>/average`, that starts at its value."""
    averages = []
    for variable in variables:
        with contextlib.ExitStack() as scopes:
            for part in ["train", *variable.path.split("/")]:
                scopes.enter_context(keras.name_scope(part))
            # The number: given the tf.Variable itself, Keras would share it.
            averages.append(keras.Variable(
                variable.numpy(), dtype=variable.dtype, trainable=False, name=_NAME))
    return averages


def update(averages, variables, decay):
    """Moves the averages a step, as `tf.train.ExponentialMovingAverage` does."""
    for average, variable in zip(averages, variables):
        rate = 1 - tf.constant(decay, average.dtype)
        average.assign_sub((average - variable) * rate)


@contextlib.contextmanager
def in_use(averages, variables):
    """Within it, the weights are their averages, if there are any."""
    weights = [variable.numpy() for variable, _ in zip(variables, averages)]
    for variable, average in zip(variables, averages):
        variable.assign(average)
    try:
        yield
    finally:
        for variable, value in zip(variables, weights):
            variable.assign(value)
