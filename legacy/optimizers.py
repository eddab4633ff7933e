"""`tf.train` optimisers, and the documents' own, from their hyper-parameters."""

import dataclasses

import numpy as np
import tensorflow.compat.v1 as tf

from groundwork import optimizers as configs
from legacy import document_optimizers

# Each takes the numbers in the order of its dataclass.
_OPTIMIZERS = {
    configs.GradientDescent: tf.train.GradientDescentOptimizer,
    configs.Momentum: tf.train.MomentumOptimizer,
    configs.Adam: tf.train.AdamOptimizer,
    configs.RmsProp: tf.train.RMSPropOptimizer,
    configs.Adagrad: tf.train.AdagradOptimizer,
    configs.AdamD0: document_optimizers.AdamD0,
    configs.AdamD3: document_optimizers.AdamD3,
    configs.RmsPropD3: document_optimizers.RmsPropD3,
}


def make(config, rate, dtype):
    """The optimiser of one of the dataclasses in `groundwork.optimizers`.

    Args:
      config: the dataclass object.
      rate: the learning rate, as `legacy.schedules` makes it.
      dtype: "float32" or "float64". A Python float would become float32 in both.
    """
    number = np.dtype(dtype).type
    others = dataclasses.astuple(config)[1:]  # the first is the learning rate
    return _OPTIMIZERS[type(config)](rate, *[number(value) for value in others])
