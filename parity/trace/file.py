"""Trace files: the arrays that one side of a pair computed in one precision, in an .npz.

The array `header` is JSON, in bytes:

    format        the version of this layout
    side          "reference" or "port"
    pair          name of the pair
    dtype         the precision
    steps         numbers of the compared steps
    description   variables, optimisers and inputs of the side, as its recorder describes them
    alone         of a reference: true where its variants were recorded for float32 without float64
    unrepeatable  [[rung, tensor]] of tensors that were not the same in a second run of the side
    unexercised   bounds that never act in these steps, a line each
    rates         learning rates at far steps, as the recorder's job "rates" answers them, in the
                  precision in which they are compared
    exchanged     of a port: [[variable of the reference, path]] that were exchanged
    golden        of a port that was verified against a golden file: the digest of that file
    arrays        {name: [dtype, shape]} of all other arrays in the file
    digest        digest of all other entries, so that an edited header is refused

The other arrays have the recorders' names, "<part>/<step>/...": see `parity.common.keys`,
`parity.reference.recorder` and `parity.port.recorder`.
"""

import collections.abc
import hashlib
import json
import zipfile

import numpy as np

from parity.common import arrays as writing
from parity.common import files
from parity.common import npz
from parity.trace.trace import Trace

FORMAT = 4
SIDES = ("reference", "port")
_HEADER = {"format": int, "side": str, "pair": str, "dtype": str, "steps": list,
           "description": dict, "arrays": dict}
# Parts whose arrays are always numbers; inputs and outputs of a program may be texts.
_NUMBERS = {"before", "after", "gradient", "clipped", "slot_after", "own_after", "loss", "rate",
            "last_rate"}
# A zip of a few bytes can claim to hold more than any memory has.
LARGEST_HEADER = 1 << 28


def name(side, dtype):
    """The name of the file, in its pair's folder, of the trace of a side in a precision."""
    return f"{side}-{dtype}.npz"


class DamagedTrace(Exception):
    """A file is no whole trace of this format; the message is one line with the reason."""


def write(path, header, arrays):
    """Writes a trace, whole or not at all.

    Args:
      path: path of the file.
      header: the dict of the header, without "format", "arrays" and "digest".
      arrays: mapping from names to arrays, which are looked up one by one.
    """
    kinds = {}
    with files.whole(path) as part, writing.Writer(part) as add:
        for name in arrays:
            value = writing.storable(arrays[name])
            kinds[name] = [value.dtype.str, list(value.shape)]
            add(name, value)
        whole = dict(header, format=FORMAT, arrays=kinds)
        text = json.dumps(dict(whole, digest=digest(whole)))
        add("header", np.frombuffer(text.encode("utf-8"), np.uint8))


def digest(header):
    """The digest of a header's entries but for "digest", in hexadecimal digits."""
    said = {key: value for key, value in header.items() if key != "digest"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode("utf-8")).hexdigest()


def read(path):
    """Reads a `Trace`, whose arrays are read from the file when they are looked up.

    Raises:
      DamagedTrace: the file is missing, damaged, foreign, incomplete or of another format.
    """
    try:
        with zipfile.ZipFile(path) as file:
            if file.getinfo("header.npy").file_size > LARGEST_HEADER:
                raise ValueError("a header of more than 256 MB")
        arrays = np.load(path, allow_pickle=False)
        header = json.loads(arrays["header"].tobytes().decode("utf-8"))
    except KeyError:
        raise DamagedTrace(f"{path}: expected a trace, received arrays without a header")
    except npz.UNREADABLE as error:
        raise DamagedTrace(
            f"{path}: expected a trace, received {files.reason(error)}")
    _check(path, header, arrays)
    return Trace(_Checked(path, arrays, header["arrays"]), header)


def _check(path, header, arrays):
    """Raises DamagedTrace unless a header is whole and the file holds the arrays that it lists."""
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        found = header.get("format") if isinstance(header, dict) else header
        raise DamagedTrace(f"{path}: expected a trace of format {FORMAT}, received {found}")
    if header.get("digest") != digest(header):
        raise DamagedTrace(f"{path}: expected a header as it was written, received another")
    for key, kind in _HEADER.items():
        if not isinstance(header.get(key), kind):
            raise DamagedTrace(f"{path}: expected a header with {key}, received "
                               f"{header.get(key, 'none')}")
    if not header["steps"] or not all(type(step) is int for step in header["steps"]):
        raise DamagedTrace(f"{path}: expected numbers of steps, received {header['steps']}")
    if header["side"] not in SIDES:
        raise DamagedTrace(f"{path}: expected a trace of the reference or of a port, received one "
                           f"of {header['side']}")
    listed, held = set(header["arrays"]), set(arrays.files) - {"header"}
    if listed != held:
        name = min(listed ^ held)
        raise DamagedTrace(f"{path}: expected the arrays that its header lists, received "
                           f"{'none called' if name in listed else 'one more:'} {name}")


class _Checked(collections.abc.Mapping):
    """The arrays of a file by name, each checked against the header when it is read.

    Args:
      path: path of the file, for errors.
      arrays: the open .npz.
      kinds: `{name: [dtype, shape]}` of the header.
    """

    def __init__(self, path, arrays, kinds):
        self._path, self._arrays, self._kinds = path, arrays, kinds

    def __getitem__(self, name):
        expected = self._kinds[name]
        try:
            value = self._arrays[name]
            if not isinstance(value, np.ndarray):
                raise ValueError("bytes of another kind")
        except npz.UNREADABLE as error:
            raise DamagedTrace(f"{self._path}: {name}: expected an array, received "
                               f"{' '.join(str(error).split())}")
        found = [value.dtype.str, list(value.shape)]
        if found != expected:
            raise DamagedTrace(f"{self._path}: {name}: expected {expected}, received {found}")
        if not value.dtype.isnative or (
                name.partition("/")[0] in _NUMBERS and value.dtype.kind not in "fiub"):
            raise DamagedTrace(f"{self._path}: {name}: expected numbers, received {found}")
        return writing.restored(value)

    def __contains__(self, name):  # without reading it
        return name in self._kinds

    def __iter__(self):
        return iter(self._kinds)

    def __len__(self):
        return len(self._kinds)
