"""A few numbers that stand for an array: as far apart as two arrays are, their sketches are, too.

A sketch of more than `PROJECTIONS` numbers holds so many sums of all of them, each number taken
times one that its place and the array's size decide. Such sums are linear, so that the sketch of a
move is the difference of two sketches. The distance of two sketches is that of the arrays up to a
factor: of 8 sums it is more than twice as large in one of 10,000 cases, less than half as large in
one of 50, less than a quarter in one of 5,000. A sketch of fewer numbers holds them. Whether two
arrays are bit for bit the same, their digests say.

In float32 there are fewer sums: a difference there means what float64 says of the same tensor.
"""

import functools
import hashlib

import numpy as np

PROJECTIONS = {"float32": 4, "float64": 8}
# Directions of so many numbers are kept for the next array of the size.
_SMALL = 1 << 16


class Sketch(np.ndarray):
    """The sketch of an array, in its precision; of whole numbers, in float64.

    Attributes:
      digest: 64 bits of the array's; None of what is computed of sketches.
      numbers: how many numbers the array holds.
      moved: the norm of the reference's move, where it is known: differences are parts of it.
    """

    def __array_finalize__(self, unused_other):
        self.digest, self.numbers, self.moved = None, self.size, None


def made(values, digest, numbers, moved=None):
    """The `Sketch` of its parts."""
    sketch = np.asarray(values).view(Sketch)
    sketch.digest, sketch.numbers, sketch.moved = int(digest), int(numbers), moved
    return sketch


def of(array, most=0):
    """The `Sketch` of an array of numbers; of up to `most` numbers, themselves."""
    array = np.asarray(array)
    if array.dtype.kind in "iub":
        array = array.astype(np.int64)
    kind = array.dtype if array.dtype.kind == "f" else np.dtype(np.float64)
    values, few = array.ravel(), length(array.size, kind.name, most)
    if few < array.size:
        values = _projected(np.float64(values), few)
    return made(np.array(values, kind), _digest(array), array.size)


def length(count, dtype, most=0):
    """How many numbers the sketch of `count` numbers has in a precision."""
    few = PROJECTIONS.get(dtype, max(PROJECTIONS.values()))
    return count if count <= max(most, few) else few


def numbers(array):
    """How many numbers an array holds, or the one that a sketch stands for."""
    return array.numbers if isinstance(array, Sketch) else array.size


def same(one, other):
    """Whether two arrays are bit for bit the same, or those that two sketches stand for."""
    if isinstance(one, Sketch) or isinstance(other, Sketch):
        digest = getattr(one, "digest", None)
        return digest is not None and digest == getattr(other, "digest", None)
    return one.tobytes() == other.tobytes()


def _digest(array):
    return int.from_bytes(hashlib.sha256(np.ascontiguousarray(array).tobytes()).digest()[:8],
                          "little")


def _projected(values, count):
    direction = _kept_direction if values.size <= _SMALL else _direction
    return np.sqrt(3.0 / count) * np.array(
        [np.dot(direction(place, values.size), values) for place in range(count)])


def _direction(place, size):
    """[size] numbers from -1 to 1, the same on each machine."""
    raw = np.random.Philox(key=np.array([place, size], np.uint64)).random_raw(size)
    return (raw >> np.uint64(11)) * 2.0 ** -52 - 1.0


_kept_direction = functools.lru_cache(maxsize=128)(_direction)
