"""Captures a TensorFlow 1 program while it trains: one folder that runs again without its code.

    python -m parity.capture --steps=20 --out=captured -- train.py --their --flags
    python -m parity.capture --show captured

The program runs as it is. This file stands alone, so that it can be copied to the machine where
TensorFlow 1 lives and called there as `python capture.py`: it needs the standard library, NumPy and
TensorFlow (1.13 to 1.15, or 2 with `tf.compat.v1`). docs/capture.md describes the folder.
"""

# PYTHON_ARGCOMPLETE_OK (by which argcomplete knows that it may ask this module)

import argparse
import collections
import contextlib
import difflib
import errno
import functools
import gc
import glob
import hashlib
import importlib.machinery
import importlib.util
import inspect
import io
import json
import linecache
import os
import platform
import re
import runpy
import shutil
import signal
import socket
import sys
import threading
import time
import traceback
import warnings
import zipfile
import zlib

try:
    import numpy as np
except ImportError:  # an interpreter without TensorFlow, either: `_tensorflow` reports it
    np = None

FORMAT = 1
EXIT_USAGE = 64
EXIT_FAULT = 70
EXIT_IO = 74

# Numbers of the calls, beside the last, around which the values of all variables are kept.
_KEPT_CALLS = frozenset([1, 2, 3, 5, 10, 20, 50, 100, 200])
# Size of the archive from which on no further states are kept, except around the last call.
_STATES_BYTES = 64 * 2 ** 20
# Size of the inputs and fetched values from which on they are kept only of calls whose states are
# kept.
_INPUTS_BYTES = 512 * 2 ** 20
# Largest number of training calls to wait for a kind of call that the graph has and that has not
# been made yet.
_PATIENCE = 250
# A call that takes less than this is repeated twice, others once.
_REPEAT_SECONDS = 2.0
# JSON has no infinity: larger differences between repetitions are written as this.
_LARGEST_SPREAD = 1e9
# Time that a program has to end by itself once the capture has ended.
_GRACE_SECONDS = 5.0
_SIGNALS = {signal.SIGTERM: b"terminated", signal.SIGINT: b"interrupted",
            signal.SIGHUP: b"hung up"}
# Graph-level seed of programs that set none.
_SEED = 87654321

VARIABLE_TYPES = ("VariableV2", "Variable", "VarHandleOp")
APPLY_TYPES = ("Apply", "SparseApply", "ResourceApply", "ResourceSparseApply")
_WRITE_TYPES = APPLY_TYPES + (
    "Assign", "Scatter", "ResourceScatter", "ResourceStridedSliceAssign", "StridedSliceAssign",
    "CountUpTo", "ResourceCountUpTo")
_PASSED_ON = ("Identity", "RefIdentity", "Enter", "RefEnter", "Switch", "RefSwitch")
_FUNCTIONAL_TYPES = ("While", "StatelessWhile", "If", "StatelessIf", "Case", "PartitionedCall",
                     "StatefulPartitionedCall")
# Operations that are stateful by definition, and yet are replayed from the graph alone.
_REPLAYED_TYPES = VARIABLE_TYPES + _FUNCTIONAL_TYPES + (
    "ReadVariableOp", "VarIsInitializedOp", "IsVariableInitialized", "VariableShape", "Assert",
    "Print", "PrintV2", "TemporaryVariable", "DestroyTemporaryVariable")
_REPLAYED_STARTS = ("ResourceGather", "TensorArray", "Stack", "TensorList")
_PYTHON_TYPES = ("PyFunc", "PyFuncStateless", "EagerPyFunc")
# Names of operations that `tf.gradients` makes for an operation of the forward pass.
_GRADIENT = re.compile(r"(^|/)[^/]+_grad(/|$)")
# Name of a frozen read of a resource variable.
_READ_VARIABLE = re.compile(r"(^|/)ReadVariableOp(_\d+)?$")
# {type of operation: positions of its inputs that are weights}
_WEIGHT_INPUTS = {
    "MatMul": (1,), "Conv2D": (1,), "Conv3D": (1,), "Conv2DBackpropInput": (1,),
    "DepthwiseConv2dNative": (1,), "BiasAdd": (1,), "Gather": (0,), "GatherV2": (0,),
    "FusedBatchNorm": (1, 2, 3, 4), "FusedBatchNormV2": (1, 2, 3, 4),
    "FusedBatchNormV3": (1, 2, 3, 4)}
RANDOM_TYPES = ("RandomUniform", "RandomUniformInt", "RandomStandardNormal", "TruncatedNormal",
                "ParameterizedTruncatedNormal", "RandomGamma", "RandomPoisson", "RandomPoissonV2",
                "RandomShuffle", "Multinomial")


class Failure(Exception):
    """An error that ends a capture.

    Args:
      message: one line.
      status: the exit status.
    """

    def __init__(self, message, status=EXIT_USAGE):
        super(Failure, self).__init__(message)
        self.status = status


# ---- Operations and variables of a call of Session.run --------------------------------------


def variable_of(tensor):
    """Operation of the variable that a reference or resource tensor refers to, or None."""
    op = tensor.op
    while op.type not in VARIABLE_TYPES:
        # A write returns the variable that is its first input.
        if op.type not in _PASSED_ON and not op.type.startswith(_WRITE_TYPES):
            return None
        op = op.inputs[0].op
    return op


def _is_handle(tensor):
    return tensor.dtype.name in ("resource", "variant") or tensor.dtype.name.endswith("_ref")


def _called(node):
    """Set of names of the functions that a node calls."""
    return {value.func.name for value in node.attr.values() if value.func.name}


def written_variables(op, writing_functions=()):
    """Operations of the variables that an operation writes, including an optimiser's slots."""
    if op.type in _FUNCTIONAL_TYPES:
        if not _called(op.node_def).intersection(writing_functions):
            return []
        handles = [tensor for tensor in op.inputs if _is_handle(tensor)]
    elif op.type.startswith(_WRITE_TYPES):
        handles = [tensor for argument, tensor in zip(op.op_def.input_arg, op.inputs)
                   if argument.is_ref or tensor.dtype.name == "resource"]
    else:
        return []
    found = [variable_of(tensor) for tensor in handles]
    return [variable for variable in found if variable is not None]


def is_apply(op):
    """True of an optimiser's update of a variable."""
    return op.type.startswith(APPLY_TYPES)


def gradient_of(op):
    """Tensor of the gradient that an apply operation is given; the values of a sparse one."""
    names = [argument.name for argument in op.op_def.input_arg]
    return op.inputs[names.index("grad" if "grad" in names else "delta")]


def is_stateful_input(op):
    """True where an operation's output is random, or comes from a queue, an iterator, Python, ...

    Such an output becomes an input of the captured graph.
    """
    if op.type in _PYTHON_TYPES:
        return True
    if op.type in _REPLAYED_TYPES or op.type.startswith(_REPLAYED_STARTS + _WRITE_TYPES):
        return False
    if not any(not _is_handle(tensor) for tensor in op.outputs):
        return False
    if op.type in RANDOM_TYPES or any(_is_foreign(tensor) for tensor in op.inputs):
        return True
    # A stateful operation on a network's values, as a check of numbers, is part of the network.
    return op.op_def.is_stateful and not _needs_variables(op)


def _is_foreign(tensor):
    """True of a handle of a queue, an iterator, a table or a reader."""
    return tensor.dtype.name in ("resource", "variant", "string_ref") and (
        variable_of(tensor) is None and not tensor.op.type.startswith(_REPLAYED_STARTS))


def _needs_variables(op):
    """True where an operation's value depends on a variable."""
    seen, waiting = set(), [op]
    while waiting:
        op = waiting.pop()
        if op.type in VARIABLE_TYPES:
            return True
        if op not in seen:
            seen.add(op)
            waiting.extend(tensor.op for tensor in op.inputs)
    return False


def follows_gradient(op, writes, fed=()):
    """True where a written value depends on a gradient, or on variables that are written by one.

    An optimiser may write its slots first, and read them to write the variable.

    Args:
      op: the operation that writes.
      writes: `{operation: [variable operations]}` of the writes that are made before or beside it.
      fed: names of the tensors that are fed.
    """
    waiting, seen = [op], set()
    while waiting:
        op = waiting.pop()
        if op in seen:
            continue
        seen.add(op)
        if _GRADIENT.search(op.name):
            return True
        waiting.extend(tensor.op for tensor in op.inputs if tensor.name not in fed)
        if op.type in VARIABLE_TYPES:
            waiting.extend(write for write, variables in writes.items() if op in variables)
    return False


def _in_control_flow(op):
    return op._get_control_flow_context() is not None


def _functions_with(library, types):
    """Names of a library's functions that contain, or call, an operation of these types."""
    found, grown = set(), True
    while grown:
        before = len(found)
        for function in library.function:
            for node in function.node_def:
                if node.op.startswith(types) or _called(node) & found or node.op in found:
                    found.add(function.signature.name)
        grown = len(found) > before
    return found


def _read_variable(op, tensor):
    """Variable whose value an operation reads through an input, or None."""
    if op.type == "ReadVariableOp":
        return variable_of(tensor)
    while tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    return variable_of(tensor) if tensor.dtype.name.endswith("_ref") else None


class Reach(object):
    """Operations that one call runs, with its writes and its inputs from outside the graph.

    Args:
      targets, fetches: operations and tensors of the call.
      fed: names of the tensors that it feeds.
      writing_functions, drawing_functions: names of functions that write variables, or draw.

    Attributes:
      ops: every operation that runs, except those that only a stateful input needs.
      fed, feeds: names of the fed tensors, and of those that are used.
      stateful: `{name: tensor}` that become inputs of the captured graph.
      hidden: names of stateful operations inside loops and branches, which cannot become inputs.
      writes: `{operation: [variable operations]}`.
      behind: writes that only a stateful input needs, which a replay has to run explicitly.
      trains: True where the call trains.
      gathers: True where the call adds up gradients for a later one that trains.
    """

    def __init__(self, targets, fetches, fed, writing_functions, drawing_functions):
        self.ops, self.feeds, self.stateful, self.hidden = set(), set(), {}, []
        self.fed, self._writing, self._drawing = fed, writing_functions, drawing_functions
        self.trains = self.gathers = False
        cut = self._walk(list(targets) + [tensor.op for tensor in self._unfed(fetches)])
        reached = set(self.ops)
        before = [tensor.op for op in cut for tensor in op.inputs]
        before += [control for op in cut for control in op.control_inputs]
        while before:
            before = [op for cut_op in self._walk(before) for op in cut_op.control_inputs]
        self.behind = [op for op in self.ops - reached
                       if written_variables(op, self._writing) and not is_stateful_input(op)]
        self.ops = reached
        self._walk(self.behind)
        found = ((op, written_variables(op, self._writing)) for op in self.ops)
        self.writes = {op: variables for op, variables in found if variables}
        self._scalar_reads = None

    def _unfed(self, tensors):
        self.feeds.update(tensor.name for tensor in tensors if tensor.name in self.fed)
        return [tensor for tensor in tensors if tensor.name not in self.fed]

    def _walk(self, waiting):
        """Adds operations and their ancestors to `ops`; returns the stateful inputs it stops at."""
        cut = []
        while waiting:
            op = waiting.pop()
            if op in self.ops:
                continue
            self.ops.add(op)
            calls = op.type in _FUNCTIONAL_TYPES and _called(op.node_def) & self._drawing
            if calls or (is_stateful_input(op) and _in_control_flow(op)):
                self.hidden.append(op.name)
            elif is_stateful_input(op):
                self.stateful.update((tensor.name, tensor) for tensor in op.outputs
                                     if not _is_handle(tensor))
                cut.append(op)
                continue
            waiting.extend(tensor.op for tensor in self._unfed(op.inputs))
            waiting.extend(op.control_inputs)
        return cut

    def scalar_reads(self):
        """Scalar tensors that are computed directly from variables that the call also writes.

        Their values show if the read or the write came first. A read of a reference variable
        returns the variable itself; the number is seen in the operation that uses the read.
        """
        if self._scalar_reads is None:
            found = self._found_scalar_reads()
            self._scalar_reads = [found[name] for name in sorted(found)]
        return self._scalar_reads

    def _found_scalar_reads(self):
        written = {variable for variables in self.writes.values() for variable in variables}
        found = {}
        for op in self.ops:
            if _in_control_flow(op) or op.type.startswith(("Identity", "Assign")) or (
                    op in self.writes):
                continue
            read = [_read_variable(op, tensor) for tensor in op.inputs]
            if written.intersection(read):
                found.update((tensor.name, tensor) for tensor in op.outputs
                             if tensor.shape.ndims == 0 and not _is_handle(tensor))
        return found

    def applies(self):
        """Names of the apply operations, sorted."""
        return sorted(op.name for op in self.writes if is_apply(op))

    def follows(self, op, variable):
        """(whether a written value depends on the variable's old value, whether on data)."""
        itself, data = not op.type.startswith(("Assign", "ScatterUpdate")) or op.type.startswith(
            ("AssignAdd", "AssignSub")), False
        waiting, seen = list(op.inputs)[1:], set()
        while waiting:
            tensor = waiting.pop()
            if tensor.name in seen:
                continue
            seen.add(tensor.name)
            if tensor.name in self.fed or tensor.op.type.startswith("Placeholder") or (
                    is_stateful_input(tensor.op)):
                data = True
            elif tensor.op.type in VARIABLE_TYPES:
                itself = itself or tensor.op is variable
            else:
                waiting.extend(tensor.op.inputs)
        return itself, data


class GraphView(object):
    """Variables, updates and calls of one graph of the program, read again when it has grown."""

    def __init__(self, graph):
        self.graph = graph
        self._version = None
        self._reaches = {}

    def refresh(self):
        """Reads the graph anew if operations were added."""
        if self._version == self.graph.version:
            return
        self._version = self.graph.version
        self._reaches = {}
        operations = self.graph.get_operations()
        self.variables = [op for op in operations if op.type in VARIABLE_TYPES]
        self.trainable = {variable.op.name for variable in self.graph.get_collection(
            "trainable_variables")}
        self._applies = [op for op in operations if is_apply(op)]
        self.apply_names = {op.name for op in self._applies}
        self._writing = self._drawing = set()
        if any(op.type in _FUNCTIONAL_TYPES for op in operations):
            library = self.graph.as_graph_def().library
            self._writing = _functions_with(library, _WRITE_TYPES)
            self._drawing = _functions_with(library, RANDOM_TYPES)
        self._gradient_sources = self._moved_by_gradients = None

    def reach(self, targets, fetches, fed):
        """`Reach` of a call; those of equal calls are cached."""
        self.refresh()
        key = (tuple(op.name for op in targets), tuple(tensor.name for tensor in fetches),
               frozenset(fed))
        if key not in self._reaches:
            self._reaches[key] = self._judged(
                Reach(targets, fetches, frozenset(fed), self._writing, self._drawing))
        return self._reaches[key]

    def _judged(self, reach):
        """`Reach` with its `trains` and `gathers` set."""
        pairs = [(op, variable) for op, variables in reach.writes.items()
                 for variable in variables if not is_apply(op)]
        # Without apply operations, plain writes of trainable variables are a hand-written
        # optimiser. With them, they are something else, as the exploration rate of a Q-network,
        # which is a trainable variable by default.
        reach.trains = bool(reach.applies()) or not self.apply_names and any(
            variable.name in self.trainable and self.is_update(reach, op, variable)
            for op, variable in pairs)
        reach.gathers = not reach.trains and any(
            variable.name not in self.trainable and variable.name in self.gradient_sources()
            and all(reach.follows(op, variable)) for op, variable in pairs)
        return reach

    def is_update(self, reach, op, variable):
        """True where a variable is moved by a gradient; one that the graph moves by none, by data.

        First values that are computed from data, as those of weight normalisation, are neither.
        """
        itself, data = reach.follows(op, variable)
        if not itself or variable.name not in self._of_gradients():
            return itself and data
        return follows_gradient(op, reach.writes, reach.fed)

    def _of_gradients(self):
        """Names of all variables that an operation of the graph moves by a gradient."""
        if self._moved_by_gradients is None:
            found = ((op, written_variables(op, self._writing))
                     for op in self.graph.get_operations())
            writes = {op: variables for op, variables in found if variables}
            self._moved_by_gradients = {
                variable.name for op, variables in writes.items() if follows_gradient(op, writes)
                for variable in variables}
        return self._moved_by_gradients

    def gradient_sources(self):
        """Names of all variables from which an update's gradient is computed."""
        if self._gradient_sources is None:
            ops, waiting = set(), [gradient_of(op).op for op in self._applies]
            while waiting:
                op = waiting.pop()
                if op not in ops:
                    ops.add(op)
                    waiting.extend(tensor.op for tensor in op.inputs)
            self._gradient_sources = {op.name for op in ops if op.type in VARIABLE_TYPES}
        return self._gradient_sources


# ---- The captured folder --------------------------------------------------------------------


class Store(object):
    """Zip file of arrays, each under the digest of its bytes, so that equal ones are kept once."""

    def __init__(self, path):
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._known = set()
        self.bytes = 0

    def add(self, value):
        """Adds an array; returns a reference for JSON. Strings become bytes and lengths."""
        array = np.asarray(value)
        if array.dtype.kind in "OSU":
            words = [word if isinstance(word, bytes) else str(word).encode("utf-8")
                     for word in array.ravel().tolist()]
            return {"shape": list(array.shape), "lengths": [len(word) for word in words],
                    "bytes": self.add(np.frombuffer(b"".join(words), np.uint8))}
        file = io.BytesIO()
        np.save(file, array, allow_pickle=False)
        content = file.getvalue()
        digest = hashlib.sha256(content).hexdigest()[:32]
        if digest not in self._known:
            sample = content[:16384]  # random weights cannot be compressed, slots of zeros can
            shrinks = len(zlib.compress(sample, 1)) < 0.7 * len(sample)
            self._zip.writestr(zipfile.ZipInfo(digest + ".npy"), content,
                               zipfile.ZIP_DEFLATED if shrinks else zipfile.ZIP_STORED, 1)
            self._known.add(digest)
            self.bytes += len(content)
        return digest

    def close(self):
        """Ends the file."""
        self._zip.close()


class Folder(object):
    """Folder of a capture, which has another name until it is whole.

    Args:
      out: path of the folder, which must not exist yet.
    """

    def __init__(self, out):
        self.out = os.path.abspath(out)
        if os.path.lexists(self.out):
            raise Failure("--out={}: expected a folder that is not there yet, received one that "
                          "is".format(out))
        start = os.path.join(os.path.dirname(self.out), _short(os.path.basename(self.out)))
        for left in glob.glob(glob.escape(start) + ".*.part"):
            if _was_killed(left):
                shutil.rmtree(left, ignore_errors=True)
        self._part = "{}.{}.{}.part".format(start, _host(), os.getpid())
        try:
            os.mkdir(self._part)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS):
                raise
            raise Failure("--out={}: expected a folder that can be written, received {}".format(
                out, error.strerror))
        try:
            self.store = Store(os.path.join(self._part, "arrays.zip"))
        except BaseException:  # nobody holds this object yet, who would discard it
            self.discard()
            raise

    def write(self, header, files):
        """Writes the files and the header, and gives the folder its name.

        Args:
          header: content of capture.json, to which digests are added.
          files: `{name: bytes}` of the other files.
        """
        self.store.close()
        for name, content in files.items():
            with open(os.path.join(self._part, name), "wb") as file:
                file.write(content)
        header["files"] = {name: hashlib.sha256(content).hexdigest()
                           for name, content in files.items()}
        header["digest"] = header_digest(header)
        with open(os.path.join(self._part, "capture.json"), "w") as file:
            json.dump(header, file, indent=1, sort_keys=True, allow_nan=False)
            file.flush()
            os.fsync(file.fileno())
        os.rename(self._part, self.out)

    def discard(self):
        """Removes the unfinished folder."""
        shutil.rmtree(self._part, ignore_errors=True)


def header_digest(header):
    """Digest of the content of capture.json, except the digest itself."""
    said = {name: value for name, value in header.items() if name != "digest"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode("utf-8")).hexdigest()


def _short(name):
    """The name of a folder, cut where its unfinished one would be longer than file systems take."""
    return os.fsdecode(os.fsencode(name)[:160])


def _host():
    return socket.gethostname().replace(".", "-")[:64]


def _was_killed(path):
    """True of an unfinished folder whose process ran on this machine, and runs no more."""
    host, process = os.path.basename(path).split(".")[-3:-1]
    if host != _host():
        return False
    try:
        os.kill(int(process), 0)
    except PermissionError:  # it runs as another user
        return False
    except (OSError, OverflowError, ValueError):
        return True
    return int(process) == os.getpid()  # an earlier process had this number, as in a container


# ---- Values of variables, and the program's lines -------------------------------------------


class Variables(object):
    """Reads and sets the variables of a session, past the hook.

    Args:
      view: the `GraphView`.
      run: function (targets, fetches, {tensor name: value}) that calls the session itself.
    """

    def __init__(self, view, run):
        self._view, self._run = view, run
        self._readers, self._setters = {}, {}

    def _reader(self, op):
        if op.name not in self._readers:
            tensor = op.outputs[0]
            if op.type == "VarHandleOp":
                reads = [use for use in tensor.consumers() if use.type == "ReadVariableOp"
                         and not use.control_inputs and not _in_control_flow(use)]
                tensor = reads[0].outputs[0] if reads else self._new_reader(op)
            self._readers[op.name] = tensor
        return self._readers[op.name]

    def _new_reader(self, op):
        tf = _tensorflow()
        graph = op.graph
        finalized, graph._finalized = graph._finalized, False
        try:
            with graph.as_default(), tf.control_dependencies(None):
                return tf.raw_ops.ReadVariableOp(
                    resource=op.outputs[0], dtype=op.get_attr("dtype"), name="capture_read")
        finally:
            graph._finalized = finalized

    def read(self):
        """`{name: array}` of every variable that has a value."""
        from_errors = _tensorflow().errors
        ops = self._view.variables
        try:
            values = self._run([], [self._reader(op) for op in ops], {})
        except (from_errors.FailedPreconditionError, from_errors.NotFoundError):
            values = [self._read_one(op) for op in ops]
        # Copied, since a reference variable returns the buffer that the next call writes. Each is
        # freed at once, since two states of a large program would fill the memory.
        values.reverse()
        found = ((op.name, values.pop()) for op in ops)
        return {name: np.array(value) for name, value in found if value is not None}

    def _read_one(self, op):
        from_errors = _tensorflow().errors
        try:
            return self._run([], [self._reader(op)], {})[0]
        except (from_errors.FailedPreconditionError, from_errors.NotFoundError):
            return None

    def initializer(self, op):
        """Operation that assigns a variable's first value, or None."""
        uses = [use for use in op.outputs[0].consumers()
                if use.type in ("Assign", "AssignVariableOp") and not _in_control_flow(use)]
        named = [use for use in uses if use.name == op.name + "/Assign"]
        return (named or uses or [None])[0]

    def set(self, values):
        """Sets variables, `{name: array}`; False if one of them has no operation for it."""
        waiting = []
        for op in self._view.variables:
            if op.name in values:
                setter = self.initializer(op)
                if setter is None:
                    return False
                waiting.append((setter, setter.inputs[1].name, values[op.name]))
        while waiting:  # variables that share an initial value are set one after the other
            feeds, targets, rest = {}, [], []
            for setter, name, value in waiting:
                if name in feeds:
                    rest.append((setter, name, value))
                else:
                    feeds[name] = value
                    targets.append(setter)
            self._run(targets, [], feeds)
            waiting = rest
        return True


def _is_own(path):
    """True where a file belongs to the program: it is neither installed nor this file."""
    installed = ("site-packages", "dist-packages", os.path.dirname(traceback.__file__), "<")
    return not path.startswith("<") and not any(part in path for part in installed) and (
        os.path.abspath(path) != os.path.abspath(__file__))


class Lines(object):
    """Lines of the program that made its operations.

    Args:
      folder: folder that paths are relative to.

    Attributes:
      lines: `[[path, line, function, text]]`, each once.
      operations: `{operation: indices of lines}`, innermost first.
    """

    def __init__(self, folder):
        self.lines, self._numbers, self.operations, self._folder = [], {}, {}, folder

    def add(self, op):
        """Adds the lines that made an operation, three at most."""
        frames = [frame for frame in reversed(list(op.traceback or ())) if _is_own(frame[0])][:3]
        if frames:
            self.operations[op.name] = [self._number(frame) for frame in frames]

    def _number(self, frame):
        key = tuple(frame[:3])
        if key not in self._numbers:
            path, line, function = key
            self._numbers[key] = len(self.lines)
            self.lines.append([os.path.relpath(path, self._folder), line, function,
                               linecache.getline(path, line).strip()])
        return self._numbers[key]


# ---- The capture of calls -------------------------------------------------------------------


def round_length(kinds):
    """Length of the shortest sequence that a list of kinds repeats, or None."""
    for length in range(1, len(kinds) // 2 + 1):
        if all(kinds[i] == kinds[i - length] for i in range(length, len(kinds))):
            return length
    return None


_Ran = collections.namedtuple("_Ran", "targets fetches feeds reach run values before after")
_Ran.__doc__ = """A call that was run.

Attributes:
  targets, fetches: operations and tensors.
  feeds: `{tensor name: value}`.
  reach: its `Reach`.
  run: function (targets, fetches, feeds) that calls the session itself.
  values: `{tensor name: array}` of the fetched values.
  before, after: `{variable: array}` around it.
"""


class Capture(object):
    """Watches a program's sessions, keeps its first training steps, and ends it.

    Args:
      folder: an open `Folder`.
      steps: number of training steps to keep.
      header: fields of capture.json that are known before the program runs.

    Attributes:
      forward: True where the graph has no updates, so that calls without any are kept.
      done: True once the folder is written.
    """

    def __init__(self, folder, steps, header):
        self._folder, self._steps, self._header = folder, steps, header
        self._views, self._lock, self._own = {}, threading.RLock(), threading.local()
        # A lock of its own: a queue is filled while a training call waits for it.
        self._views_lock = threading.Lock()
        self._session = self._view = self._variables = None
        self._calls, self._kinds, self._state = [], [], {}
        self._pending, self._inputs_bytes = [], 0
        self._reached, self._fed = {}, set()
        self._said, self._started_in = time.time(), os.getcwd()
        self._seen, self._kept = 0, None  # number of calls so far, and of the last kept call
        self.done = False
        self.forward = False

    @property
    def begun(self):
        """True once a training call was seen."""
        return bool(self._kinds)

    def run(self, session, targets, fetches, feeds, run, *options):
        """Runs one call, and keeps it if it belongs to training.

        Args:
          targets, fetches: operations and tensors.
          feeds: `{tensor name: value}`.
          run: function (targets, fetches, feeds, *options) that calls the session itself.
          *options: further arguments of the program's call.

        Returns:
          The fetched values.
        """
        if self.done or getattr(self._own, "busy", False):
            return run(targets, fetches, feeds, *options)
        self.pass_by()
        reach = self._belonging(session, targets, fetches, feeds)
        if reach is None:
            return run(targets, fetches, feeds, *options)
        with self._lock:
            if (reach.trains or reach.gathers or self.forward) and self._enough():
                self.finish()
                raise SystemExit(0)
            self._own.busy = True
            try:
                return self._keep(session, targets, fetches, feeds, reach, run, options)
            finally:
                self._own.busy = False

    def pass_by(self):
        """Counts a call, which may change variables."""
        self._seen += 1

    def _belonging(self, session, targets, fetches, feeds):
        """`Reach` of a call that belongs to training, else None."""
        with self._views_lock:
            reach = self._view_of(session.graph).reach(targets, fetches, feeds)
        trains = reach.trains or reach.gathers or self.forward
        if self._session is None:
            return reach if trains else None
        if session is not self._session:
            if trains:
                self._other_session()
            return None
        return reach if reach.writes or self.forward else None

    def _view_of(self, graph):
        return self._views.setdefault(id(graph), GraphView(graph))

    def _other_session(self):
        steps, _ = self._whole_steps()
        raise Failure(
            "the program trains in a second session or graph after {} steps in the first; expected "
            "one: with --steps={} the first is captured".format(steps, max(steps, 1)))

    def _whole_steps(self):
        """(number of whole steps so far, training calls a step)."""
        length = round_length(self._kinds) or 1
        return len(self._kinds) // length, length

    def _enough(self, kinds=None, more=0):
        """True where the steps are whole and have every kind of training call of the graph.

        Args:
          kinds: kinds of training calls; those so far if None.
          more: number of them that go beyond the steps.
        """
        kinds = self._kinds if kinds is None else kinds
        count, length = len(kinds), round_length(kinds)
        patience = max(_PATIENCE, 10 * self._steps)
        if count >= patience + more:
            return True
        seen = set().union(*kinds) if kinds else set()
        return bool(length) and count >= self._steps * length + more and (
            seen >= self._view.apply_names)

    def _kind(self, reach):
        """Kind of a training call: names of its updates, else of its writes; None of others."""
        if not (reach.trains or self.forward):
            return None
        return frozenset(reach.applies()) or frozenset(op.name for op in reach.writes)

    def _keep(self, session, targets, fetches, feeds, reach, run, options):
        """Runs a call and keeps it; returns the fetched values."""
        if self._session is None:
            self._session, self._view = session, self._view_of(session.graph)
            self._variables = Variables(self._view, run)
        number = self._seen  # a call of another thread meanwhile counts for the next one
        before = self._state if self._is_alone(session, number) else self._variables.read()
        extra = self._extra_fetches(fetches, reach)
        start = time.time()
        results = run(targets, list(fetches) + extra, feeds, *options)
        seconds = time.time() - start
        values = {tensor.name: np.array(value)
                  for tensor, value in zip(list(fetches) + extra, results)}
        ran = _Ran(targets, fetches, feeds, reach, run, values, before, self._variables.read())
        call, kind = self._entry(targets, fetches, reach, seconds), self._kind(reach)
        self._add_moved(call, before, ran.after)
        self._add_due(call, ran, kind)
        self._calls.append(call)
        if kind is not None:
            self._kinds.append(kind)
        self._reached.update((op.name, op) for op in reach.ops)
        self._fed.update(reach.feeds)
        self._progress()
        self._kept = number
        return results[:len(fetches)]

    def _is_alone(self, session, number):
        """True where nothing but the last kept call can have changed variables.

        That is so if no other call came between, and only this process holds the variables.
        """
        return self._kept is not None and number == self._kept + 1 and not session.sess_str

    @staticmethod
    def _extra_fetches(fetches, reach):
        """Tensors to fetch beside the program's: stateful inputs, and reads of scalars."""
        stateful = [tensor for _, tensor in sorted(reach.stateful.items()) if tensor.consumers()]
        return [tensor for tensor in stateful + reach.scalar_reads()
                if not any(tensor is fetch for fetch in fetches)]

    def _add_due(self, call, ran, kind):
        """Adds inputs and states to the entry of a call, now or once it is known to be the last.

        Args:
          call: the entry.
          ran: the `_Ran` call.
          kind: its kind; None of a call that does not train.
        """
        beyond = kind is not None and self._enough(self._kinds + [kind], 1)
        whole = not self._calls or not beyond and (
            len(self._calls) + 1 in _KEPT_CALLS and self._folder.store.bytes < _STATES_BYTES)
        inputs = whole or ran.reach.hidden or self._inputs_bytes < _INPUTS_BYTES
        if beyond:  # this call only shows that the steps are over: the one before it was the last
            for add in self._pending:
                add()
        self._pending = []  # added if no other call follows
        for add, due in ((self._add_inputs, inputs), (self._add_states, whole)):
            if due:
                add(call, ran)
            elif not beyond:
                self._pending.append(functools.partial(add, call, ran))
        if whole:
            call["repeats"] = self._repeated(call, ran)

    def _entry(self, targets, fetches, reach, seconds):
        behind = reach.behind + [tensor.op for tensor in self._state_in(fetches)]
        return {
            "role": "train" if reach.trains else "gather" if reach.gathers else (
                "write" if reach.writes else "forward"),
            "targets": [op.name for op in targets],
            "behind": sorted({op.name for op in behind}),
            "fetches": {}, "feeds": {}, "stateful": {}, "reads": {}, "has_inputs": False,
            "hidden": sorted(reach.hidden),
            "applies": reach.applies(),
            "writes": sorted({variable.name for variables in reach.writes.values()
                              for variable in variables}),
            "seconds": round(seconds, 6)}

    def _add_inputs(self, call, ran):
        """Adds inputs and fetched values to the entry of a call."""
        add, reach, start = self._folder.store.add, ran.reach, self._folder.store.bytes
        state = self._state_in(ran.fetches)
        call.update(
            has_inputs=True,
            fetches={tensor.name: add(ran.values[tensor.name]) for tensor in ran.fetches
                     if tensor.name not in reach.stateful and not _is_text(tensor)
                     and not any(tensor is each for each in state)},
            feeds={name: add(ran.feeds[name]) for name in sorted(reach.feeds)},
            stateful={name: add(ran.values[name]) for name in sorted(reach.stateful)
                      if name in ran.values},
            reads={tensor.name: add(ran.values[tensor.name]) for tensor in reach.scalar_reads()})
        self._inputs_bytes += self._folder.store.bytes - start

    def _state_in(self, fetches):
        """Fetched variables, and what writes of them return, but for single numbers.

        States and digests hold them already, and a program that clips its weights in a call of its
        own fetches them all each time. Of a graph that runs forward they may be its results.
        """
        return [] if self.forward else [
            tensor for tensor in fetches if tensor.shape.ndims != 0 and _fetched_variable(tensor)]

    def _add_moved(self, call, before, after):
        """Adds variables that something else changed before a call, and digests of its changes."""
        moved = sorted(name for name in before if not _same(self._state.get(name), before[name]))
        call["before"] = {name: self._folder.store.add(before[name]) for name in moved}
        call["after"] = None
        call["moved"] = moved if self._calls else []
        call["digests"] = {name: digest(value) for name, value in after.items()
                           if not _same(before.get(name), value)}
        self._state = after

    def _add_states(self, call, ran):
        """Adds the values of all variables before and after a call to its entry."""
        add = self._folder.store.add
        call["before"] = {name: add(value) for name, value in sorted(ran.before.items())}
        call["after"] = {name: add(value) for name, value in sorted(ran.after.items())}

    def _repeated(self, call, ran):
        """Repeats a call once or twice from the same state and inputs; measures differences.

        Returns:
          `{"count", "spread": {variable: |difference| / |change|}, "reason"}`, with the reason why
          it was not repeated.
        """
        if ran.reach.hidden:
            return {"count": 0, "spread": {}, "reason": "it draws inside a loop or a branch"}
        again = dict(ran.feeds, **{name: ran.values[name] for name in ran.reach.stateful
                                   if name in ran.values})
        wanted = [tensor for tensor in ran.fetches if tensor.name not in again]
        count, spread = 2 if call["seconds"] < _REPEAT_SECONDS else 1, {}
        for _ in range(count):
            if not self._variables.set(ran.before):
                return {"count": 0, "spread": {}, "reason": "a variable has no initialiser"}
            ran.run(ran.targets, wanted, again)
            for name, value in self._variables.read().items():
                gap = relative_change(value, ran.after[name], ran.before.get(name)) if (
                    name in ran.after) else 0.0
                if gap:  # JSON has neither infinity nor NaN
                    gap = gap if gap < _LARGEST_SPREAD else _LARGEST_SPREAD
                    spread[name] = max(gap, spread.get(name, 0.0))
        self._variables.set(ran.after)
        return {"count": count, "spread": spread, "reason": ""}

    def _progress(self, every=2.0):
        if time.time() - self._said > every:
            self._said = time.time()
            steps, _ = self._whole_steps()
            # Before the first step of five updates of D and one of G is whole, each looks like one.
            told = "{} of {} steps".format(steps, self._steps) if steps <= self._steps else (
                "waiting for all updates of the graph to come round")
            say("{} calls, {}, {:.1f} MB".format(
                len(self._calls), told, self._folder.store.bytes / 1e6))

    def finish(self):
        """Writes the folder; Failure if no training call was seen."""
        with self._lock:
            if self.done:
                return
            if not self._kinds:
                seen = "{} without one".format(self._seen) if self._seen else "no call"
                raise Failure("the program ended before its first training call: expected a call "
                              "of Session.run that reaches an optimiser's update, received "
                              + seen)
            self.done = True
            for add in self._pending:
                add()
            self._write()

    def _write(self):
        steps, length = self._whole_steps()
        steps = min(steps, self._steps)
        graph, inputs = self._pruned()
        lines = Lines(self._started_in)
        for name in sorted(self._reached):
            lines.add(self._reached[name])
        header = dict(self._header, **self._description(inputs))
        header.update(steps=steps, calls_a_step=length, calls=self._calls)
        self._folder.write(header, {
            "graph.pb": graph.SerializeToString(),
            "lines.json": json.dumps({"lines": lines.lines, "operations": lines.operations},
                                     sort_keys=True).encode("utf-8")})
        say("wrote {}: {} steps of {} training calls, {} operations, {:.1f} MB".format(
            self._header["out"], steps, length, len(graph.node), self._folder.store.bytes / 1e6))
        if steps < self._steps:
            say("{} of the {} steps that were asked for".format(steps, self._steps))
        kept = self._steps_with_inputs(length)
        if kept < steps:
            say("inputs were kept of the first {} of {} steps: later ones cannot be "
                "replayed".format(kept, steps))

    def _steps_with_inputs(self, length):
        """Number of the first steps of which all inputs are kept; a write belongs to the last."""
        trained = 0
        for call in self._calls:
            if not call["has_inputs"]:
                return (trained - (call["role"] == "write")) // length
            trained += call["role"] in ("train", "forward")
        return trained // length

    def _description(self, inputs):
        """Fields of capture.json on inputs, variables and collections, which the graph lacks."""
        view, graph = self._view, self._view.graph
        setters = {op.name: self._variables.initializer(op) for op in view.variables}
        names = {op.name for op in view.variables if op.name in self._reached}

        def collected(key):
            return sorted({item.op.name if hasattr(item, "op") else item.name
                           for item in graph.get_collection(key) if hasattr(item, "name")
                           and (item.op.name if hasattr(item, "op") else item.name)
                           in self._reached})

        return {
            "inputs": inputs,
            "variables": {op.name: {
                "type": op.type, "dtype": _variable_dtype(op), "shape": _variable_shape(op),
                "trainable": op.name in view.trainable,
                "initial": setters[op.name].inputs[1].name if setters[op.name] is not None else ""}
                for op in view.variables if op.name in names},
            "collections": {key: collected(key) for key in (
                "update_ops", "losses", "regularization_losses", "trainable_variables",
                "moving_average_variables", "local_variables", "train_op")}}

    def _pruned(self):
        """Prunes the graph to the kept calls and initial values, with inputs as placeholders.

        Returns:
          (GraphDef, `{placeholder: {"tensor", "type", "random"}}`).
        """
        tf, graph = _tensorflow(), self._view.graph
        waiting = [self._variables.initializer(op) for op in self._view.variables
                   if op.name in self._reached]
        initial = Reach([op.inputs[1].op for op in waiting if op is not None], [], frozenset(),
                        set(), set())
        self._reached.update((op.name, op) for op in initial.ops)
        inputs = {tensor.name: tensor for op in self._reached.values() for tensor in op.outputs
                  if is_stateful_input(op) and not _in_control_flow(op) and not _is_handle(tensor)}
        inputs.update((name, graph.get_tensor_by_name(name)) for name in self._fed
                      if graph.get_tensor_by_name(name).op.name not in self._reached
                      or graph.get_tensor_by_name(name).op.type == "Placeholder")
        names = {name: name[:-2] if name.endswith(":0") else name.replace(":", "/output_")
                 for name in inputs}
        whole = graph.as_graph_def(add_shapes=True)
        pruned = tf.GraphDef(versions=whole.versions, library=whole.library)
        pruned.node.extend(_placeholder(tf, names[name], inputs[name]) for name in sorted(inputs))
        for node in whole.node:
            if node.name in self._reached and node.name + ":0" not in inputs:
                copy = pruned.node.add()
                copy.CopyFrom(node)
                copy.input[:] = [names.get(_full(each), each) if not each.startswith("^")
                                 else each for each in node.input]
        return pruned, {names[name]: {"tensor": name, "type": tensor.op.type,
                                      "random": tensor.op.type in RANDOM_TYPES}
                        for name, tensor in inputs.items()}


def _full(name):
    return name if ":" in name else name + ":0"


def _placeholder(tf, name, tensor):
    node = tf.NodeDef(name=name, op="Placeholder")
    # The base type, since a variable can be fed, too.
    node.attr["dtype"].type = tensor.dtype.base_dtype.as_datatype_enum
    node.attr["shape"].shape.CopyFrom(tensor.shape.as_proto())
    return node


def _variable_dtype(op):
    tf = _tensorflow()
    return tf.as_dtype(op.get_attr("dtype")).name


def _variable_shape(op):
    shape = _tensorflow().TensorShape(op.get_attr("shape"))
    return None if shape.ndims is None else shape.as_list()


def _fetched_variable(tensor):
    """Operation of the variable whose value is fetched, or None."""
    return variable_of(tensor.op.inputs[0] if tensor.op.type == "ReadVariableOp" else tensor)


def _is_text(tensor):
    return tensor.dtype.name.startswith("string")


def digest(array):
    """Checksum of an array's bits, eight hexadecimal digits."""
    content = repr(array.tolist()).encode("utf-8") if array.dtype.kind == "O" else (
        np.ascontiguousarray(array).data)
    return "{:08x}".format(zlib.crc32(content) & 0xffffffff)


def _same(array, other):
    if array is other:
        return True
    if array is None or array.dtype != other.dtype or array.shape != other.shape:
        return False
    if array.dtype.kind == "O":
        return array.tolist() == other.tolist()
    return bool((_bits(array) == _bits(other)).all())


def _bits(array):
    """Bits of an array of numbers, by which a NaN is equal to itself."""
    array = np.ascontiguousarray(array)
    return array.view(np.uint32 if array.itemsize % 4 == 0 else np.uint8)


def relative_change(value, expected, before):
    """Relative distance |value - expected| / |expected - before|, in Euclidean norms.

    It is infinite where expected equals before, and value does not.

    Args:
      value, expected: arrays of one shape.
      before: the value before the change, or None where it is not known.
    """
    if value.dtype.kind not in "fc":
        return 0.0 if np.array_equal(value, expected) else float("inf")
    if value.tobytes() == expected.tobytes():
        return 0.0
    wide = np.complex128 if value.dtype.kind == "c" else np.float64
    value, expected = value.astype(wide), expected.astype(wide)
    gap = np.linalg.norm((value - expected).ravel())
    moved = np.linalg.norm((expected - before).ravel()) if before is not None else 0.0
    return float(gap / moved) if moved else float("inf") if gap else 0.0


def say(line):
    """Writes one line to standard error."""
    sys.stderr.write("capture: " + line + "\n")
    sys.stderr.flush()


# ---- Hooks on TensorFlow --------------------------------------------------------------------


def _tensorflow():
    """TensorFlow 1, or tf.compat.v1 of TensorFlow 2; Failure where there is none."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    collected = gc.isenabled()
    gc.disable()  # there is no garbage in what an import makes, and looking takes a second
    try:
        import tensorflow.compat.v1 as tf
    except Exception as error:  # a damaged installation may raise anything
        raise Failure("expected an interpreter with TensorFlow 1.13 or newer, received {} ({})"
                      .format(sys.executable, error))
    finally:
        if collected:
            gc.enable()
    return tf


def _keyed(graph, feeds):
    """Feeds, `{tensor name: value}`, with keys as the session's own functions take them."""
    hashed = hasattr(_tensorflow().Tensor, "ref")  # tensors of TensorFlow 2 cannot be keys
    tensors = ((graph.get_tensor_by_name(name), value) for name, value in feeds.items())
    return {tensor.ref() if hashed else tensor: value for tensor, value in tensors}


def _caller(original, session):
    """Function (targets, fetches, {tensor name: value}) that runs a call past the hook."""
    def run(targets, fetches, feeds, options=None, metadata=None):
        return original(session, None, list(targets), list(fetches), _keyed(session.graph, feeds),
                        options, metadata)
    return run


class _Callable(object):
    """Callable of a session, by way of `Session._do_run`; Keras 2 uses it instead of `run`."""

    def __init__(self, session, options):
        graph = session.graph
        self._session, self._graph = session, graph
        self._feeds = [graph.get_tensor_by_name(name) for name in options.feed]
        self._fetches = [graph.get_tensor_by_name(name) for name in options.fetch]
        self._targets = [graph.get_operation_by_name(name) for name in options.target]
        self._joined = [(graph.get_tensor_by_name(joined.to_tensor), joined.from_tensor)
                        for joined in options.tensor_connection]

    def __call__(self, *values, **unused_options):
        feeds = {tensor.name: value for tensor, value in zip(self._feeds, values)}
        if self._joined:
            joined = self._session.run([source for _, source in self._joined])
            feeds.update((tensor.name, value) for (tensor, _), value in zip(self._joined, joined))
        return self._session._do_run(None, self._targets, self._fetches,
                                     _keyed(self._graph, feeds), None, None)


def _make_callable(session, fetches, feed_list=None, accept_options=False):
    """Implements `Session.make_callable` by way of `Session.run`."""
    def call(*values, **options):
        return session.run(fetches, dict(zip(feed_list or [], values)), **options)
    return call


def hook(capture):
    """Makes every call of every session pass through `capture.run`, and seeds every graph."""
    from tensorflow.python.client import session as sessions
    from tensorflow.python.framework import ops
    from tensorflow.python.ops import control_flow_ops
    base = sessions.BaseSession
    do_run, start, make_graph = base._do_run, base.__init__, ops.Graph.__init__

    def hooked_run(self, handle, targets, fetches, feeds, options, metadata):
        if handle is not None:  # a partial run
            capture.pass_by()
            return do_run(self, handle, targets, fetches, feeds, options, metadata)
        run = _caller(do_run, self)
        return capture.run(self, targets, fetches, {
            (key.deref() if hasattr(key, "deref") else key).name: value
            for key, value in feeds.items()}, run, options, metadata)

    def soft_start(self, target="", graph=None, config=None):
        softened = _tensorflow().ConfigProto()
        if config is not None:
            softened.CopyFrom(config)
        softened.allow_soft_placement = True  # a missing device must not stop the program
        start(self, target, graph, softened)

    def seeded(self, *arguments, **named):
        make_graph(self, *arguments, **named)
        if type(self) is ops.Graph:
            self.seed = _SEED  # a seed that the program sets replaces it

    base._do_run, base.__init__, ops.Graph.__init__ = hooked_run, soft_start, seeded
    base._make_callable_from_options = lambda session, options: _Callable(session, options)
    base.make_callable = _make_callable
    _run_loops_in_order(control_flow_ops.WhileContext)


def _run_loops_in_order(kind):
    """Makes loops run their iterations in order, so that a replay draws the same numbers."""
    start = kind.__init__

    def ordered(self, *arguments, **named):
        if len(arguments) > 1:
            arguments = arguments[:1] + (1,) + arguments[2:]
        elif "context_def" not in named:
            named["parallel_iterations"] = 1
        start(self, *arguments, **named)
    kind.__init__ = ordered


# ---- Kinds of programs ----------------------------------------------------------------------


def run_script(arguments):
    """Runs a script, or with -m a module, as the interpreter does."""
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        sys.path.insert(0, os.getcwd())
        _check_module(arguments[1])
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = list(arguments)
        path = os.path.abspath(arguments[0])  # the program may change the working directory
        sys.path.insert(0, os.path.dirname(os.path.realpath(path)))
        runpy.run_path(path, run_name="__main__")


def _check_module(name):
    """Raises Failure unless there is a module that can be run with -m."""
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(name + ".__main__")
    except ImportError as error:
        if not error.name or not (name + ".").startswith(error.name + "."):
            raise  # the module exists, but not one that it imports
        spec = None
    if spec is None:
        raise Failure("-m {}: expected a module that can be run, received no such name".format(
            name))


def split_function(name):
    """(file or module, function) of "file.py:function" or "module:function", else None."""
    place, _, function = name.rpartition(":")
    return (place, function) if place and function.isidentifier() else None


def load_function(name):
    """Function that "file.py:function" or "package.module:function" names."""
    place, attribute = split_function(name)
    if place.endswith(".py"):
        module = _load_file(os.path.abspath(place))
    else:
        sys.path.insert(0, os.getcwd())
        try:
            module = importlib.import_module(place)
        except ImportError as error:
            if not error.name or not (place + ".").startswith(error.name + "."):
                raise  # the module exists, but not one that it imports
            raise Failure("{}: expected a module, received no such name".format(name))
    if not callable(getattr(module, attribute, None)):
        raise Failure("{}: expected a function, received no such name in {}".format(name, place))
    return getattr(module, attribute)


def _load_file(path):
    """Module of a file, even where another module has its name."""
    name = os.path.splitext(os.path.basename(path))[0]
    if getattr(sys.modules.get(name), "__file__", None) == path:
        return sys.modules[name]
    if name in sys.modules:
        name = "captured_" + name
    sys.path.insert(0, os.path.dirname(os.path.realpath(path)))
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _parse_flags():
    """Parses absl's flags from the arguments after the function's name, as `app.run` does."""
    if "absl.flags" in sys.modules and not sys.modules["absl.flags"].FLAGS.is_parsed():
        sys.modules["absl.flags"].FLAGS(sys.argv)


def _check_parameters(name, function):
    """Raises Failure if a function cannot be called without arguments."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # the function is not written in Python
        return
    needed = [each.name for each in parameters if each.default is each.empty
              and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
    if needed[:1] == ["features"]:
        raise Failure("{}: expected --input_fn=FILE:FUNCTION with a model_fn, received none".format(
            name))
    if needed:
        raise Failure("{}: expected a function that is called without arguments, received one that "
                      "needs {}".format(name, ", ".join(needed)))


def run_function(tf, name, steps, batches, capture):
    """Calls a function that builds a graph, and trains it; runs outputs of a graph without updates.

    The function may return a dictionary with any of `inputs` ({name: placeholder}), `loss` or
    `losses`, `train_op` or `train_ops`, `outputs`, `feed` ({placeholder: value, or function of the
    step}) and `set` ({variable: value}); other entries are found in the graph. A function that
    trains by itself is captured as it runs.

    Args:
      tf: TensorFlow 1.
      name: "file.py:function" or "module:function".
      steps: number of training steps.
      batches: function (step) of `load_batches`, or None.
      capture: the `Capture`.
    """
    function = load_function(name)
    _check_parameters(name, function)
    _parse_flags()
    with tf.Graph().as_default() as graph:
        built = function()
    if capture.begun:
        return
    graph = _graph_of(tf, built, graph)
    built = built if isinstance(built, dict) else {}
    train_ops = _elements(graph, built, ("train_ops", "train_op")) or find_train_ops(graph)
    losses = _elements(graph, built, ("losses", "loss"))
    outputs = [] if train_ops else _elements(graph, built, ("outputs",))
    feeds = Feeds(graph, built.get("inputs") or {}, built.get("feed") or {}, batches)
    with graph.as_default(), _session(tf, graph).as_default() as session:
        _initialize(tf, session, feeds)
        _set(session, built.get("set") or {})
        capture.forward = bool(outputs)
        pairs = [(outputs[0], outputs[1:])] if outputs else _paired(
            built, _trained(name, train_ops), losses)
        _train(tf, session, pairs, steps, feeds)


def _graph_of(tf, built, graph):
    """Graph of the tensors that a function returned; `graph` if there are none."""
    items = built.values() if isinstance(built, dict) else _listed(built)
    graphs = [each.graph for item in items for each in _listed(item)
              if isinstance(getattr(each, "graph", None), tf.Graph)]
    return graphs[0] if graphs else graph


def _elements(graph, built, keys):
    """Operations and tensors under the first of these keys that a function returned."""
    key = ([key for key in keys if built.get(key) is not None] or keys)[0]
    try:
        return [graph.as_graph_element(item) for item in _listed(built.get(key))]
    except (KeyError, TypeError, ValueError) as error:
        raise Failure("\"{}\" of the function: expected operations or tensors of one graph, "
                      "received {}".format(key, error))


def _paired(built, train_ops, losses):
    """[(update, losses to fetch with it)]: one loss each if their numbers are equal, else all."""
    ops, named = (built.get(keys[0], built.get(keys[1])) for keys in (
        ("train_ops", "train_op"), ("losses", "loss")))
    if isinstance(ops, dict) and isinstance(named, dict) and set(ops) == set(named):
        losses = [losses[list(named).index(name)] for name in ops]
    if len(losses) == len(train_ops):
        return [(train_op, [loss]) for train_op, loss in zip(train_ops, losses)]
    return [(train_op, losses) for train_op in train_ops]


def _set(session, values):
    """Sets variables, `{variable or its name: value}`, as the function's "set" says."""
    variables = {variable.op.name: variable for variable in
                 session.graph.get_collection("variables")
                 + session.graph.get_collection("local_variables")}
    for key, value in values.items():
        name = getattr(getattr(key, "op", None), "name", key)
        if name not in variables:
            raise Failure("\"set\" of the function: expected variables such as {}, received "
                          "{}".format(", ".join(sorted(variables)[:3]), name))
        variables[name].load(value, session)


def _session(tf, graph):
    """Session that is never closed, since the threads that fill its queues would then fail."""
    with _quiet():
        return tf.Session(graph=graph)


def _initialize(tf, session, feeds):
    """Initialises variables, tables and iterators, and starts queues."""
    operations = [tf.global_variables_initializer(), tf.local_variables_initializer(),
                  tf.tables_initializer()]
    session.run(operations, feeds(0, operations))
    _start_inputs(tf, session, feeds)


def _start_inputs(tf, session, feeds):
    iterators = {}
    for op in session.graph.get_operations():
        if op.type == "MakeIterator":
            iterators.setdefault(op.inputs[1].op.name, op)  # the first data set is for training
    if iterators:
        operations = [iterators[name] for name in sorted(iterators)]
        session.run(operations, feeds(0, operations))
    if session.graph.get_collection("queue_runners"):
        tf.train.start_queue_runners(session)


def run_meta_graph(tf, path, steps, batches, capture):
    """Trains the graph of a `.meta` file, from the checkpoint beside it where there is one.

    A graph without updates is run forward. Arguments as for `run_function`; `path` is the file.
    """
    with tf.Graph().as_default() as graph:
        try:
            saver = tf.train.import_meta_graph(path, clear_devices=True)
        except Exception as error:  # TensorFlow and protocol buffers raise whatever they like
            raise Failure("{}: expected a graph of operations that TensorFlow {} knows, received "
                          "{}".format(path, tf.__version__, _first_line(error)))
        feeds = Feeds(graph, {}, {}, batches)
        pairs, forward = _pairs(path, graph, _last_outputs(graph))
        with _session(tf, graph).as_default() as session:
            _initialize(tf, session, feeds)
            if os.path.exists(path[:-len(".meta")] + ".index"):
                _restore(tf, saver, session, path[:-len(".meta")])
            capture.forward = forward
            _train(tf, session, pairs, steps, feeds)


def _restore(tf, saver, session, path):
    try:
        saver.restore(session, path)
    except (tf.errors.OpError, ValueError) as error:
        raise Failure("{}: expected the checkpoint of the graph beside it, received {}".format(
            path, _first_line(error)))


def run_saved_model(tf, path, steps, batches, capture):
    """Trains a SavedModel that still has its updates; runs one without updates forward.

    Arguments as for `run_function`; `path` is the folder.
    """
    with tf.Graph().as_default() as graph, _session(tf, graph).as_default() as session:
        try:
            model = tf.saved_model.loader.load(session, _tags(path), path)
        except Exception as error:  # TensorFlow and protocol buffers raise whatever they like
            raise Failure("{}: expected a SavedModel of operations that TensorFlow {} knows, "
                          "received {}".format(path, tf.__version__, _first_line(error)))
        feeds = Feeds(graph, {}, {}, batches)
        named = {info.name for signature in model.signature_def.values()
                 for info in signature.outputs.values() if info.name in _tensor_names(graph)}
        outputs = [graph.get_tensor_by_name(name) for name in sorted(named)]
        pairs, forward = _pairs(path, graph, outputs or _last_outputs(graph))
        _start_inputs(tf, session, feeds)
        capture.forward = forward
        _train(tf, session, pairs, steps, feeds)


def run_frozen_graph(tf, path, steps, batches, capture):
    """Runs a frozen graph forward, with frozen weights made variables again.

    Arguments as for `run_function`; `path` is the file.
    """
    with tf.Graph().as_default() as graph:
        try:
            with open(path, "rb") as file:
                graph_def, weights = _thawed(tf, tf.GraphDef.FromString(file.read()))
            tf.import_graph_def(graph_def, name="")
        except Exception as error:  # TensorFlow and protocol buffers raise whatever they like
            raise Failure("{}: expected a graph of operations that TensorFlow {} knows, received "
                          "{}".format(path, tf.__version__, _first_line(error)))
        tensors = [graph.get_tensor_by_name(name + ":0") for name in sorted(weights)]
        outputs, feeds = _last_outputs(graph), Feeds(graph, {}, {}, batches)
        if not outputs or not tensors:
            raise Failure("{}: expected a frozen graph with weights and with outputs of a "
                          "placeholder, received none".format(path))
        setters = [tf.assign(tensor, weights[tensor.op.name]) for tensor in tensors]
        for tensor in tensors:
            tf.add_to_collection("trainable_variables", tensor)
        with _session(tf, graph).as_default() as session:
            session.run([setter.op for setter in setters])
            capture.forward = True
            _train(tf, session, [(outputs[0], outputs[1:])], steps, feeds)


def _thawed(tf, graph_def):
    """(GraphDef with variables in place of frozen weights, {name: array of the weight}).

    Weights are recognised by the reads that freezing leaves, or by the operations that use them.
    """
    uses = {}
    for node in graph_def.node:
        for place, name in enumerate(node.input):
            uses.setdefault(name.partition(":")[0], []).append((node, place))
    found, weights = tf.GraphDef(), {}
    found.CopyFrom(graph_def)
    for node in found.node:
        if node.op == "Const" and any(_reads_weight(use, place, node.name)
                                      for use, place in uses.get(node.name, [])):
            array = _tensorflow().make_ndarray(node.attr["value"].tensor)
            if array.dtype.kind == "f" and array.ndim:
                weights[node.name] = array
                node.op = "VariableV2"
                node.attr["shape"].shape.CopyFrom(tf.TensorShape(array.shape).as_proto())
                del node.attr["value"]
    return found, weights


def _reads_weight(node, place, name):
    """True where an operation takes a constant as a layer takes its weight."""
    if node.op == "Identity":
        return node.name == name + "/read" or bool(_READ_VARIABLE.search(node.name))
    return place in _WEIGHT_INPUTS.get(node.op, ())


def _tensor_names(graph):
    return {tensor.name for op in graph.get_operations() for tensor in op.outputs}


def _last_outputs(graph):
    """Floating-point outputs of unused operations that depend on a placeholder."""
    found = []
    for op in graph.get_operations():
        ends = [tensor for tensor in op.outputs
                if tensor.dtype.is_floating and not _is_handle(tensor)]
        if any(tensor.consumers() for tensor in op.outputs):
            continue  # unused statistics of a batch norm are no outputs of the graph
        if ends and not op.type.startswith("Placeholder") and any(
                each.type.startswith("Placeholder")
                for each in Reach([op], [], frozenset(), set(), set()).ops):
            found.extend(ends)
    return found


def _pairs(name, graph, outputs):
    """([(update or output to run, further fetches)], True where they are outputs)."""
    train_ops = find_train_ops(graph)
    if train_ops or not outputs:
        return [(train_op, []) for train_op in _trained(name, train_ops)], False
    return [(outputs[0], outputs[1:])], True


def _tags(path):
    """Tags of the training graph of a SavedModel, or of its first graph."""
    from tensorflow.core.protobuf import saved_model_pb2
    from google.protobuf import text_format
    model = saved_model_pb2.SavedModel()
    name = os.path.join(path, "saved_model.pb")
    with open(name if os.path.exists(name) else name + "txt", "rb") as file:
        content = file.read()
    if os.path.exists(name):
        model.ParseFromString(content)
    else:
        text_format.Parse(content.decode("utf-8"), model)
    tags = [list(graph.meta_info_def.tags) for graph in model.meta_graphs]
    if not tags:
        raise ValueError("a file without a graph")
    return ([each for each in tags if "train" in each] or tags)[0]


def run_model_fn(tf, name, input_fn, params, steps):
    """Trains an Estimator's `model_fn` on the batches of an `input_fn`.

    Args:
      tf: TensorFlow 1.
      name, input_fn: "file.py:function" or "module:function" of both functions.
      params: dictionary of hyper-parameters that they may take.
      steps: number of training steps.
    """
    function, inputs = load_function(name), load_function(input_fn)
    _parse_flags()
    offered = {"mode": "train", "params": params, "config": _run_config(tf)}
    with tf.Graph().as_default():
        tf.train.get_or_create_global_step()
        batch = _offer(inputs, offered)
        if hasattr(batch, "make_one_shot_iterator") or hasattr(batch, "element_spec"):
            iterator = tf.data.make_initializable_iterator(batch)
            tf.add_to_collection(tf.GraphKeys.TABLE_INITIALIZERS, iterator.initializer)
            batch = iterator.get_next()
        features, labels = batch if isinstance(batch, tuple) else (batch, None)
        spec = _offer(function, dict(offered, labels=labels), features)
        if getattr(spec, "train_op", None) is None:
            raise Failure("{}: expected a model_fn that returns a train_op, received {}".format(
                name, type(spec).__name__))
        losses = [] if getattr(spec, "loss", None) is None else [spec.loss]
        hooks = list(getattr(spec, "training_hooks", None) or ()) + list(
            getattr(spec, "training_chief_hooks", None) or ())
        with _quiet():
            session = tf.train.MonitoredSession(tf.train.ChiefSessionCreator(
                scaffold=getattr(spec, "scaffold", None)), hooks)
        with session:
            _train(tf, session, [(spec.train_op, losses)], steps, None)


def _run_config(tf):
    estimator = getattr(tf, "estimator", None)  # not in TensorFlow 2.16 and newer
    return estimator.RunConfig() if hasattr(estimator, "RunConfig") else None


def _offer(function, offered, *values):
    """Calls a function with the offered arguments that it has parameters for, as an Estimator."""
    known = inspect.signature(function).parameters
    return function(*values, **{key: value for key, value in offered.items() if key in known})


def _listed(value):
    if value is None:
        return []
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _first_line(error):
    """Type of an error and its most telling line; TensorFlow 2 puts that after the node's name."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    after = [line for before, line in zip(lines, lines[1:]) if before.startswith("Node: ")]
    line = (after or lines or [""])[0][:200]
    return type(error).__name__ + (": " if line else "") + line


def _trained(name, train_ops):
    if not train_ops:
        raise Failure("{}: expected a graph with an optimiser's update, received one without, "
                      "which cannot be trained".format(name))
    return train_ops


def _train(tf, session, pairs, steps, feeds):
    """Runs every update once a step, for at least two steps, which show that calls repeat.

    Args:
      tf: TensorFlow 1.
      session: the session.
      pairs: `[(update, losses that are fetched with it)]`.
      steps: number of steps.
      feeds: a `Feeds`, or None.
    """
    for step in range(max(steps, 2)):
        for train_op, losses in pairs:
            needed = [getattr(fetch, "op", fetch) for fetch in [train_op] + losses]
            try:
                session.run([train_op] + losses, feeds(step, needed) if feeds else None)
            except tf.errors.OutOfRangeError:  # the data are used up
                return
            except tf.errors.OpError as error:
                raise Failure("step {} failed: {}".format(step + 1, _first_line(error)),
                              EXIT_FAULT)


def find_train_ops(graph):
    """Training operations of a graph: they run updates, and no other operation needs them."""
    view, found, seen = GraphView(graph), [], set()
    for op in _last_operations(graph):
        reach = view.reach([op], [], ())
        updates = {write.name for write, variables in reach.writes.items() if is_apply(write)
                   or any(variable.name in view.trainable
                          and view.is_update(reach, write, variable) for variable in variables)}
        if updates - seen:
            found.append(op)
            seen |= updates
    return found


def _last_operations(graph):
    """Unused operations that write a variable or depend on a write, in the order of the graph."""
    needed, after = set(), set()
    for op in graph.get_operations():  # inputs come first, except in loops
        before = [tensor.op for tensor in op.inputs] + list(op.control_inputs)
        needed.update(before)
        if op.type in _FUNCTIONAL_TYPES or written_variables(op) or not after.isdisjoint(before):
            after.add(op)
    return [op for op in graph.get_operations() if op in after and op not in needed]


# ---- Batches for graphs that nothing else feeds ---------------------------------------------


def load_batches(name):
    """Function (step, from 0) that returns `{input name: value}`; None if `name` is "".

    Args:
      name: an .npz file of `{input: [steps, ...]}`, or "file.py:function" of such a function,
        whose batches can differ in size.
    """
    if not name:
        return None
    if split_function(name):
        return load_function(name)
    try:
        with np.load(name, allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
    except Exception as error:  # NumPy and zipfile raise whatever damaged bytes lead to
        raise Failure("--batches={}: expected an .npz file of arrays, received {}".format(
            name, _first_line(error)))
    for key, array in arrays.items():
        if not isinstance(array, np.ndarray):  # bytes of a member that is no array
            raise Failure("--batches={}: expected an .npz file of arrays, received {} of {} bytes"
                          .format(name, key, len(array)))
        if not array.ndim or not len(array):
            raise Failure("--batches={}: expected {} of shape [steps, ...], received {}".format(
                name, key, list(array.shape)))
    return lambda step: {key: array[step % len(array)] for key, array in arrays.items()}


class Feeds(object):
    """Feeds of a graph: batches of a file or function, fixed values, and drawn values.

    Args:
      graph: the graph.
      inputs: `{name: placeholder}`, further names of placeholders.
      fixed: `{placeholder: value or function of the step}`.
      batches: function (step) that returns `{input name: value}`, or None.
    """

    def __init__(self, graph, inputs, fixed, batches):
        self._graph, self._fixed, self._batches = graph, fixed, batches
        self._inputs, self._placeholders = dict(inputs), {}
        for name, tensor in inputs.items():
            if hasattr(tensor, "dense_shape"):
                self._inputs.update({name + "/values": tensor.values, name + "/indices":
                                     tensor.indices, name + "/shape": tensor.dense_shape})

    def __call__(self, step, targets):
        """`{placeholder: value}` of all placeholders that operations need at a step, from 0."""
        given = self._given(step)
        placeholders, size = self._reached(targets)
        missing = [op.outputs[0] for op in placeholders if op.outputs[0].name not in given]
        _check_drawn(self._graph, missing)
        values = {self._graph.get_tensor_by_name(name): value for name, value in given.items()}
        values.update((tensor, draw(tensor, step, size)) for tensor in missing)
        return values

    def _reached(self, targets):
        """(placeholders that operations need, size of a batch)."""
        key = tuple(op.name for op in targets)
        if key not in self._placeholders:
            ops = Reach(targets, [], frozenset(), set(), set()).ops
            self._placeholders[key] = sorted(
                (op for op in ops if op.type.startswith("Placeholder")
                 and op.type != "PlaceholderWithDefault"), key=lambda op: op.name), batch_size(ops)
        return self._placeholders[key]

    def _given(self, step):
        """`{tensor name: value}` of batches and fixed values at a step."""
        batch = self._batches(step) if self._batches else {}
        if not isinstance(batch, dict):
            raise Failure("--batches: expected a function of the step that returns {{input: value}}"
                          ", received {}".format(type(batch).__name__))
        pairs = [(self._tensor(name), value) for name, value in batch.items()]
        pairs += [(self._tensor(key), value(step) if callable(value) else value)
                  for key, value in self._fixed.items()]
        return {tensor.name: _checked(tensor, value, step)
                for pair in pairs for tensor, value in _dense(*pair)}

    def _tensor(self, key):
        """Tensor, or sparse tensor, of a name or a tensor."""
        key = self._inputs.get(key, key) if isinstance(key, str) else key
        if hasattr(key, "dense_shape"):
            return key
        try:
            if isinstance(key, str) and ":" not in key:
                key += ":0"
            return self._graph.as_graph_element(key, allow_operation=False)
        except (KeyError, TypeError, ValueError):
            raise Failure("{}: expected an input of the graph such as {}, received no such name"
                          .format(str(key).replace(":0", ""), ", ".join(self._names()) or "none"))

    def _names(self):
        return (sorted(self._inputs) + [
            op.name for op in self._graph.get_operations() if op.type.startswith("Placeholder")
            and not op.name.startswith("save/")])[:5]


def _dense(tensor, value):
    """[(tensor, value)]; three of them for a sparse tensor."""
    if not hasattr(tensor, "dense_shape"):
        return [(tensor, value)]
    return list(zip((tensor.indices, tensor.values, tensor.dense_shape), value))


def _checked(tensor, value, step):
    """Value to feed; Failure if its kind or shape does not fit the tensor."""
    array, kind = np.asarray(value), np.dtype(tensor.dtype.as_numpy_dtype).kind
    allowed = {"b": "b", "i": "iub", "u": "iub", "f": "fiub", "c": "cfiub"}.get(kind, "SUOfiuV")
    if array.dtype.kind in allowed and tensor.shape.is_compatible_with(array.shape):
        return value
    raise Failure("{}: expected values of {}, received {} {} at step {}".format(
        tensor.op.name, _described(tensor), array.dtype.name, list(array.shape), step + 1))


def _described(tensor):
    if tensor.shape.ndims is None:
        return tensor.dtype.name + " of any shape"
    return "{} {}".format(tensor.dtype.name, str(tensor.shape.as_list()).replace("None", "?"))


def _check_drawn(graph, tensors):
    """Raises Failure that names the missing inputs for which no value can be drawn."""
    known = {op.name for op in graph.get_operations() if op.type.startswith("Placeholder")}
    missing = set()
    for tensor in tensors:
        whole = tensor.op.name.rpartition("/")[0]
        if {whole + "/values", whole + "/indices"} <= known:
            missing.add("{} (a sparse tensor)".format(whole))
        elif tensor.shape.ndims in (None, 0) or not (
                tensor.dtype.is_floating or tensor.dtype.is_integer or tensor.dtype.is_complex
                or tensor.dtype.name == "bool"):
            missing.add("{} ({})".format(tensor.op.name, _described(tensor)))
    if missing:
        raise Failure("expected values in --batches, or in \"feed\" of the function, for what "
                      "cannot be drawn: {}".format(", ".join(sorted(missing))))


def batch_size(ops, unknown=8):
    """Batch size that all random operations and placeholders share; `unknown` if they do not."""
    shapes = [op.outputs[0].shape for op in ops
              if op.type in RANDOM_TYPES or op.type.startswith("Placeholder")]
    sizes = {shape.as_list()[0] for shape in shapes if shape.ndims and shape.ndims > 1} - {None}
    return sizes.pop() if len(sizes) == 1 else unknown


def draw(tensor, step, unknown=8):
    """Draws a value for a placeholder.

    Floating-point inputs get normal numbers, or one-hot rows if they are labels of a softmax;
    integers get numbers below the bound that the graph tells; booleans get fair coin flips.

    Args:
      tensor: the placeholder.
      step: number of the step, which seeds the draw.
      unknown: size of axes whose size is unknown.
    """
    shape = [size or unknown for size in tensor.shape.as_list()]
    seed = int(hashlib.sha256("{} {}".format(tensor.name, step).encode()).hexdigest()[:8], 16)
    random = np.random.RandomState(seed)
    if tensor.dtype.name == "bool":
        return random.rand(*shape) < 0.5
    if tensor.dtype.is_integer:
        return random.randint(0, bound_of(tensor), shape)
    if _is_label(tensor):
        return np.eye(shape[-1])[random.randint(0, shape[-1], shape[:-1])]
    return random.standard_normal(shape).astype(tensor.dtype.as_numpy_dtype)


def _is_label(tensor, depth=4):
    """True of a floating-point tensor that holds the labels of a softmax cross-entropy."""
    for op in tensor.consumers():
        if op.type == "SoftmaxCrossEntropyWithLogits" and op.inputs[1] is tensor:
            return True
        if depth and op.type in ("Identity", "Reshape", "StopGradient") and (
                op.inputs[0] is tensor and _is_label(op.outputs[0], depth - 1)):
            return True
    return False


def bound_of(tensor):
    """Number of values that an integer tensor can take: rows of a table, classes, else 256 or 2."""
    known = _bounds(tensor, 4)
    return min(known) if known else 256 if tensor.dtype.name == "uint8" else 2


def _bounds(tensor, depth):
    found = []
    for op in tensor.consumers():
        if op.type in ("Gather", "GatherV2", "ResourceGather") and op.inputs[1] is tensor:
            table = variable_of(op.inputs[0])
            shape = _variable_shape(table) if table is not None else (
                op.inputs[0].shape.as_list() if op.inputs[0].shape.ndims else None)
            found += shape[:1] if shape else []
        elif op.type == "SparseSoftmaxCrossEntropyWithLogits":
            found += op.inputs[0].shape.as_list()[-1:] if op.inputs[0].shape.ndims else []
        elif op.type == "OneHot" and op.inputs[1].op.type == "Const":
            found.append(int(_tensorflow().make_ndarray(op.inputs[1].op.get_attr("value"))))
        elif depth:
            found += [bound for output in op.outputs if output.dtype.is_integer
                      for bound in _bounds(output, depth - 1)]
    return [bound for bound in found if bound]


# ---- The command ----------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """Argument parser whose errors are a `Failure` of one line."""

    def error(self, message):
        """Raises the error as a `Failure`."""
        raise Failure(message)

    def print_help(self, file=None):
        """Prints the help; where it cannot be written, that is an error, unlike in argparse."""
        print(self.format_help(), end="", file=file, flush=True)


def _count(text):
    if not text.isdigit() or int(text) < 1:
        raise Failure("--steps={}: expected a whole number from 1".format(text))
    return int(text)


def _parser():
    parser = _Parser(
        prog="parity.capture", description=__doc__.splitlines()[0], allow_abbrev=False,
        usage="parity.capture [--steps=N] [--out=FOLDER] -- PROGRAM [its arguments]\n"
              "       parity.capture --show FOLDER [--skeleton=FILE]\n"
              "       parity.capture --replay FOLDER [--legacy_python=PATH]",
        epilog="PROGRAM: train.py, -m package.module, file.py:function, graph.meta, frozen.pb, or "
               "the folder of a SavedModel")
    parser.add_argument("--steps", type=_count, default=20, metavar="N",
                        help="training steps to keep (default: %(default)s)")
    parser.add_argument("--out", default="captured", metavar="FOLDER",
                        help="folder to write (default: %(default)s)")
    parser.add_argument("--batches", default="", metavar="FILE",
                        help="batches for a function or a graph: .npz of {input: [steps, ...]}, or "
                             "file.py:function, a function of the step that returns {input: "
                             "value}; unset: drawn from the inputs' shapes")
    parser.add_argument("--input_fn", default="", metavar="FILE:FUNCTION",
                        help="input_fn that feeds a model_fn")
    parser.add_argument("--params", default="{}", metavar="JSON", help="params of a model_fn")
    parser.add_argument("--show", metavar="FOLDER", help="describe a capture")
    parser.add_argument("--skeleton", metavar="FILE",
                        help="with --show: write the skeleton of a Keras port")
    parser.add_argument("--replay", metavar="FOLDER",
                        help="run a capture again, in float32 and float64, and compare")
    parser.add_argument("--legacy_python", default="", metavar="PATH",
                        help="with --replay: interpreter with the real TensorFlow 1")
    parser.add_argument("program", nargs="*", help=argparse.SUPPRESS)
    return parser


def _parsed(arguments):
    """Parsed command line; arguments after -- are the program's."""
    if "_ARGCOMPLETE" in os.environ:  # a shell asks for completions
        import argcomplete
        argcomplete.autocomplete(_parser())
    end = arguments.index("--") if "--" in arguments else len(arguments)
    asked, unknown = _parser().parse_known_args(arguments[:end])
    if unknown:
        known = re.findall(r"--\w+", _parser().format_help())
        near = difflib.get_close_matches(unknown[0].partition("=")[0], known, 1)
        raise Failure("{}: expected a flag of this command{}, received another; a program and its "
                      "flags come after --".format(
                          unknown[0], ", as {}".format(near[0]) if near else ""))
    asked.program += arguments[end + 1:]
    for flag, needed in (("skeleton", "show"), ("legacy_python", "replay")):
        if getattr(asked, flag) and not getattr(asked, needed):
            raise Failure("--{}: expected with --{}, received without".format(flag, needed))
    return asked


def _program_kind(program):
    """Kind of a program: "module", "function", "meta", "frozen", "folder" or "script"."""
    if program[0] == "-m":
        return "module"
    if split_function(program[0]):
        return "function"
    for kind, end in (("meta", ".meta"), ("frozen", ".pb")):
        if program[0].endswith(end):
            return kind
    return "folder" if os.path.isdir(program[0]) else "script"


def _start(tf, asked, capture):
    """Runs the program of the command line, with its sessions hooked."""
    target, kind = asked.program[0], _program_kind(asked.program)
    if kind in ("module", "script"):
        return run_script(asked.program)
    tf.logging.set_verbosity(tf.logging.ERROR)  # hide warnings on deprecated functions used here
    sys.argv = list(asked.program)
    if asked.input_fn:
        return run_model_fn(tf, target, asked.input_fn, json.loads(asked.params), asked.steps)
    batches = load_batches(asked.batches)
    if kind == "function":
        return run_function(tf, target, asked.steps, batches, capture)
    run = {"meta": run_meta_graph, "frozen": run_frozen_graph}.get(kind, run_saved_model)
    return run(tf, target, asked.steps, batches, capture)


def _check(asked):
    """Raises Failure if the command line is wrong, as far as that is known before TensorFlow."""
    if not asked.program or asked.program == ["-m"]:
        raise Failure("expected a program after --, received none")
    kind, target = _program_kind(asked.program), asked.program[0]
    if kind == "module":
        _check_importable("-m " + asked.program[1], asked.program[1])
    elif kind == "function":
        _check_function(target)
    elif not os.path.exists(target):
        raise Failure("{}: expected a program, received no such file".format(target))
    elif kind == "script":
        _check_source(target)
    elif kind == "folder" and not glob.glob(
            os.path.join(glob.escape(target), "saved_model.pb*")):
        raise Failure("{}: expected a program or the folder of a SavedModel, received a folder "
                      "without saved_model.pb".format(target))
    if kind in ("meta", "frozen", "folder") and asked.program[1:]:
        raise Failure("{}: expected a graph without arguments, received {}".format(
            target, asked.program[1]))
    _check_data(asked, kind)


def _check_importable(said, name):
    """Raises Failure if a module does not exist; nothing is imported."""
    path = [os.getcwd()] + sys.path
    if name.split(".")[0] not in sys.builtin_module_names and (
            importlib.machinery.PathFinder.find_spec(name.split(".")[0], path) is None):
        raise Failure("{}: expected a module, received no such name".format(said))


def _check_function(name):
    place = split_function(name)[0]
    if not place.endswith(".py"):
        return _check_importable(name, place)
    if not os.path.isfile(place):
        raise Failure("{}: expected a program, received no such file".format(place))
    return _check_source(place)


def _check_source(path):
    """Raises Failure if a file is no Python that this interpreter can read."""
    with open(path, "rb") as file:
        content = file.read()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the program shows them when it runs
            compile(content, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise Failure("{}: expected a program in Python {}, received {}{}".format(
            path, platform.python_version(), getattr(error, "msg", None) or error,
            " in line {}".format(line) if line else ""))


def _check_data(asked, kind):
    """Raises Failure for flags of other kinds of programs, or whose files do not exist."""
    own = {"batches": kind not in ("module", "script") and not asked.input_fn,
           "input_fn": kind == "function"}
    for flag, allowed in own.items():
        if getattr(asked, flag) and not allowed:
            raise Failure("--{}: expected with {}, received with another program".format(
                flag, "a function, a graph or a SavedModel" if flag == "batches" else "a model_fn"))
    if asked.input_fn and not split_function(asked.input_fn):
        raise Failure("--input_fn={}: expected FILE:FUNCTION".format(asked.input_fn))
    for name in (asked.input_fn, asked.batches):
        if split_function(name):
            _check_function(name)
    if asked.batches and not split_function(asked.batches) and not os.path.isfile(asked.batches):
        raise Failure("--batches={}: expected an .npz file, received no such file".format(
            asked.batches))
    try:
        params = json.loads(asked.params)
    except (ValueError, RecursionError):
        params = None
    if not isinstance(params, dict):
        raise Failure("--params={}: expected a dictionary in JSON".format(asked.params))


def _header(asked, tf):
    return {"format": FORMAT, "out": asked.out, "program": asked.program,
            "versions": {"tensorflow": tf.__version__, "numpy": np.__version__,
                         "python": platform.python_version(), "machine": platform.machine()}}


@contextlib.contextmanager
def _quiet():
    """Context that hides lines that TensorFlow writes while it starts, before it reads settings."""
    sys.stderr.flush()
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(saved, 2)
        os.close(saved)


class Ending(object):
    """Ends the program when the capture ends, even if it catches exceptions or threads still run.

    Args:
      capture: the `Capture`.
      folder: its `Folder`.

    Attributes:
      owner: number of the captured process; its child processes are not captured.
      failure: the `Failure` that ended the capture, or None.
      left: event that is set when the program has ended by itself.
    """

    def __init__(self, capture, folder):
        self._capture, self._folder, self._ended = capture, folder, threading.Event()
        self.owner, self.failure, self.left = os.getpid(), None, threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def run(self, session, targets, fetches, feeds, run, *options):
        """Runs a call as `Capture.run` does; an error of the capture ends the program."""
        if os.getpid() != self.owner:
            return run(targets, fetches, feeds, *options)
        if self.failure:
            raise SystemExit(self.failure.status)
        try:
            return self._capture.run(session, targets, fetches, feeds, run, *options)
        except SystemExit:
            self._ended.set()
            raise
        except _tensorflow().errors.OpError:  # an error of the program
            raise
        except Exception as error:
            self.failure = self.failure or _failure(error, self._folder)
            self._ended.set()
            raise SystemExit(self.failure.status)  # programs often catch `Exception`

    def pass_by(self):
        """Counts a call that is not kept."""
        self._capture.pass_by()

    def _watch(self):
        """Ends the process some seconds after the capture if the program goes on."""
        self._ended.wait()
        if self.left.wait(_GRACE_SECONDS):
            return
        if self.failure:
            say(_one_line(self.failure))
        self._folder.discard()
        leave(self.failure.status if self.failure else 0)


def _failure(error, folder):
    """`Failure` for an error of the capture itself."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, OSError):
        return Failure("{}: {}".format(error.filename or folder.out, error.strerror or error),
                       EXIT_IO)
    return _fault(error)


def _fault(error):
    own = [frame for frame in traceback.extract_tb(error.__traceback__)
           if os.path.abspath(frame[0]) == os.path.abspath(__file__)]
    return Failure("a fault of this command in line {}: {}".format(
        own[-1][1] if own else 0, _first_line(error)), EXIT_FAULT)


def _one_line(error):
    return " ".join(str(error).split())


@contextlib.contextmanager
def _signals(folder):
    """Context in which the signals remove the folder and end the process at once."""
    owner = os.getpid()

    def end(number, frame):
        if os.getpid() != owner:  # a child process of the program
            if number == signal.SIGINT:
                signal.default_int_handler(number, frame)
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        os.write(2, b"capture: " + _SIGNALS[number] + b"\n")
        folder.discard()
        leave(128 + number)

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    _reset_in_children(before)
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _reset_in_children(handlers):
    """Resets signal handlers in processes that the program forks.

    Signals are blocked while Python forks, since it would lose them.
    """
    if not hasattr(os, "register_at_fork"):  # before Python 3.7
        return
    masks = []

    def reset():
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, masks.pop())

    os.register_at_fork(
        before=lambda: masks.append(signal.pthread_sigmask(signal.SIG_BLOCK, list(handlers))),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, masks.pop()),
        after_in_child=reset)


def _programs_error(error):
    """Writes the program's traceback without frames of this file; returns a one-line `Failure`."""
    sys.stderr.write(_without_own_frames("".join(traceback.format_exception(
        type(error), error, error.__traceback__))))
    return Failure("the program failed before its steps were whole: {}".format(
        _first_line(error)), EXIT_FAULT)


def _without_own_frames(text):
    """Traceback without the frames of this file, also where TensorFlow's messages quote them."""
    own = (_without_own_frames.__code__.co_filename, runpy.run_path.__code__.co_filename)
    kept, own_frame = [], False
    for line in text.splitlines(True):
        if line.lstrip().startswith('File "'):  # TensorFlow 1 shortens paths at their start
            path = line.split('"')[1]
            own_frame = any(each.endswith(path) for each in own)
        elif not line.startswith("    "):
            own_frame = False
        if not own_frame:
            kept.append(line)
    return "".join(kept)


def _run(tf, asked, ending, capture):
    """Runs the program until it or the capture ends; Failure if the steps are not whole."""
    try:
        _start(tf, asked, capture)
    except (Failure, KeyboardInterrupt):
        raise
    except SystemExit as ended:
        _leave_fork(ending, ended)
        if ending.failure is None and ended.code not in (None, 0) and not capture.done:
            raise Failure("the program ended with {!r} before its steps were whole".format(
                ended.code), EXIT_FAULT)
    except Exception as error:
        _leave_fork(ending, error)
        if ending.failure is None and not capture.done:
            raise _programs_error(error)
    _leave_fork(ending, None)


def _leave_fork(ending, error):
    """Ends a process that the program forked and that returned to this file, as Python would."""
    if os.getpid() == ending.owner:
        return
    code = getattr(error, "code", 1) if error is not None else 0
    if error is not None and not isinstance(error, SystemExit):
        traceback.print_exc()
    _flush()
    os._exit(code if isinstance(code, int) else 1 if code else 0)


def record(asked):
    """Captures the program of the command line into `asked.out`."""
    _check(asked)
    folder = Folder(asked.out)
    with _signals(folder):
        try:
            with _quiet():
                tf = _tensorflow()
            capture = Capture(folder, asked.steps, _header(asked, tf))
            ending = Ending(capture, folder)
            hook(ending)
            try:
                _run(tf, asked, ending, capture)
                if ending.failure is None:
                    capture.finish()
            except (OSError, ValueError) as error:
                raise _failure(error, folder)
            finally:
                ending.left.set()
            if ending.failure:
                raise ending.failure
        finally:
            folder.discard()  # a whole folder no longer has the name that is removed


def _read(asked):
    """Shows or replays a capture, with the rest of the package; returns the exit status."""
    flag = "--show" if asked.show else "--replay"
    try:
        from parity import capture as package
    except ImportError:
        raise Failure("{}: expected the whole package parity, received this file alone; copy the "
                      "captured folder to where the package is".format(flag))
    with _quiet():
        _tensorflow()
    from parity.reference import command
    try:
        return command.main(asked)
    except package.Failure as failure:  # another class than this file's, which runs as __main__
        raise Failure(str(failure), failure.status)


def main(arguments):
    """Captures, shows or replays, as the arguments say; returns the exit status."""
    try:
        asked = _parsed(arguments)
        if asked.show or asked.replay:
            status = _read(asked)
            sys.stdout.flush()
            return status
        record(asked)
        return 0
    except Failure as error:
        say(_one_line(error))
        return error.status
    except BrokenPipeError:  # of `| head`, which has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 128 + signal.SIGPIPE
    except OSError as error:
        say("{}: {}".format(error.filename or "standard output or a file", error.strerror or error))
        return EXIT_IO
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    except Exception as error:
        failure = _fault(error)
        say(_one_line(failure))
        return failure.status


def _flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, RuntimeError, ValueError):  # closed, missing, or in use
            pass


def leave(status):
    """Ends the process at once, since threads and processes of the program may never end."""
    if "multiprocessing" in sys.modules:
        for process in sys.modules["multiprocessing"].active_children():
            process.terminate()
    _flush()
    os._exit(status)


def console():
    """Entry point of the command `parity-capture`."""
    leave(main(sys.argv[1:]))


if __name__ == "__main__":
    console()
