"""`tf.train` optimisers from their settings."""

import numpy as np
import tensorflow.compat.v1 as tf

from groundwork import optimizers as settings


def make(numbers, dtype):
    """A `tf.train` optimiser.

    Args:
      numbers: one of the dataclasses in `groundwork.optimizers`.
      dtype: "float32" or "float64". A Python float would become float32 in both.
    """
    number = np.dtype(dtype).type
    rate = number(numbers.learning_rate)
    if isinstance(numbers, settings.GradientDescent):
        return tf.train.GradientDescentOptimizer(rate)
    if isinstance(numbers, settings.Momentum):
        return tf.train.MomentumOptimizer(rate, number(numbers.momentum))
    if isinstance(numbers, settings.Adam):
        return tf.train.AdamOptimizer(
            rate, number(numbers.beta1), number(numbers.beta2), number(numbers.epsilon))
    if isinstance(numbers, settings.RmsProp):
        return tf.train.RMSPropOptimizer(
            rate, number(numbers.decay), number(numbers.momentum), number(numbers.epsilon))
    if isinstance(numbers, settings.Adagrad):
        return tf.train.AdagradOptimizer(rate, number(numbers.initial_accumulator))
    raise TypeError("no tf.train optimiser for {!r}".format(numbers))
