"""Conversions of float32 constants to float64: as their author wrote them, as stored, or moved."""

import numpy as np

# Larger constants are data rather than numbers that an author wrote.
_WRITTEN_NUMBERS = 4096


def shortest(array):
    """Array in float64: the shortest decimals that round to an array's float32 numbers."""
    array = np.asarray(array, np.float32)
    if array.size > _WRITTEN_NUMBERS:
        return array.astype(np.float64)
    return np.array([float(str(number)) for number in array.ravel()],
                    np.float64).reshape(array.shape)


def fed(value, dtype, read=shortest):
    """A fed value in a precision: in float64 a single float32 number is read as constants are.

    It is a rate or a probability that somebody wrote; arrays are data.
    """
    is_written = dtype == "float64" and value.dtype == np.float32 and not value.ndim
    return read(value) if is_written else value


def as_stored(array):
    """Array in float64 with the same numbers."""
    return np.asarray(array, np.float64)


def raised(array):
    """Array as of `shortest`, with numbers that float32 rounds moved up by one float32 ulp."""
    return _moved(array, lambda number: np.float64(1))


def mixed(array):
    """Array as of `raised`, with some numbers moved down, so that changes do not cancel."""
    return _moved(array, lambda number: np.where(
        number.view(np.uint32) * np.uint32(2654435761) >> np.uint32(31), 1.0, -1.0))


def _moved(array, sign):
    array = np.asarray(array, np.float32)
    read, stored = shortest(array), as_stored(array)
    rounded = read != stored if array.size <= _WRITTEN_NUMBERS else stored != np.rint(stored)
    with np.errstate(invalid="ignore"):  # infinities have no last place
        return np.where(rounded, read + sign(array) * np.spacing(np.abs(array)), read)
