"""Arrays that are drawn anew, like others: what a few words say of an array, and the seed.

A golden file has no room for weights and batches. What both sides start from and are fed are
numbers that these words and the name decide, in the range of those that the program held.
"""

import hashlib
import math

import numpy as np

# An array of so many whole numbers is kept as it is; of fractions, one alone.
KEPT = 16
# Rows of whole numbers of which there are few, as the labels of some classes: so many in all.
_ROWS = 256


def words(array):
    """What is kept of an array: a list for JSON.

    Returns:
      [dtype, shape, "is", numbers], or of an array that is the same everywhere its one number;
      "rows", of which each row is one; or "between" with the least and the largest number.
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
    """Whether an array is so small that it is kept."""
    return array.size <= (1 if array.dtype.kind == "f" else KEPT)


def _range(values, kind):
    """The least and the largest number; of fractions, for as large a deviation within them."""
    least, largest = values.min(), values.max()
    if kind != "f":
        return [int(least), int(largest)]
    far = math.sqrt(3.0) * values.std()
    least, largest = max(least, values.mean() - far), min(largest, values.mean() + far)
    return [_short(least, np.ceil, least, largest), _short(largest, np.floor, least, largest)]


def _short(number, rounded, least, largest):
    """A number of three digits that lies within the range, or the number."""
    digit = 10.0 ** (math.floor(math.log10(abs(number) or 1.0)) - 2)
    short = float(f"{rounded(number / digit) * digit:.3g}")
    return short if least <= short <= largest else float(number)


def of(arrays):
    """`{name: words}` of arrays by name, or the name of another of the same step that is the same.

    What a program takes in two places it takes drawn once, as an image that is its own label.
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
    """An array of which `words` said something.

    Args:
      said: what `words` returned.
      name: of the array, and seed: a whole number; they decide what is drawn.
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
    # In both precisions the same numbers, which float32 has.
    return np.float32(least + (largest - least) * part).astype(dtype)


def _size(shape):
    return math.prod(shape)


def _uniform(count, name, seed):
    """[count] numbers from 0 to below 1, the same on each machine."""
    key = hashlib.sha256(f"{seed} {name}".encode("utf-8")).digest()[:16]
    raw = np.random.Philox(key=np.frombuffer(key, "<u8").astype(np.uint64)).random_raw(count)
    return (raw >> np.uint64(11)) * 2.0 ** -53
