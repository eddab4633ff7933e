"""Initial weights as data: drawn from (seed, variable name), equal whatever TensorFlow runs.

The distribution is the one that `tf.layers` and Keras declare for a variable of that name when a
network leaves its initialisers alone, as all the documents' networks do; tf-slim's are the same.
"""

import numpy as np

from groundwork import randomness


def _glorot_uniform(seed, name, shape):
    """U(-l, l), l = sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010)."""
    receptive_field = int(np.prod(shape[:-2]))
    limit = np.sqrt(6.0 / (receptive_field * (shape[-2] + shape[-1])))
    return (2.0 * randomness.generator(seed, "weights/" + name).random(shape) - 1.0) * limit


def _normal(seed, name, shape):
    """N(0, 1): the start of a power iteration (Miyato et al. 2018, Algorithm 1)."""
    return randomness.generator(seed, "weights/" + name).standard_normal(shape)


def _constant(value):
    return lambda seed, name, shape: np.full(shape, value)


DISTRIBUTIONS = {
    "kernel": _glorot_uniform,
    "bias": _constant(0.0),
    "gamma": _constant(1.0),
    "beta": _constant(0.0),
    "attention_gamma": _constant(0.0),
    "u": _normal,
}

# The last part of the names of variables that start as data though nothing trains them.
DRAWN_STATE = ("/u",)

# tf-slim's names for what `tf.layers` and Keras name otherwise.
_SYNONYMS = {"weights": "kernel", "biases": "bias"}


def keras_name(name):
    """A variable's name with Keras's last part where tf-slim has another."""
    scope, slash, leaf = name.rpartition("/")
    return scope + slash + _SYNONYMS.get(leaf, leaf)


def draw(seed, name, shape, dtype="float32"):
    """Initial value of one variable.

    Args:
      seed: the run's seed.
      name: variable name such as "generator/hidden1/kernel"; its last part picks the distribution.
        tf-slim's "weights" and "biases" draw what "kernel" and "bias" draw.
      shape: tuple of ints.
      dtype: "float32" or "float64"; both precisions start from the same float32 numbers.

    Raises:
      KeyError: the name's last part declares no distribution.
    """
    name = keras_name(name)
    values = DISTRIBUTIONS[name.rpartition("/")[2]](seed, name, tuple(shape))
    return values.astype(np.float32).astype(dtype)
