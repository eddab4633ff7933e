"""Sketches: random projections of arrays to a few numbers, which keep distances approximately.

An array of more than `PROJECTIONS` entries is projected to so many numbers: each is the dot product
with a vector that its place and the array's size decide. Projections are linear, so that the sketch
of a move is the difference of two sketches. The distance of two sketches estimates that of the
arrays: with 8 projections it is more than twice as large in one of 10,000 cases, less than half as
large in one of 50, less than a quarter in one of 5,000. A sketch of fewer entries holds them all.
Digests tell whether two arrays are bit for bit the same.

Float32 takes fewer projections: the verdict there follows that of float64 on the same tensor.
"""

import functools
import hashlib

import numpy as np

PROJECTIONS = {"float32": 4, "float64": 8}
# Projection vectors of at most so many numbers are kept for the next array of the size.
_SMALL = 1 << 16


class Sketch(np.ndarray):
    """The sketch of an array, in its precision; float64 for integers.

    Attributes:
      digest: 64 bits of the array's SHA-256; None of a result of arithmetic on sketches.
      numbers: the number of the array's entries.
      moved: the norm of the reference's move, relative to which differences are measured; or None.
    """

    def __array_finalize__(self, unused_other):
        self.digest, self.numbers, self.moved = None, self.size, None


def made(values, digest, numbers, moved=None):
    """The `Sketch` with these values and attributes."""
    sketch = np.asarray(values).view(Sketch)
    sketch.digest, sketch.numbers, sketch.moved = int(digest), int(numbers), moved
    return sketch


def of(array, most=0):
    """The `Sketch` of an array of numbers; one of at most `most` entries is kept whole."""
    array = np.asarray(array)
    if array.dtype.kind in "iub":
        array = array.astype(np.int64)
    kind = array.dtype if array.dtype.kind == "f" else np.dtype(np.float64)
    values, few = array.ravel(), length(array.size, kind.name, most)
    if few < array.size:
        values = _projected(np.float64(values), few)
    return made(np.array(values, kind), _digest(array), array.size)


def length(count, dtype, most=0):
    """Length of the sketch of an array of `count` entries in a precision."""
    few = PROJECTIONS.get(dtype, max(PROJECTIONS.values()))
    return count if count <= max(most, few) else few


def numbers(array):
    """Number of entries of an array, or of the array behind a sketch."""
    return array.numbers if isinstance(array, Sketch) else array.size


def same(one, other):
    """True where two arrays, or the arrays behind two sketches, are bit for bit the same."""
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
    """A projection vector: [size] uniform numbers from -1 to 1, the same on each machine."""
    raw = np.random.Philox(key=np.array([place, size], np.uint64)).random_raw(size)
    return (raw >> np.uint64(11)) * 2.0 ** -52 - 1.0


_kept_direction = functools.lru_cache(maxsize=128)(_direction)
