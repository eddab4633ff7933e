"""Converts between Adam's beta powers, variables of TensorFlow 1, and Keras's counter of updates.

TensorFlow 1 multiplies a power by its beta at each update, in its precision, and flushes subnormal
numbers to 0. The same multiplications give the power of a number of updates bit for bit, and the
number of updates of a power.
"""

import numpy as np

# A power below this has underflowed, or is about to: it tells no number of updates.
SMALLEST = 1e-30


def power(updates, beta, dtype):
    """Power of beta in TensorFlow 1 after a number of updates, a scalar array of `dtype`."""
    found = _powers(updates + 1, beta, dtype)[-1]
    return np.asarray(found if found >= np.finfo(dtype).tiny else 0, dtype)


def updates(value, beta):
    """Number of updates after which TensorFlow 1 holds a power, or the nearest one."""
    value = np.asarray(value)
    about = max(np.log(float(value)) / np.log(beta), 0)
    powers = _powers(int(about * 1.01) + 16, beta, value.dtype)  # rounding adds up
    return int(np.argmin(np.abs(powers - value)))


def _powers(count, beta, dtype):
    return np.multiply.accumulate(np.full(count, beta, dtype))
