"""Golden files: an .npz of few arrays, of which each byte counts.

The array `header` is JSON, in bytes:

    format        the version of this layout
    description   what the reference is made of, as its recorder describes it
    pair, port    what the pair was called, and {path: shape} of the port's variables, when the file
                  was written
    exchanged     [[variable of the reference, path]] that were exchanged
    dtypes        the precisions; steps: numbers of the compared steps
    seed          of the numbers that `given` describes
    given         {name of an array of a trace: `likeness.words` of it, or the name of one that is
                  the same, or "batch": it comes from --batches}
    batches       a digest of what came from --batches; "" where nothing does
    draws         {step: [kind]} of the reference's random operations
    kept          {dtype: {name of an array of a trace: number}} that the port's start hangs on
    names         {dtype: [name of a sketch]}; numbers: {dtype: [how many its array holds]}
    initial       {"begun", "declared"}: where slots and state start
    inference     why there is no pass without training; "": there is
    rates         {"steps", "answer"}: of which steps the recorder's job "rates" answers what
    unexercised   bounds that never act in these steps
    left_out      steps that were not kept, and why
    digest        of all of it and of the arrays

The others are `<dtype>`, all sketches of that precision one after the other, and, for those of all
precisions, `digests`, a number for each, and `sizes`, base-2 logarithms of four: how far the
reference moves, and its three floors.
"""

import hashlib
import io
import json
import os
import zipfile

import numpy as np

from parity.judge import sketch
from parity.trace import described
from parity.trace import file

FORMAT = 1
_FIELDS = {"description": dict, "pair": str, "port": dict, "exchanged": list, "dtypes": list,
           "steps": list, "seed": int, "given": dict, "batches": str, "draws": dict, "kept": dict,
           "names": dict, "numbers": dict, "initial": dict,
           "inference": str, "rates": dict, "unexercised": list,
           "left_out": list}
# Losses are kept as they are: of one for each row, a port may return the sum or the mean.
_LOSS, _MOST = "loss/", 256
_FLOORS = {"noise_": "rounding", "allowed_": "constants", "bent_": "bent"}


class DamagedGolden(file.DamagedTrace):
    """The file is no whole golden file of this format: one line that says why."""


class Golden:
    """What a golden file holds.

    Args:
      header: what its header says; arrays: its other arrays.
    """

    def __init__(self, header, arrays):
        self.header, self._arrays = header, arrays

    @property
    def digest(self):
        """Of all that it holds."""
        return self.header["digest"]

    def reference(self, dtype):
        """`{name: sketch}` of what the reference computed, and its floors, as a trace has them."""
        names, numbers = self.header["names"][dtype], self.header["numbers"][dtype]
        before = self.header["dtypes"][:self.header["dtypes"].index(dtype)]
        first, found, start = sum(len(self.header["names"][each]) for each in before), {}, 0
        for place, (name, count) in enumerate(zip(names, numbers), first):
            stop = start + sketch.length(count, dtype, _most(name))
            moved, *floors = np.exp2(np.float64(self._arrays["sizes"][place]))
            found[name] = sketch.made(self._arrays[dtype][start:stop],
                                      self._arrays["digests"][place], count, moved)
            found.update((kind + name, floor) for kind, floor in zip(_FLOORS, floors))
            start = stop
        return found


def sketched(name, array):
    """The sketch of an array of a trace."""
    return sketch.of(array, _most(name))


def _most(name):
    return _MOST if name.startswith(_LOSS) else 0


def packed(arrays):
    """The part of a header and the arrays that hold what the reference computed.

    Args:
      arrays: `{dtype: iterable of parity.golden.layout.Array}`; one array is held at a time.
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
    """How far the reference moves, and the floors, of a `parity.golden.layout.Array`."""
    start = 0.0 if array.before is None else np.float64(array.before)
    return [np.linalg.norm(np.float64(array.value) - start),
            *(getattr(array.floor, kind) for kind in _FLOORS.values())]


def write(path, header, arrays):
    """Writes a golden file, whole or not at all; `arrays` are all but its header."""
    whole = dict(header, format=FORMAT)
    text = json.dumps(dict(whole, digest=_digest(whole, arrays)))
    content = io.BytesIO()
    np.savez_compressed(content, header=np.frombuffer(text.encode("utf-8"), np.uint8), **arrays)
    part = f"{path}.{os.getpid()}.part"
    try:
        with open(part, "wb") as out:
            out.write(content.getvalue())
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.remove(part)


def _digest(header, arrays):
    found = hashlib.sha256(file.digest(header).encode("ascii"))
    for name in sorted(arrays):
        found.update(f"{name} {arrays[name].dtype.str} {arrays[name].shape}".encode("ascii"))
        found.update(np.ascontiguousarray(arrays[name]).tobytes())
    return found.hexdigest()


def read(path):
    """The `Golden` of a file.

    Raises:
      DamagedGolden: it is missing, cut, altered, foreign or of another format.
    """
    try:
        with zipfile.ZipFile(path) as content:
            if sum(each.file_size for each in content.infolist()) > file.LARGEST_HEADER:
                raise ValueError("arrays of more than 256 MB")
        with np.load(path, allow_pickle=False) as content:
            arrays = {name: content[name] for name in content.files}
        header = json.loads(arrays.pop("header").tobytes().decode("utf-8"))
        found = header.get("format")
    except KeyError:
        raise DamagedGolden(f"{path}: expected a golden file, received arrays without a header")
    except file.UNREADABLE as error:
        raise DamagedGolden(
            f"{path}: expected a golden file, received {' '.join(str(error).split())}")
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
