"""Trace files: what one side of a pair computed in one precision, in an .npz of arrays.

The array `header` is JSON, in bytes:

    format        the version of this layout
    side          "reference" or "port"
    pair          what the pair is called
    dtype         the precision
    steps         numbers of the compared steps
    description   what the side is made of, as its recorder describes it
    alone         of the reference, whether its variants are those of float32 without float64
    unrepeatable  [[rung, tensor]] of what differs from itself when the side is run again
    unexercised   bounds that never act in these steps, a line each
    rates         learning rates at far steps, of the precision that they are compared in, as the
                  recorder's job "rates" answers them
    exchanged     of a port, [[variable of the reference, path]] that were exchanged
    arrays        {name: [dtype, shape]} of all that the file holds beside the header
    digest        of all other entries, so that an edited header is no trace

The other arrays are called as the recorders call them: "<part>/<step>/...", see
`parity.reference.recorder` and `parity.port.recorder`.
"""

import collections.abc
import hashlib
import json
import lzma
import os
import tokenize
import zipfile
import zlib

import numpy as np

from parity.common import arrays as writing
from parity.trace.trace import Trace

FORMAT = 4
SIDES = ("reference", "port")
_HEADER = {"format": int, "side": str, "pair": str, "dtype": str, "steps": list,
           "description": dict, "arrays": dict}
# Parts whose arrays are numbers, whatever a program is fed and gives.
_NUMBERS = {"before", "after", "gradient", "clipped", "slot_after", "own_after", "loss", "rate",
            "last_rate"}
# A zip of a few bytes can claim to hold more than any memory has.
LARGEST_HEADER = 1 << 28
# What zipfile, NumPy and JSON raise on what is damaged, encrypted, too deep or too large.
UNREADABLE = (OSError, ValueError, EOFError, AttributeError, MemoryError, RuntimeError,
               NotImplementedError, zipfile.BadZipFile, zlib.error, lzma.LZMAError,
               tokenize.TokenError)


def name(side, dtype):
    """What the trace of a side in a precision is called in its pair's folder."""
    return f"{side}-{dtype}.npz"


class DamagedTrace(Exception):
    """The file is no whole trace of this format: one line that says why."""


def write(path, header, arrays):
    """Writes a trace, whole or not at all.

    Args:
      path: of the file.
      header: all that the header says but for "format" and "arrays".
      arrays: mapping from names to arrays, which are taken one by one.
    """
    part, kinds = f"{path}.{os.getpid()}.part", {}
    try:
        with writing.Writer(part) as add:
            for name in arrays:
                value = np.asarray(arrays[name])
                kinds[name] = [value.dtype.str, list(value.shape)]
                add(name, value)
            whole = dict(header, format=FORMAT, arrays=kinds)
            text = json.dumps(dict(whole, digest=digest(whole)))
            add("header", np.frombuffer(text.encode("utf-8"), np.uint8))
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.remove(part)


def digest(header):
    """The digest of what a header says, but for its own."""
    said = {key: value for key, value in header.items() if key != "digest"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode("utf-8")).hexdigest()


def read(path):
    """Reads a `Trace`, whose arrays are read from the file when they are asked for.

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
    except UNREADABLE as error:
        raise DamagedTrace(
            f"{path}: expected a trace, received {' '.join(str(error).split())}")
    _check(path, header, arrays)
    return Trace(_Checked(path, arrays, header["arrays"]), header)


def _check(path, header, arrays):
    """DamagedTrace unless a header is whole and the file holds what it lists."""
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
    """The arrays of a file by name, each checked against the header when it is read."""

    def __init__(self, path, arrays, kinds):
        self._path, self._arrays, self._kinds = path, arrays, kinds

    def __getitem__(self, name):
        expected = self._kinds[name]
        try:
            value = self._arrays[name]
        except UNREADABLE as error:
            raise DamagedTrace(f"{self._path}: {name}: expected an array, received "
                               f"{' '.join(str(error).split())}")
        found = [value.dtype.str, list(value.shape)]
        if found != expected:
            raise DamagedTrace(f"{self._path}: {name}: expected {expected}, received {found}")
        if not value.dtype.isnative or (
                name.partition("/")[0] in _NUMBERS and value.dtype.kind not in "fiub"):
            raise DamagedTrace(f"{self._path}: {name}: expected numbers, received {found}")
        return value

    def __contains__(self, name):  # without reading it
        return name in self._kinds

    def __iter__(self):
        return iter(self._kinds)

    def __len__(self):
        return len(self._kinds)
