"""A captured program, read from its folder and checked."""

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

_FIELDS = {"calls": list, "calls_a_step": int, "collections": dict, "files": dict, "format": int,
           "inputs": dict, "program": list, "steps": int, "variables": dict, "versions": dict}
_CALL_FIELDS = {"after": (dict, type(None)), "applies": list, "before": dict, "behind": list,
                "digests": dict, "feeds": dict, "fetches": dict, "has_inputs": bool,
                "hidden": list, "moved": list, "reads": dict, "role": str,
                "stateful": dict, "targets": list, "writes": list}
# Of each entry of a dictionary in the header.
_ENTRY_FIELDS = {"variables": {"type": str, "dtype": str, "shape": (list, type(None)),
                               "trainable": bool, "initial": str},
                 "inputs": {"tensor": str, "type": str, "random": bool}}
_DAMAGE = (OSError, ValueError, LookupError, EOFError, TypeError, AttributeError,
           NotImplementedError, RuntimeError, MemoryError, RecursionError, ArithmeticError,
           struct.error, tokenize.TokenError, zlib.error, zipfile.BadZipFile)


class DamagedCapture(capture.Failure):
    """The folder is no whole capture of a known format: one line that says why."""


Source = collections.namedtuple("Source", "path line function text")
Source.__doc__ = "A line of the program: relative path, number, function, and its text."


class Call(object):
    """One call of `Session.run` that belongs to training.

    Attributes:
      role: "train", "gather" (for a later call that trains) or "write" (a clip, an assignment).
      targets, fetches, feeds, stateful: names of operations, tensors, tensors, tensors.
      applies: names of the apply operations that it reaches.
      writes: names of the variables that it writes.
      moved: names of variables that something else changed since the call before.
      hidden: names of stateful operations inside loops and branches.
      repeats: what came out otherwise where it was captured, or None: see docs/capture.md.
      whole: whether every variable is kept before and after it.
      has_inputs: whether what it took and gave is kept; a whole call has its inputs.
    """

    def __init__(self, captured, entry):
        self._captured, self._entry, self._given = captured, entry, {}
        self.role, self.targets, self.applies = entry["role"], entry["targets"], entry["applies"]
        self.behind, self.hidden, self.moved = entry["behind"], entry["hidden"], entry["moved"]
        self.writes, self.repeats = entry["writes"], entry.get("repeats")
        self.fetches, self.feeds = sorted(entry["fetches"]), sorted(entry["feeds"])
        self.stateful = sorted(entry["stateful"])
        self.whole = entry["after"] is not None
        self.has_inputs = entry["has_inputs"]

    def _arrays(self, part):
        return {name: self._captured.array(reference)
                for name, reference in self._entry[part].items()}

    def _inputs(self, part):
        return {name: self._given[name] if name in self._given else self._captured.array(reference)
                for name, reference in self._entry[part].items()}

    def feed(self, values):
        """Takes other values, `{tensor: array}`, for those of its inputs that are among them."""
        self._given = values

    def fed(self):
        """`{tensor: array}` of what the program fed."""
        return self._inputs("feeds")

    def drawn(self):
        """`{tensor: array}` of the stateful inputs: what was drawn, dequeued, iterated."""
        return self._inputs("stateful")

    def read(self):
        """`{tensor: array}` of the single numbers that it read and wrote, as they were read."""
        return self._arrays("reads")

    def fetched(self):
        """`{tensor: array}` of what the program fetched."""
        return self._arrays("fetches")

    def before(self):
        """`{variable: array}` before the call: of every one if `whole`, else of the moved ones."""
        return self._arrays("before")

    def after(self):
        """`{variable: array}` after the call; of a call that is not `whole`, nothing."""
        return self._arrays("after") if self.whole else {}

    def digests(self):
        """`{variable: digest}` of what the call changed."""
        return self._entry["digests"]


class Captured(object):
    """A captured program.

    Attributes:
      header: what capture.json holds.
      calls: a `Call` for each call of the kept steps, in order.
      variables: `{name: {"type", "dtype", "shape", "trainable", "initial"}}`.
      inputs: `{placeholder: {"tensor", "type", "random"}}` of what came from outside the graph:
        fed, drawn, dequeued, iterated.
    """

    def __init__(self, path):
        """Reads a folder; DamagedCapture if it is no whole capture."""
        self.path = path
        try:
            self.header = self._checked(json.loads(self._content("capture.json").decode("utf-8")))
            self._zip = zipfile.ZipFile(os.path.join(path, "arrays.zip"))
            self.calls = [Call(self, entry) for entry in self.header["calls"]]
        except _DAMAGE as error:
            raise DamagedCapture("{}: expected a capture, received {}".format(
                path, _one_line(error)))
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
        """Yields (dictionary of the header, kinds of its fields), those of calls as they come."""
        yield header, _FIELDS
        for call in header["calls"]:
            yield call, _CALL_FIELDS
        for part, fields in _ENTRY_FIELDS.items():
            for entry in header[part].values():
                yield entry, fields

    def _verified(self, name):
        """A file's content, if it is what was written."""
        try:
            content = self._content(name)
        except OSError as error:
            raise DamagedCapture("{}: expected a capture, received {}".format(
                self.path, _one_line(error)))
        if hashlib.sha256(content).hexdigest() != self.header["files"].get(name):
            raise DamagedCapture("{}: expected {} as it was written, received another".format(
                self.path, name))
        return content

    def graph_def(self):
        """The graph of the captured calls and initial values, stateful inputs as placeholders."""
        return tf.GraphDef.FromString(self._verified("graph.pb"))

    def array(self, reference):
        """The array that a reference of the header stands for.

        Raises:
          DamagedCapture: it is not there, or not what was written.
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
                self.path, _one_line(error)))

    def _words(self, reference):
        content, words, start = self.array(reference["bytes"]).tobytes(), [], 0
        for length in reference["lengths"]:
            words.append(content[start:start + length])
            start += length
        array = np.empty(len(words), object)
        array[:] = words
        return array.reshape(reference["shape"])

    def source(self, operation):
        """The `Source` lines that made an operation, innermost first."""
        if self._lines is None:
            self._lines = json.loads(self._verified("lines.json").decode("utf-8"))
        return [Source(*self._lines["lines"][number])
                for number in self._lines["operations"].get(operation, [])]

    @property
    def trainable(self):
        """Names of the trainable variables, in the graph's order of names."""
        return [name for name in sorted(self.variables) if self.variables[name]["trainable"]]


def read(path):
    """The `Captured` of a folder: one and the same, as long as the folder is, for what is read of
    its graph is kept with it. Who gives its calls other values makes one of their own.
    """
    try:
        written = os.stat(os.path.join(path, "capture.json"))
    except OSError:
        return Captured(path)  # which says what is missing
    return _read(path, written.st_ino, written.st_mtime)


@functools.lru_cache(maxsize=2)
def _read(path, *unused_version):
    return Captured(path)


def _one_line(error):
    return " ".join((str(error) or type(error).__name__).split())
