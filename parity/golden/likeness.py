"""Synthetic arrays: drawn like captured ones from a short description, a name and a seed.

A golden file has no room for weights and batches. Both sides start from synthetic weights and are
fed synthetic batches, in the range of the numbers that the program held.
"""

import hashlib
import math

import numpy as np

# Integer arrays of at most so many entries are kept as they are; of fractions, a scalar alone is.
KEPT = 16
# Distinct rows of whole numbers are kept where they hold at most so many numbers in all, as one-hot
# labels do.
_ROWS = 256


def words(array):
    """The description of an array: a list for JSON.

    Returns:
      [dtype, shape, "is", numbers] of an array that is kept, or that is constant and has one
      number; [dtype, shape, "rows", rows], of which each of its rows is one;
      [dtype, shape, "between", least, largest] for uniform numbers.
    """
    found = [array.dtype.name, list(array.shape)]
    flat = array.ravel()
    if is_kept(array):
        return found + ["is", flat.tolist()]
    if (flat == flat[0]).all():
        return found + ["is", flat[:1].tolist()]
    if array.ndim > 1 and (array == np.rint(array)).all():
        rows = np.unique(array.reshape(-1, array.shape[-1]), axis=0)
        if rows.size <= _ROWS:
            return found + ["rows", rows.tolist()]
    return found + ["between", *_range(np.float64(flat), array.dtype.kind)]


def is_kept(array):
    """True where an array is so small that it is kept as it is."""
    return array.size <= (1 if array.dtype.kind == "f" else KEPT)


def _range(values, kind):
    """The range of uniform numbers that are like an array's.

    Args:
      values: the array's numbers in float64, of one axis.
      kind: the kind of its type; the range of fractions ("f") has about the same mean and standard
        deviation, and lies within theirs.
    """
    least, largest = values.min(), values.max()
    if kind != "f":
        return [int(least), int(largest)]
    far = math.sqrt(3.0) * values.std()
    least, largest = max(least, values.mean() - far), min(largest, values.mean() + far)
    return [_short(least, np.ceil, least, largest), _short(largest, np.floor, least, largest)]


def _short(number, rounded, least, largest):
    """The number rounded to three digits, where it stays within the range; else the number.

    Args:
      number: the least or the largest number.
      rounded: `np.ceil` or `np.floor`.
      least, largest: the range.
    """
    digit = 10.0 ** (math.floor(math.log10(abs(number) or 1.0)) - 2)
    short = float(f"{rounded(number / digit) * digit:.3g}")
    return short if least <= short <= largest else float(number)


def of(arrays):
    """`{name: description}` of arrays by name, or the name of an equal array of the same step.

    An array that a program takes in two places is drawn once, as an image that is its own label.

    Args:
      arrays: mapping from names, "<part>/<step>/...", to arrays.
    """
    found, known = {}, {}
    for name in arrays:
        value = np.asarray(arrays[name])
        step = name.split("/")[1]
        key = (step, value.dtype.str, value.shape, hashlib.sha256(value.tobytes()).digest())
        alike = name if is_kept(value) else known.setdefault(key, name)
        found[name] = words(value) if alike == name else alike
    return found


def made(said, name, seed):
    """Draws an array from its description.

    Args:
      said: the description that `words` returned.
      name: name of the array.
      seed: a whole number; with the name, it decides the numbers.
    """
    dtype, shape, how, *rest = said
    if how == "is":
        return np.array(np.broadcast_to(np.reshape(np.array(rest[0], dtype), -1), _size(shape))
                        ).reshape(shape) if rest[0] else np.zeros(shape, dtype)
    if how == "rows":
        rows = np.array(rest[0], dtype)
        places = _uniform(_size(shape) // rows.shape[1], name, seed) * len(rows)
        return rows[places.astype(np.int64)].reshape(shape)
    least, largest = rest
    part = _uniform(_size(shape), name, seed).reshape(shape)
    if np.dtype(dtype).kind != "f":
        return (least + np.floor(part * (largest + 1 - least))).astype(dtype)
    # Rounded to float32, so that both precisions have the same numbers.
    return np.float32(least + (largest - least) * part).astype(dtype)


def _size(shape):
    return math.prod(shape)


def _uniform(count, name, seed):
    """[count] uniform numbers from 0 to below 1, the same on each machine."""
    key = hashlib.sha256(f"{seed} {name}".encode("utf-8")).digest()[:16]
    raw = np.random.Philox(key=np.frombuffer(key, "<u8").astype(np.uint64)).random_raw(count)
    return (raw >> np.uint64(11)) * 2.0 ** -53
