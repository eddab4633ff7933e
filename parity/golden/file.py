"""Golden files: an .npz of few arrays, kept small.

The array `header` is JSON, in bytes:

    format        the version of this layout
    description   the reference's variables, updates and inputs, as its recorder describes them
    pair, port    name of the pair, and {path: shape} of the port's variables, at the time of
                  writing
    exchanged     [[variable of the reference, path]] that were exchanged
    dtypes        the precisions
    steps         numbers of the compared steps
    seed          seed of the arrays that `given` describes
    given         {name of an array of a trace: its description by `likeness.words`, or the name of
                  an equal array, or "batch" where it comes from --batches}
    batches       digest of --batches; "" without them
    draws         {step: [kind]} of the reference's random operations
    kept          {dtype: {name of an array of a trace: number}} on which the port's start depends
    names         {dtype: [name of a sketch]}
    numbers       {dtype: [number of entries of the sketch's array]}
    initial       {"begun", "declared"}: start values of slots and state
    inference     the reason why there is no pass without training; "" where there is one
    rates         {"steps", "answer"}: the answer of the recorder's job "rates" for these steps
    unexercised   bounds that never act in these steps
    left_out      sentences on steps that were not kept
    digest        digest of the header's other entries and of the arrays

The other arrays are `<dtype>`, all sketches of that precision one after the other, and, for the
sketches of all precisions, `digests`, [sketches], and `sizes`, [sketches, 4], base-2 logarithms of
the norm of the reference's move and of its three noise floors.
"""

import hashlib
import io
import json
import zipfile

import numpy as np

from parity.common import files
from parity.common import npz
from parity.judge import sketch
from parity.trace import described
from parity.trace import file

FORMAT = 1
_FIELDS = {"description": dict, "pair": str, "port": dict, "exchanged": list, "dtypes": list,
           "steps": list, "seed": int, "given": dict, "batches": str, "draws": dict, "kept": dict,
           "names": dict, "numbers": dict, "initial": dict,
           "inference": str, "rates": dict, "unexercised": list,
           "left_out": list}
# Losses are kept whole: of one number a row, a port may return the sum or the mean.
_LOSS, _MOST = "loss/", 256
# {prefix of an array in a trace: attribute of a `parity.judge.compared.NoiseFloor`}
_NOISE_FLOORS = {"noise_": "rounding", "allowed_": "constants", "bent_": "residual"}


class DamagedGolden(file.DamagedTrace):
    """A file is no whole golden file of this format; the message is one line with the reason."""


class Golden:
    """The content of a golden file.

    Args:
      header: the dict of its header.
      arrays: `{name: array}` of its other arrays.
    """

    def __init__(self, header, arrays):
        self.header, self._arrays = header, arrays

    @property
    def digest(self):
        """The digest of all that the file holds, in hexadecimal digits."""
        return self.header["digest"]

    def reference(self, dtype):
        """`{name: array}` as in a trace: the reference's sketches, and the noise floor of each.

        Args:
          dtype: the precision.
        """
        names, numbers = self.header["names"][dtype], self.header["numbers"][dtype]
        before = self.header["dtypes"][:self.header["dtypes"].index(dtype)]
        first, found, start = sum(len(self.header["names"][each]) for each in before), {}, 0
        for place, (name, count) in enumerate(zip(names, numbers), first):
            stop = start + sketch.length(count, dtype, _most(name))
            moved, *noise_floors = np.exp2(np.float64(self._arrays["sizes"][place]))
            found[name] = sketch.made(self._arrays[dtype][start:stop],
                                      self._arrays["digests"][place], count, moved)
            found.update((kind + name, noise_floor)
                         for kind, noise_floor in zip(_NOISE_FLOORS, noise_floors))
            start = stop
        return found


def sketched(name, array):
    """The sketch of the array of this name in a trace."""
    return sketch.of(array, _most(name))


def _most(name):
    """Number of entries up to which an array is kept whole."""
    return _MOST if name.startswith(_LOSS) else 0


def packed(arrays):
    """(entries of the header, `{name: array}`) of a golden file that hold the reference's steps.

    Args:
      arrays: `{dtype: iterable of parity.golden.layout.Array}`, of which one is held at a time.
    """
    names, made, sizes = ({dtype: [] for dtype in arrays} for _ in range(3))
    for dtype, each in ((dtype, each) for dtype, of in arrays.items() for each in of):
        names[dtype].append(each.name)
        made[dtype].append(sketched(each.name, each.value))
        sizes[dtype].append(_sizes(each))
    header = {"names": names, "numbers": {
        dtype: [each.numbers for each in of] for dtype, of in made.items()}}
    with np.errstate(divide="ignore"):
        return header, dict(
            {dtype: np.concatenate(of).astype(dtype) for dtype, of in made.items()},
            sizes=np.float16(np.log2(sum(sizes.values(), []))),
            digests=np.array([each.digest for of in made.values() for each in of], np.uint64))


def _sizes(array):
    """Four numbers of a `parity.golden.layout.Array`: norm of the move, and three noise floors."""
    start = 0.0 if array.before is None else np.float64(array.before)
    return [np.linalg.norm(np.float64(array.value) - start),
            *(getattr(array.noise_floor, kind) for kind in _NOISE_FLOORS.values())]


def write(path, header, arrays):
    """Writes a golden file, whole or not at all.

    Args:
      path: path of the file.
      header: the dict of the header, without "format" and "digest".
      arrays: `{name: array}` of all other arrays.
    """
    whole = dict(header, format=FORMAT)
    text = json.dumps(dict(whole, digest=_digest(whole, arrays)))
    content = io.BytesIO()
    np.savez_compressed(content, header=np.frombuffer(text.encode("utf-8"), np.uint8), **arrays)
    with files.whole(path) as part, open(part, "wb") as out:
        out.write(content.getvalue())


def _digest(header, arrays):
    found = hashlib.sha256(file.digest(header).encode("ascii"))
    for name in sorted(arrays):
        found.update(f"{name} {arrays[name].dtype.str} {arrays[name].shape}".encode("ascii"))
        found.update(np.ascontiguousarray(arrays[name]).tobytes())
    return found.hexdigest()


def read(path):
    """Reads a `Golden` from a file.

    Raises:
      DamagedGolden: the file is missing, cut, altered, foreign or of another format.
    """
    try:
        with zipfile.ZipFile(path) as content:
            if sum(each.file_size for each in content.infolist()) > file.LARGEST_HEADER:
                raise ValueError("arrays of more than 256 MB")
        arrays = npz.read(path)
        header = json.loads(arrays.pop("header").tobytes().decode("utf-8"))
        found = header.get("format")
    except KeyError:
        raise DamagedGolden(f"{path}: expected a golden file, received arrays without a header")
    except npz.UNREADABLE as error:
        raise DamagedGolden(
            f"{path}: expected a golden file, received {files.reason(error)}")
    if found != FORMAT or "given" not in header:
        raise DamagedGolden(f"{path}: expected a golden file of format {FORMAT}, received "
                            f"{'a trace' if 'side' in header else found}")
    if header.get("digest") != _digest(header, arrays):
        raise DamagedGolden(f"{path}: expected a golden file as it was written, received another")
    for key, kind in _FIELDS.items():
        if not isinstance(header.get(key), kind):
            raise DamagedGolden(f"{path}: expected a header with {key}, received "
                                f"{header.get(key, 'none')}")
    wrong = described.wrong("reference", header["description"])
    if wrong:
        raise DamagedGolden(f"{path}: expected {wrong}")
    return Golden(header, arrays)
