"""Random inputs of a batch, each a pure function of (seed, stream, index) and of its shape.

All are rounded to float32 in both precisions, so that these can be compared.
"""

import numpy as np

from groundwork import randomness


def noise(seed, stream, index, shape, dtype):
    """Standard normal numbers."""
    # Drawn in float64: one in 40,000 float32 draws is another number in another NumPy.
    draw = randomness.generator(seed, stream, index).standard_normal(shape)
    return draw.astype(np.float32).astype(dtype, copy=False)


def mixing(seed, stream, index, shape, dtype):
    """Uniform numbers in [0, 1) (the gradient penalty's lines)."""
    # Rounded down to 24 bits: rounding to the nearest float32 could give 1.
    draw = randomness.generator(seed, stream, index).integers(2 ** 24, size=shape)
    return (draw / 2.0 ** 24).astype(dtype)


def codes(seed, stream, index, shape, dtype):
    """Uniform numbers in [-1, 1) (InfoGAN's continuous codes)."""
    return 2 * mixing(seed, stream, index, shape, dtype) - 1


def classes(seed, stream, index, shape, dtype):
    """Classes, each as likely as another, as `one_hot` writes them: [count, class count]."""
    count, class_count = shape
    draw = randomness.generator(seed, stream, index).integers(class_count, size=count)
    return one_hot(draw, class_count, dtype)


def one_hot(labels, class_count, dtype):
    """Rows [count, class_count] that are 1 in the column of the label, of [count], and 0 elsewhere.
    """
    rows = np.zeros((len(labels), class_count), dtype)
    rows[np.arange(len(labels)), labels] = 1
    return rows


def mask_seed(seed, stream, index):
    """Two int32 below 2**30: what a program adds to tell its masks apart does not overflow."""
    return randomness.generator(seed, stream, index).integers(2 ** 30, size=2).astype(np.int32)


# Inputs by their names; all others are noise.
DRAWS = {"mixing": mixing, "codes": codes, "classes": classes}


def draw(name, seed, stream, index, shape, dtype):
    """The input of a name, [count, ...]."""
    return DRAWS.get(name, noise)(seed, stream, index, shape, dtype)
