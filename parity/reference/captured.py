"""Reads a captured program from its folder, and checks it."""

import collections
import functools
import hashlib
import io
import json
import os
import struct
import tokenize
import zipfile
import zlib

import numpy as np
import tensorflow.compat.v1 as tf

from parity import capture
from parity.common import files
from parity.reference.captured_call import Call

_FIELDS = {"calls": list, "calls_a_step": int, "collections": dict, "files": dict, "format": int,
           "inputs": dict, "program": list, "steps": int, "variables": dict, "versions": dict}
_CALL_FIELDS = {"after": (dict, type(None)), "applies": list, "before": dict, "behind": list,
                "digests": dict, "feeds": dict, "fetches": dict, "has_inputs": bool,
                "hidden": list, "moved": list, "reads": dict, "role": str,
                "stateful": dict, "targets": list, "writes": list}
# Fields of the entries in the header's dictionaries.
_ENTRY_FIELDS = {"variables": {"type": str, "dtype": str, "shape": (list, type(None)),
                               "trainable": bool, "initial": str},
                 "inputs": {"tensor": str, "type": str, "random": bool}}
_DAMAGE = (OSError, ValueError, LookupError, EOFError, TypeError, AttributeError,
           NotImplementedError, RuntimeError, MemoryError, RecursionError, ArithmeticError,
           struct.error, tokenize.TokenError, zlib.error, zipfile.BadZipFile)


class DamagedCapture(capture.Failure):
    """The folder is no whole capture of a known format; the message is one line."""


Source = collections.namedtuple("Source", "path line function text")
Source.__doc__ = "A line of the program: relative path, number, function, and its text."


class Captured(object):
    """A captured program.

    Args:
      path: its folder.

    Attributes:
      path: as given.
      header: content of capture.json.
      calls: `Call`s of the kept steps, in order.
      variables: `{name: {"type", "dtype", "shape", "trainable", "initial"}}`.
      inputs: `{placeholder: {"tensor", "type", "random"}}` of values from outside the graph: fed,
        drawn, dequeued, iterated.

    Raises:
      DamagedCapture: the folder is no whole capture.
    """

    def __init__(self, path):
        self.path = path
        try:
            self.header = self._checked(json.loads(self._content("capture.json").decode("utf-8")))
            self._zip = zipfile.ZipFile(os.path.join(path, "arrays.zip"))
            self.calls = [Call(self, entry) for entry in self.header["calls"]]
        except _DAMAGE as error:
            raise DamagedCapture("{}: expected a capture, received {}".format(
                path, files.reason(error)))
        self.variables = self.header["variables"]
        self.inputs = self.header["inputs"]
        self._lines = None

    def _content(self, name):
        with open(os.path.join(self.path, name), "rb") as file:
            return file.read()

    def _checked(self, header):
        if not isinstance(header, dict) or header.get("format") != capture.FORMAT:
            found = header.get("format") if isinstance(header, dict) else header
            raise ValueError("format {!r}, while this version reads {}".format(
                found, capture.FORMAT))
        for entry, fields in self._entries(header):
            for name, kind in fields.items():
                if not isinstance(entry.get(name), kind):
                    raise ValueError("{!r} as {}".format(entry.get(name), name))
        if header.get("digest") != capture.header_digest(header):
            raise ValueError("capture.json other than it was written")
        return header

    def _entries(self, header):
        """Yields (dictionary of the header, types of its fields)."""
        yield header, _FIELDS
        for call in header["calls"]:
            yield call, _CALL_FIELDS
        for part, fields in _ENTRY_FIELDS.items():
            for entry in header[part].values():
                yield entry, fields

    def _verified(self, name):
        """Content of a file; DamagedCapture if its digest is not the one in the header."""
        try:
            content = self._content(name)
        except OSError as error:
            raise DamagedCapture("{}: expected a capture, received {}".format(
                self.path, files.reason(error)))
        if hashlib.sha256(content).hexdigest() != self.header["files"].get(name):
            raise DamagedCapture("{}: expected {} as it was written, received another".format(
                self.path, name))
        return content

    def graph_def(self):
        """GraphDef of the captured calls and initial values, with stateful inputs as placeholders.
        """
        return tf.GraphDef.FromString(self._verified("graph.pb"))

    def array(self, reference):
        """Array that an entry of the header refers to.

        Raises:
          DamagedCapture: the array is missing or damaged.
        """
        try:
            if isinstance(reference, dict):
                return self._words(reference)
            content = self._zip.read(reference + ".npy")
            if hashlib.sha256(content).hexdigest()[:32] != reference:
                raise ValueError("an array that was changed")
            return np.load(io.BytesIO(content), allow_pickle=False)
        except _DAMAGE as error:
            raise DamagedCapture("{}: expected whole arrays, received {}".format(
                self.path, files.reason(error)))

    def _words(self, reference):
        content, words, start = self.array(reference["bytes"]).tobytes(), [], 0
        for length in reference["lengths"]:
            words.append(content[start:start + length])
            start += length
        array = np.empty(len(words), object)
        array[:] = words
        return array.reshape(reference["shape"])

    def source(self, operation):
        """`Source` lines that made an operation, innermost first."""
        if self._lines is None:
            self._lines = json.loads(self._verified("lines.json").decode("utf-8"))
        return [Source(*self._lines["lines"][number])
                for number in self._lines["operations"].get(operation, [])]

    @property
    def trainable(self):
        """Names of the trainable variables, in the graph's order of names."""
        return [name for name in sorted(self.variables) if self.variables[name]["trainable"]]


def read(path):
    """`Captured` of a folder, cached while the folder is unchanged, as are readings of its graph.

    Code that feeds its calls with other values has to make a `Captured` of its own.
    """
    try:
        written = os.stat(os.path.join(path, "capture.json"))
    except OSError:
        return Captured(path)  # its error says what is missing
    return _read(path, written.st_ino, written.st_mtime)


@functools.lru_cache(maxsize=2)
def _read(path, *unused_version):
    return Captured(path)
