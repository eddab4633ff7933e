"""Powers of Adam's betas: TensorFlow 1 keeps them in variables, Keras's counter tells them.

TensorFlow 1 multiplies a power by its beta at each update, in its precision, and sets to 0 what is
too small for a normal number. Multiplied in the same way, a number of updates gives its power bit
for bit, and a power its number of updates.
"""

import numpy as np

# A power below this has vanished, or is about to: it tells no number of updates.
SMALLEST = 1e-30


def power(updates, beta, dtype):
    """The power that TensorFlow 1 holds after a number of updates, an array of `dtype`."""
    found = _powers(updates + 1, beta, dtype)[-1]
    return np.asarray(found if found >= np.finfo(dtype).tiny else 0, dtype)


def updates(value, beta):
    """The number of updates after which TensorFlow 1 holds a power, or comes nearest to it."""
    value = np.asarray(value)
    about = max(np.log(float(value)) / np.log(beta), 0)
    powers = _powers(int(about * 1.01) + 16, beta, value.dtype)  # rounding adds up
    return int(np.argmin(np.abs(powers - value)))


def _powers(count, beta, dtype):
    return np.multiply.accumulate(np.full(count, beta, dtype))
