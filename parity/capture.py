"""Captures a TensorFlow 1 program while it trains: one folder that runs again without its code.

    python -m parity.capture --steps=20 --out=captured -- train.py --their --flags
    python -m parity.capture --show captured

The program runs as it is. This file stands alone, so that it can be copied to the machine where
TensorFlow 1 lives and called there as `python capture.py`: it needs the standard library, NumPy and
TensorFlow (1.13 to 1.15, or 2 with `tf.compat.v1`). docs/capture.md describes the folder.
"""

import argparse
import contextlib
import difflib
import functools
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
import sys
import threading
import time
import traceback
import warnings
import zipfile
import zlib

try:
    import numpy as np
except ImportError:  # an interpreter without TensorFlow, which `_tensorflow` says
    np = None

FORMAT = 1
EXIT_USAGE = 64
EXIT_FAULT = 70
EXIT_IO = 74

# Calls after which every variable is kept whole, beside the last one.
_KEPT_CALLS = frozenset([1, 2, 3, 5, 10, 20, 50, 100, 200])
# Bytes of the states in between; the first and the last are kept whatever they take.
_STATES_BYTES = 64 * 2 ** 20
# Bytes after which inputs are kept of those calls only whose states are.
_INPUTS_BYTES = 512 * 2 ** 20
# Program calls that are watched for a kind of call that the graph holds and that did not come yet.
_PATIENCE = 250
_REPEAT_SECONDS = 2.0
_LARGEST_SPREAD = 1e9
# What a program is given to end by itself once the capture has.
_GRACE_SECONDS = 5.0
_SEED = 87654321

VARIABLE_TYPES = ("VariableV2", "Variable", "VarHandleOp")
APPLY_TYPES = ("Apply", "SparseApply", "ResourceApply", "ResourceSparseApply")
_WRITE_TYPES = APPLY_TYPES + (
    "Assign", "Scatter", "ResourceScatter", "ResourceStridedSliceAssign", "StridedSliceAssign",
    "CountUpTo", "ResourceCountUpTo")
_HANDED_ON = ("Identity", "RefIdentity", "Enter", "RefEnter", "Switch", "RefSwitch")
_FUNCTIONAL_TYPES = ("While", "StatelessWhile", "If", "StatelessIf", "Case", "PartitionedCall",
                     "StatefulPartitionedCall")
# Stateful by their definition, and yet replayed from the graph alone.
_REPLAYED_TYPES = VARIABLE_TYPES + _FUNCTIONAL_TYPES + (
    "ReadVariableOp", "VarIsInitializedOp", "IsVariableInitialized", "VariableShape", "Assert",
    "Print", "PrintV2", "TemporaryVariable", "DestroyTemporaryVariable")
_REPLAYED_STARTS = ("ResourceGather", "TensorArray", "Stack", "TensorList")
_PYTHON_TYPES = ("PyFunc", "PyFuncStateless", "EagerPyFunc")
# What freezing makes of the read of a resource variable keeps its name.
_READ_VARIABLE = re.compile(r"(^|/)ReadVariableOp(_\d+)?$")
# Inputs of operations that are weights, by their places.
_WEIGHT_INPUTS = {
    "MatMul": (1,), "Conv2D": (1,), "Conv3D": (1,), "Conv2DBackpropInput": (1,),
    "DepthwiseConv2dNative": (1,), "BiasAdd": (1,), "Gather": (0,), "GatherV2": (0,),
    "FusedBatchNorm": (1, 2, 3, 4), "FusedBatchNormV2": (1, 2, 3, 4),
    "FusedBatchNormV3": (1, 2, 3, 4)}
RANDOM_TYPES = ("RandomUniform", "RandomUniformInt", "RandomStandardNormal", "TruncatedNormal",
                "ParameterizedTruncatedNormal", "RandomGamma", "RandomPoisson", "RandomPoissonV2",
                "RandomShuffle", "Multinomial")


class Failure(Exception):
    """What ends a capture: one line, and the exit status."""

    def __init__(self, message, status=EXIT_USAGE):
        super(Failure, self).__init__(message)
        self.status = status


# ---- What a call of Session.run reaches -----------------------------------------------------


def variable_of(tensor):
    """Operation of the variable that a reference or resource tensor stands for, or None."""
    op = tensor.op
    while op.type not in VARIABLE_TYPES:
        # What a write gives on is the variable that it was given first.
        if op.type not in _HANDED_ON and not op.type.startswith(_WRITE_TYPES):
            return None
        op = op.inputs[0].op
    return op


def _is_handle(tensor):
    return tensor.dtype.name in ("resource", "variant") or tensor.dtype.name.endswith("_ref")


def _called(node):
    """Names of the functions that a node calls."""
    return {value.func.name for value in node.attr.values() if value.func.name}


def written_variables(op, writing_functions=()):
    """Operations of the variables that an operation writes, an optimiser's slots among them."""
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
    """Whether an operation is an optimiser's update of a variable."""
    return op.type.startswith(APPLY_TYPES)


def gradient_of(op):
    """The gradient that an apply operation is given: a tensor, of a sparse one its values."""
    names = [argument.name for argument in op.op_def.input_arg]
    return op.inputs[names.index("grad" if "grad" in names else "delta")]


def is_stateful_input(op):
    """Whether what an operation gives comes from outside the graph: random, queued, iterated, ...

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
    # What passes a network's values on, as a check of numbers does, is part of the network.
    return op.op_def.is_stateful and not _needs_variables(op)


def _is_foreign(tensor):
    """Whether a tensor is the handle of a queue, an iterator, a table, a reader."""
    return tensor.dtype.name in ("resource", "variant", "string_ref") and (
        variable_of(tensor) is None and not tensor.op.type.startswith(_REPLAYED_STARTS))


def _needs_variables(op):
    """Whether an operation's value depends on a variable."""
    seen, waiting = set(), [op]
    while waiting:
        op = waiting.pop()
        if op.type in VARIABLE_TYPES:
            return True
        if op not in seen:
            seen.add(op)
            waiting.extend(tensor.op for tensor in op.inputs)
    return False


def _in_control_flow(op):
    return op._get_control_flow_context() is not None


def _functions_with(library, types):
    """Names of the functions of a library that hold, or call, an operation of these types."""
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
    """The variable whose value an operation takes by an input, or None."""
    if op.type == "ReadVariableOp":
        return variable_of(tensor)
    while tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    return variable_of(tensor) if tensor.dtype.name.endswith("_ref") else None


class Reach(object):
    """What one call runs: operations, writes, and what it takes from outside the graph.

    Attributes:
      ops: every operation that runs, but for what lies behind a stateful input.
      fed, feeds: names of the fed tensors, and of those that are used.
      stateful: tensors that become inputs, by name.
      hidden: names of stateful operations inside loops and branches, which cannot become inputs.
      writes: `{operation: [variable operations]}`.
      behind: writes that only lie behind a stateful input, and have to be asked for.
      trains, gathers: whether the call trains, or gathers what a later one trains with.
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
        """Adds all that `waiting` needs to `ops`; the stateful inputs at which it stopped."""
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
        """What is computed first from single numbers that the call reads and writes.

        Its value shows which came first. The read of a reference variable gives the variable
        itself, so that it takes the operation behind it to see the number.
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

    def follows_itself(self, op, variable):
        """Whether a written value depends on the variable before and on data."""
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
        return itself and data


class GraphView(object):
    """One graph of the program, looked at again when it has grown."""

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
        self._gradient_sources = None

    def reach(self, targets, fetches, fed):
        """The `Reach` of a call; equal calls are looked at once."""
        self.refresh()
        key = (tuple(op.name for op in targets), tuple(tensor.name for tensor in fetches),
               frozenset(fed))
        if key not in self._reaches:
            self._reaches[key] = self._judged(
                Reach(targets, fetches, frozenset(fed), self._writing, self._drawing))
        return self._reaches[key]

    def _judged(self, reach):
        """Says of a call whether it trains, or gathers what a later one trains with."""
        pairs = [(op, variable) for op, variables in reach.writes.items()
                 for variable in variables if not is_apply(op)]
        # An optimiser of plain operations; beside one of TensorFlow's such writes are other things,
        # as the exploration rate of a Q-network, which is a trainable variable by default.
        reach.trains = bool(reach.applies()) or not self.apply_names and any(
            variable.name in self.trainable and reach.follows_itself(op, variable)
            for op, variable in pairs)
        reach.gathers = not reach.trains and any(
            variable.name not in self.trainable and variable.name in self.gradient_sources()
            and reach.follows_itself(op, variable) for op, variable in pairs)
        return reach

    def gradient_sources(self):
        """Names of all variables that some update's gradient is computed from."""
        if self._gradient_sources is None:
            ops, waiting = set(), [gradient_of(op).op for op in self._applies]
            while waiting:
                op = waiting.pop()
                if op not in ops:
                    ops.add(op)
                    waiting.extend(tensor.op for tensor in op.inputs)
            self._gradient_sources = {op.name for op in ops if op.type in VARIABLE_TYPES}
        return self._gradient_sources


# ---- The folder -----------------------------------------------------------------------------


class Store(object):
    """Arrays in one zip file, each under the digest of its bytes, so that none is kept twice."""

    def __init__(self, path):
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._known = set()
        self.bytes = 0

    def add(self, value):
        """A JSON-able reference to an array; strings become bytes and lengths."""
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
            sample = content[:16384]  # random weights do not shrink, slots of zeros do
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
    """The folder that is written: under another name until it is whole."""

    def __init__(self, out):
        self.out = os.path.abspath(out)
        if os.path.lexists(self.out):
            raise Failure("--out={}: expected a folder that is not there yet, received one that "
                          "is".format(out))
        for left in glob.glob(glob.escape(self.out) + ".*.part"):  # of a capture that was killed
            if not _is_running(left.split(".")[-2]):
                shutil.rmtree(left)
        self._part = "{}.{}.part".format(self.out, os.getpid())
        try:
            os.mkdir(self._part)
        except OSError as error:
            raise Failure("--out={}: expected a folder that can be written, received {}".format(
                out, error.strerror))
        self.store = Store(os.path.join(self._part, "arrays.zip"))

    def write(self, header, files):
        """Ends the folder: `files` as bytes by name, their digests in the header, then the name."""
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
        """Removes what was written."""
        shutil.rmtree(self._part, ignore_errors=True)


def header_digest(header):
    """The digest of all that capture.json says but for the digest."""
    said = {name: value for name, value in header.items() if name != "digest"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode("utf-8")).hexdigest()


def _is_running(process):
    try:
        os.kill(int(process), 0)
    except PermissionError:  # another user's
        return True
    except (OSError, OverflowError, ValueError):
        return False
    return int(process) != os.getpid()  # one that had the same number, as in a container


# ---- Variables and lines of code ------------------------------------------------------------


class Variables(object):
    """Reads and sets the variables of a session, past the hook."""

    def __init__(self, view, run):
        """`run(targets, fetches, {tensor name: value})` calls the session itself."""
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
        # Copied at once: what a reference variable gives is the buffer that is written next. Each
        # is let go then, for two states of a large program at a time fill the memory.
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
        """The operation that gives a variable its first value, or None."""
        uses = [use for use in op.outputs[0].consumers()
                if use.type in ("Assign", "AssignVariableOp") and not _in_control_flow(use)]
        named = [use for use in uses if use.name == op.name + "/Assign"]
        return (named or uses or [None])[0]

    def set(self, values):
        """Sets variables; False if one of them has no operation that does it."""
        waiting = []
        for op in self._view.variables:
            if op.name in values:
                setter = self.initializer(op)
                if setter is None:
                    return False
                waiting.append((setter, setter.inputs[1].name, values[op.name]))
        while waiting:  # variables that share one initial value are set one after the other
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
    """Whether a file belongs to the program, and not to what is installed or to this file."""
    installed = ("site-packages", "dist-packages", os.path.dirname(traceback.__file__), "<")
    return not path.startswith("<") and not any(part in path for part in installed) and (
        os.path.abspath(path) != os.path.abspath(__file__))


class Lines(object):
    """The program's lines that made its operations: `[file, line, function, text]`, once each."""

    def __init__(self, folder):
        """`folder` is the one that paths start from."""
        self.lines, self._numbers, self.operations, self._folder = [], {}, {}, folder

    def add(self, op):
        """Notes where an operation was made, innermost first, three callers at most."""
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


# ---- The capture ----------------------------------------------------------------------------


def round_length(kinds):
    """Length of the shortest round that a list of kinds repeats, or None."""
    for length in range(1, len(kinds) // 2 + 1):
        if all(kinds[i] == kinds[i - length] for i in range(length, len(kinds))):
            return length
    return None


class Capture(object):
    """Watches a program's sessions, keeps its first training steps and ends it.

    Args:
      folder: an open `Folder`.
      steps: training steps to keep.
      header: what the folder says beside what is seen.

    Attributes:
      forward: whether the graph has no updates, so that calls without any are kept.
      done: whether the folder is written.
    """

    def __init__(self, folder, steps, header):
        self._folder, self._steps, self._header = folder, steps, header
        self._views, self._lock, self._own = {}, threading.RLock(), threading.local()
        self._views_lock = threading.Lock()  # a queue is filled while a training call waits for it
        self._session = self._view = self._variables = None
        self._calls, self._kinds, self._state = [], [], {}
        self._pending = []
        self._reached, self._fed = {}, set()
        self._said, self._started_in = time.time(), os.getcwd()
        self._seen, self._kept = 0, None  # how many calls there were, and up to the last kept one
        self.done = False
        self.forward = False

    @property
    def begun(self):
        """Whether a training call was seen."""
        return bool(self._kinds)

    def run(self, session, targets, fetches, feeds, run, *options):
        """Runs one call, and keeps it where it belongs to training.

        Args:
          targets, fetches: operations and tensors.
          feeds: `{tensor name: value}`.
          run: function (targets, fetches, feeds, *options) that calls the session itself.
          *options: what else the program asked for.

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
        """Counts a call, which may move variables."""
        self._seen += 1

    def _belonging(self, session, targets, fetches, feeds):
        """The `Reach` of a call that belongs to training, else None."""
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
        """(steps, training calls a step) of what was seen."""
        length = round_length(self._kinds) or 1
        return len(self._kinds) // length, length

    def _enough(self, kinds=None, more=0):
        """Whether the steps are whole, with every kind of training call that the graph holds.

        Args:
          kinds: of training calls; if not given, of those that were seen.
          more: how many of them go beyond the steps.
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
        """What tells a training call from others; None of a call that does not train."""
        if not (reach.trains or self.forward):
            return None
        return frozenset(reach.applies()) or frozenset(op.name for op in reach.writes)

    def _keep(self, session, targets, fetches, feeds, reach, run, options):
        if self._session is None:
            self._session, self._view = session, self._view_of(session.graph)
            self._variables = Variables(self._view, run)
        # Nothing but a call can have moved what this process alone holds; one that comes while this
        # one runs is counted for the next.
        number, last = self._seen, self._kept
        alone = last is not None and number == last + 1 and not session.sess_str
        before = self._state if alone else self._variables.read()
        extra = [tensor for name, tensor in sorted(reach.stateful.items())
                 if tensor.consumers()]
        extra = [tensor for tensor in extra + reach.scalar_reads()
                 if not any(tensor is fetch for fetch in fetches)]
        start = time.time()
        results = run(targets, list(fetches) + extra, feeds, *options)
        seconds = time.time() - start
        values = {tensor.name: np.array(value)
                  for tensor, value in zip(list(fetches) + extra, results)}
        after = self._variables.read()
        call = self._entry(targets, reach, seconds)
        self._add_moved(call, before, after)
        add_inputs = functools.partial(self._add_inputs, call, fetches, feeds, reach, values)
        add_states = functools.partial(self._add_states, call, before, after)
        written = self._folder.store.bytes
        kind = self._kind(reach)
        beyond = kind is not None and self._enough(self._kinds + [kind], 1)
        whole = not self._calls or not beyond and (
            len(self._calls) + 1 in _KEPT_CALLS and written < _STATES_BYTES)
        inputs = whole or reach.hidden or written < _INPUTS_BYTES
        if beyond:  # a call that only tells that the steps are over: the one before it was the last
            for add in self._pending:
                add()
        self._pending = []  # what becomes due if no other call follows
        for add, due in ((add_inputs, inputs), (add_states, whole)):
            if due:
                add()
            elif not beyond:
                self._pending.append(add)
        if whole:
            call["repeats"] = self._repeated(call, targets, fetches, feeds, reach, values, before,
                                             after, run)
        self._calls.append(call)
        if kind is not None:
            self._kinds.append(kind)
        self._reached.update((op.name, op) for op in reach.ops)
        self._fed.update(reach.feeds)
        self._progress()
        self._kept = number
        return results[:len(fetches)]

    def _entry(self, targets, reach, seconds):
        return {
            "role": "train" if reach.trains else "gather" if reach.gathers else (
                "write" if reach.writes else "forward"),
            "targets": [op.name for op in targets],
            "behind": sorted(op.name for op in reach.behind),
            "fetches": {}, "feeds": {}, "stateful": {}, "reads": {}, "has_inputs": False,
            "hidden": sorted(reach.hidden),
            "applies": reach.applies(),
            "writes": sorted({variable.name for variables in reach.writes.values()
                              for variable in variables}),
            "seconds": round(seconds, 6)}

    def _add_inputs(self, call, fetches, feeds, reach, values):
        """What a call took and gave."""
        add = self._folder.store.add
        call.update(
            has_inputs=True,
            fetches={tensor.name: add(values[tensor.name]) for tensor in fetches
                     if tensor.name not in reach.stateful and not _is_text(tensor)},
            feeds={name: add(feeds[name]) for name in sorted(reach.feeds)},
            stateful={name: add(values[name]) for name in sorted(reach.stateful)
                      if name in values},
            reads={tensor.name: add(values[tensor.name]) for tensor in reach.scalar_reads()})

    def _add_moved(self, call, before, after):
        """What something else moved before a call, and which variables the call changed."""
        moved = sorted(name for name in before if not _same(self._state.get(name), before[name]))
        call["before"] = {name: self._folder.store.add(before[name]) for name in moved}
        call["after"] = None
        call["moved"] = moved if self._calls else []
        call["digests"] = {name: digest(value) for name, value in after.items()
                           if not _same(before.get(name), value)}
        self._state = after

    def _add_states(self, call, before, after):
        """Every variable before and after a call."""
        add = self._folder.store.add
        call["before"] = {name: add(value) for name, value in sorted(before.items())}
        call["after"] = {name: add(value) for name, value in sorted(after.items())}

    def _repeated(self, call, targets, fetches, feeds, reach, values, before, after, run):
        """The call again, once or twice, from the same state and inputs: what comes out otherwise.

        Returns:
          `{"count", "spread": {variable: |difference| / |change|}, "reason"}`.
        """
        if reach.hidden:
            return {"count": 0, "spread": {}, "reason": "it draws inside a loop or a branch"}
        again = dict(feeds, **{name: values[name] for name in reach.stateful if name in values})
        wanted = [tensor for tensor in fetches if tensor.name not in again]
        count, spread = 2 if call["seconds"] < _REPEAT_SECONDS else 1, {}
        for _ in range(count):
            if not self._variables.set(before):
                return {"count": 0, "spread": {}, "reason": "a variable has no initialiser"}
            run(targets, wanted, again)
            for name, value in self._variables.read().items():
                gap = relative_change(value, after[name], before.get(name)) if (
                    name in after) else 0.0
                if gap:  # JSON knows neither infinity nor what is no number
                    gap = gap if gap < _LARGEST_SPREAD else _LARGEST_SPREAD
                    spread[name] = max(gap, spread.get(name, 0.0))
        self._variables.set(after)
        return {"count": count, "spread": spread, "reason": ""}

    def _progress(self, every=2.0):
        if time.time() - self._said > every:
            self._said = time.time()
            steps, length = self._whole_steps()
            say("{} calls, {} of {} steps, {:.1f} MB".format(
                len(self._calls), steps, self._steps, self._folder.store.bytes / 1e6))

    def finish(self):
        """Writes the folder; Failure if there is nothing to write."""
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

    def _description(self, inputs):
        """What a reader of the graph cannot see in it."""
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
        """The graph of the kept calls and of the initial values, every input a placeholder.

        Returns:
          `(GraphDef, {placeholder: {"tensor", "type", "random"}})`.
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
    node.attr["dtype"].type = tensor.dtype.base_dtype.as_datatype_enum  # of a fed variable, too
    node.attr["shape"].shape.CopyFrom(tensor.shape.as_proto())
    return node


def _variable_dtype(op):
    tf = _tensorflow()
    return tf.as_dtype(op.get_attr("dtype")).name


def _variable_shape(op):
    shape = _tensorflow().TensorShape(op.get_attr("shape"))
    return None if shape.ndims is None else shape.as_list()


def _is_text(tensor):
    return tensor.dtype.name.startswith("string")


def digest(array):
    """Eight hexadecimal digits that tell whether an array is bit for bit another."""
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
    return bool((_words(array) == _words(other)).all())


def _words(array):
    """The bits of an array of numbers, so that what is no number is equal to itself."""
    array = np.ascontiguousarray(array)
    return array.view(np.uint32 if array.itemsize % 4 == 0 else np.uint8)


def relative_change(value, expected, before):
    """|value - expected| / |expected - before|, in Euclidean norms; infinite without a change.

    Args:
      value, expected: arrays of one shape.
      before: what both were, or None where that is not known.
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
    """Shows one line on standard error."""
    sys.stderr.write("capture: " + line + "\n")
    sys.stderr.flush()


# ---- Hooks on TensorFlow --------------------------------------------------------------------


def _tensorflow():
    """TensorFlow 1, or its image in today's; Failure where there is none."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    try:
        import tensorflow.compat.v1 as tf
    except Exception as error:  # one that is damaged raises whatever it likes
        raise Failure("expected an interpreter with TensorFlow 1.13 or newer, received {} ({})"
                      .format(sys.executable, error))
    return tf


def _keyed(graph, feeds):
    """`{tensor name: value}` as the session's own functions take it."""
    hashed = hasattr(_tensorflow().Tensor, "ref")  # since TensorFlow 2 tensors are no keys
    tensors = ((graph.get_tensor_by_name(name), value) for name, value in feeds.items())
    return {tensor.ref() if hashed else tensor: value for tensor, value in tensors}


def _caller(original, session):
    """Function (targets, fetches, {tensor name: value}) that runs a call past the hook."""
    def run(targets, fetches, feeds, options=None, metadata=None):
        return original(session, None, list(targets), list(fetches), _keyed(session.graph, feeds),
                        options, metadata)
    return run


class _Callable(object):
    """What Keras 2 makes of a session instead of calling `run`."""

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
    """`Session.make_callable` by way of `Session.run`."""
    def call(*values, **options):
        return session.run(fetches, dict(zip(feed_list or [], values)), **options)
    return call


def hook(capture):
    """Lets every call of every session pass through `capture.run`, and draws depend on seeds."""
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
        softened.allow_soft_placement = True  # a device that is not here is no reason to stop
        start(self, target, graph, softened)

    def seeded(self, *arguments, **named):
        make_graph(self, *arguments, **named)
        if type(self) is ops.Graph:
            self.seed = _SEED  # an author's own seed takes its place

    base._do_run, base.__init__, ops.Graph.__init__ = hooked_run, soft_start, seeded
    base._make_callable_from_options = lambda session, options: _Callable(session, options)
    base.make_callable = _make_callable
    _run_loops_in_order(control_flow_ops.WhileContext)


def _run_loops_in_order(kind):
    """Makes loops draw in the order of their iterations, so that a replay draws the same."""
    start = kind.__init__

    def ordered(self, *arguments, **named):
        if len(arguments) > 1:
            arguments = arguments[:1] + (1,) + arguments[2:]
        elif "context_def" not in named:
            named["parallel_iterations"] = 1
        start(self, *arguments, **named)
    kind.__init__ = ordered


# ---- Programs -------------------------------------------------------------------------------


def run_script(arguments):
    """Runs a script, or with -m a module, as the interpreter would."""
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        sys.path.insert(0, os.getcwd())
        _check_module(arguments[1])
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = list(arguments)
        path = os.path.abspath(arguments[0])  # its lines are looked up after it went elsewhere
        sys.path.insert(0, os.path.dirname(os.path.realpath(path)))
        runpy.run_path(path, run_name="__main__")


def _check_module(name):
    """Failure unless there is a module that can be run with -m."""
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(name + ".__main__")
    except ImportError as error:
        if not error.name or not (name + ".").startswith(error.name + "."):
            raise  # the module is there, and what it imports is not
        spec = None
    if spec is None:
        raise Failure("-m {}: expected a module that can be run, received no such name".format(
            name))


def split_function(name):
    """(place, function) of "file.py:function" or "package.module:function", else None."""
    place, _, function = name.rpartition(":")
    return (place, function) if place and function.isidentifier() else None


def load_function(name):
    """The function that "file.py:function" or "package.module:function" names."""
    place, attribute = split_function(name)
    if place.endswith(".py"):
        module = _load_file(os.path.abspath(place))
    else:
        sys.path.insert(0, os.getcwd())
        try:
            module = importlib.import_module(place)
        except ImportError as error:
            if not error.name or not (place + ".").startswith(error.name + "."):
                raise  # the module is there, and what it imports is not
            raise Failure("{}: expected a module, received no such name".format(name))
    if not callable(getattr(module, attribute, None)):
        raise Failure("{}: expected a function, received no such name in {}".format(name, place))
    return getattr(module, attribute)


def _load_file(path):
    """The module of a file, whatever else is called like it."""
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
    """Gives absl's flags the arguments after the function's name, as `app.run` would have."""
    if "absl.flags" in sys.modules and not sys.modules["absl.flags"].FLAGS.is_parsed():
        sys.modules["absl.flags"].FLAGS(sys.argv)


def _check_parameters(name, function):
    """Failure if a function cannot be called without arguments."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # it is not written in Python
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
    """Calls a function that builds a graph, and trains it; without updates its outputs are run.

    The function may return a dictionary with any of `inputs` ({name: placeholder}), `loss` or
    `losses`, `train_op` or `train_ops`, `outputs`, `feed` ({placeholder: value, or function of the
    step}) and `set` ({variable: value}); what it leaves out is read off the graph. A function that
    trains by itself is taken as it is.

    Args:
      batches: function of the step, or None, as `load_batches` gives it.
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
    """The graph of what a function returned; `graph` if that does not say."""
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
    """[(update, losses that are fetched with it)]: its own, where they are as many as updates."""
    ops, named = (built.get(keys[0], built.get(keys[1])) for keys in (
        ("train_ops", "train_op"), ("losses", "loss")))
    if isinstance(ops, dict) and isinstance(named, dict) and set(ops) == set(named):
        losses = [losses[list(named).index(name)] for name in ops]
    if len(losses) == len(train_ops):
        return [(train_op, [loss]) for train_op, loss in zip(train_ops, losses)]
    return [(train_op, losses) for train_op in train_ops]


def _set(session, values):
    """Gives variables, or variables of these names, the values that a function asks for."""
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
    """A session that nobody closes: the threads that fill its queues would complain."""
    with _quiet():
        return tf.Session(graph=graph)


def _initialize(tf, session, feeds):
    """Gives variables, tables and iterators their first values, and starts queues."""
    operations = [tf.global_variables_initializer(), tf.local_variables_initializer(),
                  tf.tables_initializer()]
    session.run(operations, feeds(0, operations))
    _start_inputs(tf, session, feeds)


def _start_inputs(tf, session, feeds):
    iterators = {}
    for op in session.graph.get_operations():
        if op.type == "MakeIterator":
            iterators.setdefault(op.inputs[1].op.name, op)  # the first is the one for training
    if iterators:
        operations = [iterators[name] for name in sorted(iterators)]
        session.run(operations, feeds(0, operations))
    if session.graph.get_collection("queue_runners"):
        tf.train.start_queue_runners(session)


def run_meta_graph(tf, path, steps, batches, capture):
    """Trains the graph of a `.meta` file, from the checkpoint beside it where there is one.

    A graph without updates is run forward.
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
    """Trains a SavedModel that still has its updates; runs one without them forward."""
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
    """Runs a frozen graph forward; what freezing made constants are variables again."""
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
    """(GraphDef, {name: array}): constants that are weights as variables without a value.

    They are told by the reads that freezing leaves, or by the layers' operations that take them.
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
    """Whether an operation takes a constant as the layer of a model takes its weight."""
    if node.op == "Identity":
        return node.name == name + "/read" or bool(_READ_VARIABLE.search(node.name))
    return place in _WEIGHT_INPUTS.get(node.op, ())


def _tensor_names(graph):
    return {tensor.name for op in graph.get_operations() for tensor in op.outputs}


def _last_outputs(graph):
    """Tensors of floats that depend on a placeholder, of operations that nothing needs."""
    found = []
    for op in graph.get_operations():
        ends = [tensor for tensor in op.outputs
                if tensor.dtype.is_floating and not _is_handle(tensor)]
        if any(tensor.consumers() for tensor in op.outputs):
            continue  # a batch norm's statistics, which few use, are no outputs of the graph
        if ends and not op.type.startswith("Placeholder") and any(
                each.type.startswith("Placeholder")
                for each in Reach([op], [], frozenset(), set(), set()).ops):
            found.extend(ends)
    return found


def _pairs(name, graph, outputs):
    """[(fetch, others with it)] of what is run; whether these are outputs, for want of updates."""
    train_ops = find_train_ops(graph)
    if train_ops or not outputs:
        return [(train_op, []) for train_op in _trained(name, train_ops)], False
    return [(outputs[0], outputs[1:])], True


def _tags(path):
    """Tags of the graph of a SavedModel that is for training, or of its first."""
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
    """Trains an Estimator's `model_fn` on what an `input_fn` gives."""
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
    """Calls a function with those of the named arguments that it takes, as an Estimator does."""
    known = inspect.signature(function).parameters
    return function(*values, **{key: value for key, value in offered.items() if key in known})


def _listed(value):
    if value is None:
        return []
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _first_line(error):
    """An error's kind and the line that says most; TensorFlow 2 puts that after the node's name."""
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
    """Runs every update once a step; two steps at least show which calls come round.

    Args:
      pairs: `[(update, losses that are fetched with it)]`.
      feeds: a `Feeds`, or None.
    """
    for step in range(max(steps, 2)):
        for train_op, losses in pairs:
            needed = [getattr(fetch, "op", fetch) for fetch in [train_op] + losses]
            try:
                session.run([train_op] + losses, feeds(step, needed) if feeds else None)
            except tf.errors.OutOfRangeError:  # the data has come to its end
                return
            except tf.errors.OpError as error:
                raise Failure("step {} failed: {}".format(step + 1, _first_line(error)),
                              EXIT_FAULT)


def find_train_ops(graph):
    """The operations that run whole updates: they train, and nothing needs them."""
    view, found, seen = GraphView(graph), [], set()
    for op in _last_operations(graph):
        reach = view.reach([op], [], ())
        updates = {write.name for write, variables in reach.writes.items() if is_apply(write)
                   or any(variable.name in view.trainable and reach.follows_itself(write, variable)
                          for variable in variables)}
        if updates - seen:
            found.append(op)
            seen |= updates
    return found


def _last_operations(graph):
    """The operations after a write of a variable that nothing needs, in the order of the graph."""
    needed, after = set(), set()
    for op in graph.get_operations():  # inputs come first, but for those of loops
        before = [tensor.op for tensor in op.inputs] + list(op.control_inputs)
        needed.update(before)
        if op.type in _FUNCTIONAL_TYPES or written_variables(op) or not after.isdisjoint(before):
            after.add(op)
    return [op for op in graph.get_operations() if op in after and op not in needed]


# ---- What a graph is fed --------------------------------------------------------------------


def load_batches(name):
    """Function of the step, from 0, that gives `{input name: value}`; None if nothing is named.

    Args:
      name: an .npz file of `{input: [steps, ...]}`, or "file.py:function", such a function; its
        batches can differ in size.
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
        if not array.ndim or not len(array):
            raise Failure("--batches={}: expected {} of shape [steps, ...], received {}".format(
                name, key, list(array.shape)))
    return lambda step: {key: array[step % len(array)] for key, array in arrays.items()}


class Feeds(object):
    """What a graph is fed that nobody feeds: a file's batches, a function's, or drawn values.

    Args:
      graph: the graph.
      inputs: `{name: placeholder}`, other names for placeholders.
      fixed: `{placeholder: value or function of the step}`.
      batches: function of the step that gives `{input name: value}`, or None.
    """

    def __init__(self, graph, inputs, fixed, batches):
        self._graph, self._fixed, self._batches = graph, fixed, batches
        self._inputs, self._placeholders = dict(inputs), {}
        for name, tensor in inputs.items():
            if hasattr(tensor, "dense_shape"):
                self._inputs.update({name + "/values": tensor.values, name + "/indices":
                                     tensor.indices, name + "/shape": tensor.dense_shape})

    def __call__(self, step, targets):
        """`{placeholder: value}` of all that operations need at a step, counted from 0."""
        given = self._given(step)
        placeholders, size = self._reached(targets)
        missing = [op.outputs[0] for op in placeholders if op.outputs[0].name not in given]
        _check_drawn(self._graph, missing)
        values = {self._graph.get_tensor_by_name(name): value for name, value in given.items()}
        values.update((tensor, draw(tensor, step, size)) for tensor in missing)
        return values

    def _reached(self, targets):
        """(the placeholders that operations need, the size of a batch)."""
        key = tuple(op.name for op in targets)
        if key not in self._placeholders:
            ops = Reach(targets, [], frozenset(), set(), set()).ops
            self._placeholders[key] = sorted(
                (op for op in ops if op.type.startswith("Placeholder")
                 and op.type != "PlaceholderWithDefault"), key=lambda op: op.name), batch_size(ops)
        return self._placeholders[key]

    def _given(self, step):
        """`{tensor name: value}` of what a file or a function gives at a step."""
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
        """The tensor, or sparse tensor, that a name or a tensor stands for."""
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
    """The pairs of tensor and value that a pair of a sparse tensor and its value stands for."""
    if not hasattr(tensor, "dense_shape"):
        return [(tensor, value)]
    return list(zip((tensor.indices, tensor.values, tensor.dense_shape), value))


def _checked(tensor, value, step):
    """A value that is to be fed, if its kind and shape fit."""
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
    """Failure that names the inputs that nobody gave and that no draw can stand for."""
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
    """How many rows all have that is drawn or fed with a fixed number of them; else `unknown`."""
    shapes = [op.outputs[0].shape for op in ops
              if op.type in RANDOM_TYPES or op.type.startswith("Placeholder")]
    sizes = {shape.as_list()[0] for shape in shapes if shape.ndims and shape.ndims > 1} - {None}
    return sizes.pop() if len(sizes) == 1 else unknown


def draw(tensor, step, unknown=8):
    """A value for a placeholder: normal numbers, one-hot rows where they are labels of a softmax,
    or whole numbers below the bound that the graph knows."""
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
    """Whether a tensor of floats says what a softmax should give."""
    for op in tensor.consumers():
        if op.type == "SoftmaxCrossEntropyWithLogits" and op.inputs[1] is tensor:
            return True
        if depth and op.type in ("Identity", "Reshape", "StopGradient") and (
                op.inputs[0] is tensor and _is_label(op.outputs[0], depth - 1)):
            return True
    return False


def bound_of(tensor):
    """How many values a tensor of whole numbers can take: rows of a table, classes, or 2."""
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
    """A parser whose errors are one line."""

    def error(self, message):
        """Ends in the line."""
        raise Failure(message)


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
                        help="what is written (default: %(default)s)")
    parser.add_argument("--batches", default="", metavar="FILE",
                        help="batches for a function or a graph: .npz of {input: [steps, ...]}, or "
                             "file.py:function, a function of the step that returns {input: "
                             "value}; unset: drawn from the inputs' shapes")
    parser.add_argument("--input_fn", default="", metavar="FILE:FUNCTION",
                        help="what feeds a model_fn")
    parser.add_argument("--params", default="{}", metavar="JSON", help="params of a model_fn")
    parser.add_argument("--show", metavar="FOLDER", help="say what a capture holds")
    parser.add_argument("--skeleton", metavar="FILE",
                        help="with --show: write the frame of a Keras port")
    parser.add_argument("--replay", metavar="FOLDER",
                        help="run a capture again, in float32 and float64, and compare")
    parser.add_argument("--legacy_python", default="", metavar="PATH",
                        help="with --replay: interpreter with the real TensorFlow 1")
    parser.add_argument("program", nargs="*", help=argparse.SUPPRESS)
    return parser


def _parsed(arguments):
    """The command line; what comes after -- is the program's own."""
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


def _kind(program):
    """What a program is: "module", "function", "meta", "frozen", "folder" or "script"."""
    if program[0] == "-m":
        return "module"
    if split_function(program[0]):
        return "function"
    for kind, end in (("meta", ".meta"), ("frozen", ".pb")):
        if program[0].endswith(end):
            return kind
    return "folder" if os.path.isdir(program[0]) else "script"


def _start(tf, asked, capture):
    """Runs the program that was asked for, its sessions hooked."""
    target, kind = asked.program[0], _kind(asked.program)
    if kind in ("module", "script"):
        return run_script(asked.program)
    tf.logging.set_verbosity(tf.logging.ERROR)  # what is out of date in this file is no news
    sys.argv = list(asked.program)
    if asked.input_fn:
        return run_model_fn(tf, target, asked.input_fn, json.loads(asked.params), asked.steps)
    batches = load_batches(asked.batches)
    if kind == "function":
        return run_function(tf, target, asked.steps, batches, capture)
    run = {"meta": run_meta_graph, "frozen": run_frozen_graph}.get(kind, run_saved_model)
    return run(tf, target, asked.steps, batches, capture)


def _check(asked):
    """Failure if what was asked for cannot be captured, as far as that shows before TensorFlow."""
    if not asked.program or asked.program == ["-m"]:
        raise Failure("expected a program after --, received none")
    kind, target = _kind(asked.program), asked.program[0]
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
    """Failure if a module is nowhere; nothing is imported."""
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
    """Failure if a file is no Python that this interpreter reads."""
    with open(path, "rb") as file:
        content = file.read()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the program says them itself
            compile(content, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise Failure("{}: expected a program in Python {}, received {}{}".format(
            path, platform.python_version(), getattr(error, "msg", None) or error,
            " in line {}".format(line) if line else ""))


def _check_data(asked, kind):
    """Failure for flags of other kinds of program, or whose files are not there."""
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
    except ValueError:
        params = None
    if not isinstance(params, dict):
        raise Failure("--params={}: expected a dictionary in JSON".format(asked.params))


def _header(asked, tf):
    return {"format": FORMAT, "out": asked.out, "program": asked.program,
            "versions": {"tensorflow": tf.__version__, "numpy": np.__version__,
                         "python": platform.python_version(), "machine": platform.machine()}}


@contextlib.contextmanager
def _quiet():
    """Keeps the lines of TensorFlow's start, which it writes before it reads a setting, away."""
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
    """A capture whose end is the program's, whatever that catches and whatever still runs of it.

    Attributes:
      owner: the process that is captured; those that it makes are left alone.
      failure: the `Failure` that ended the capture, or None.
      left: an event: the program came to its end by itself.
    """

    def __init__(self, capture, folder):
        self._capture, self._folder, self._ended = capture, folder, threading.Event()
        self.owner, self.failure, self.left = os.getpid(), None, threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def run(self, session, targets, fetches, feeds, run, *options):
        """Runs a call as `Capture.run` does; what goes wrong there ends the program."""
        if os.getpid() != self.owner:
            return run(targets, fetches, feeds, *options)
        if self.failure:
            raise SystemExit(self.failure.status)
        try:
            return self._capture.run(session, targets, fetches, feeds, run, *options)
        except SystemExit:
            self._ended.set()
            raise
        except _tensorflow().errors.OpError:  # the program's own affair
            raise
        except Exception as error:
            self.failure = self.failure or _failure(error, self._folder)
            self._ended.set()
            raise SystemExit(self.failure.status)  # a program catches many an Exception

    def pass_by(self):
        """Counts a call that is not kept."""
        self._capture.pass_by()

    def _watch(self):
        """Ends the process when the capture has ended and the program does not follow."""
        self._ended.wait()
        if self.left.wait(_GRACE_SECONDS):
            return
        if self.failure:
            say(_one_line(self.failure))
        self._folder.discard()
        leave(self.failure.status if self.failure else 0)


def _failure(error, folder):
    """What an error of the capture itself ends in."""
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
    """Ends the process at SIGTERM and SIGINT, whatever the program catches; leaves no folder."""
    owner = os.getpid()

    def end(number, frame):
        if os.getpid() != owner:  # a process that the program made
            if number == signal.SIGINT:
                signal.default_int_handler(number, frame)
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        os.write(2, b"capture: interrupted\n" if number == signal.SIGINT else
                 b"capture: terminated\n")
        folder.discard()
        leave(128 + number)

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
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
    """Lets processes that the program forks meet signals as they would without a capture.

    A signal is held back while Python forks, since it forgets those that come then.
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
    """Shows the program's own traceback, without the frames of this file; one line on it."""
    sys.stderr.write(_without_own_frames("".join(traceback.format_exception(
        type(error), error, error.__traceback__))))
    return Failure("the program failed before its steps were whole: {}".format(
        _first_line(error)), EXIT_FAULT)


def _without_own_frames(text):
    """A traceback without the frames of this file, in the messages of TensorFlow neither."""
    own = (_without_own_frames.__code__.co_filename, runpy.run_path.__code__.co_filename)
    kept, own_frame = [], False
    for line in text.splitlines(True):
        if line.lstrip().startswith('File "'):  # TensorFlow 1 leaves out how its paths begin
            path = line.split('"')[1]
            own_frame = any(each.endswith(path) for each in own)
        elif not line.startswith("    "):
            own_frame = False
        if not own_frame:
            kept.append(line)
    return "".join(kept)


def _run(tf, asked, ending, capture):
    """Runs the program to its end or to the capture's; Failure if the steps are not whole."""
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
    """Ends a process that the program forked, and that came back to here, as Python would."""
    if os.getpid() == ending.owner:
        return
    code = getattr(error, "code", 1) if error is not None else 0
    if error is not None and not isinstance(error, SystemExit):
        traceback.print_exc()
    _flush()
    os._exit(code if isinstance(code, int) else 1 if code else 0)


def record(asked):
    """Captures the program that was asked for into `asked.out`."""
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
            folder.discard()  # of a whole one, nothing is left under that name


def _read(asked):
    """Shows or replays a capture, for which the rest of the package is needed."""
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
    except package.Failure as failure:  # this file runs under another name than the package's
        raise Failure(str(failure), failure.status)


def main(arguments):
    """Returns the exit status."""
    try:
        asked = _parsed(arguments)
        if asked.show or asked.replay:
            return _read(asked)
        record(asked)
        return 0
    except Failure as error:
        say(_one_line(error))
        return error.status
    except OSError as error:
        say("{}: {}".format(error.filename or "a file", error.strerror or error))
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
        except (AttributeError, OSError, RuntimeError, ValueError):  # closed, gone, or in use
            pass


def leave(status):
    """Ends the process at once: threads and processes of the program may never end."""
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
