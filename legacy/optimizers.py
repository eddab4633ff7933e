"""`tf.train` optimisers from their settings."""

import numpy as np
import tensorflow.compat.v1 as tf

from groundwork import optimizers as settings
from legacy import printed_rules


def make(numbers, rate, dtype):
    """A `tf.train` optimiser, or one of the rules that the documents print.

    Args:
      numbers: one of the dataclasses in `groundwork.optimizers`.
      rate: the learning rate, as `legacy.schedules` makes it.
      dtype: "float32" or "float64". A Python float would become float32 in both.
    """
    number = np.dtype(dtype).type
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
    return printed_rules.make(numbers, rate, dtype)
