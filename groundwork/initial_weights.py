"""Initial weights as data: drawn from (seed, variable name), equal whatever TensorFlow runs.

The distribution is the one that `tf.layers` and Keras declare for a variable of that name when a
network leaves its initialisers alone, as all the documents' networks do.
"""

import numpy as np

from groundwork import randomness


def _glorot_uniform(seed, name, shape):
    """U(-l, l), l = sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010)."""
    receptive_field = int(np.prod(shape[:-2]))
    limit = np.sqrt(6.0 / (receptive_field * (shape[-2] + shape[-1])))
    return (2.0 * randomness.generator(seed, "weights/" + name).random(shape) - 1.0) * limit


def _constant(value):
    return lambda seed, name, shape: np.full(shape, value)


DISTRIBUTIONS = {
    "kernel": _glorot_uniform,
    "bias": _constant(0.0),
}


def draw(seed, name, shape, dtype="float32"):
    """Initial value of one variable.

    Args:
      seed: the run's seed.
      name: variable name such as "generator/hidden1/kernel"; its last part picks the distribution.
      shape: tuple of ints.
      dtype: "float32" or "float64"; both precisions start from the same float32 numbers.

    Raises:
      KeyError: the name's last part declares no distribution.
    """
    distribution = DISTRIBUTIONS[name.rsplit("/", 1)[-1]]
    return distribution(seed, name, tuple(shape)).astype(np.float32).astype(dtype)
