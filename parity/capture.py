"""Captures a TensorFlow 1 program while it trains: one folder that runs again without its code.

    python -m parity.capture --steps=20 --out=captured -- train.py --their --flags
    python -m parity.capture --show captured

The program runs as it is. This file stands alone, so that it can be copied to the machine where
TensorFlow 1 lives and called there as `python capture.py`: it needs the standard library, NumPy and
TensorFlow (1.13 to 1.15, or 2 with `tf.compat.v1`). docs/capture.md describes the folder.
"""

import argparse
import errno
import glob
import hashlib
import importlib
import inspect
import io
import json
import linecache
import os
import platform
import runpy
import shutil
import signal
import sys
import threading
import time
import traceback
import zipfile
import zlib

import numpy as np

FORMAT = 1
EXIT_USAGE = 64
EXIT_FAULT = 70
EXIT_IO = 74

# Calls after which every variable is kept whole, beside the last one.
_KEPT_CALLS = frozenset([1, 2, 3, 5, 10, 20, 50, 100, 200])
# Bytes of the states in between; the first and the last are kept whatever they take.
_STATES_BYTES = 256 * 2 ** 20
# Program calls that are watched for a kind of call that the graph holds and that did not come yet.
_PATIENCE = 250
_REPEAT_SECONDS = 2.0
_SEED = 87654321

VARIABLE_TYPES = ("VariableV2", "Variable", "VarHandleOp")
APPLY_TYPES = ("Apply", "SparseApply", "ResourceApply", "ResourceSparseApply")
_WRITE_TYPES = APPLY_TYPES + (
    "Assign", "Scatter", "ResourceScatter", "ResourceStridedSliceAssign", "StridedSliceAssign",
    "CountUpTo", "ResourceCountUpTo")
_FUNCTIONAL_TYPES = ("While", "StatelessWhile", "If", "StatelessIf", "Case", "PartitionedCall",
                     "StatefulPartitionedCall")
# Stateful by their definition, and yet replayed from the graph alone.
_REPLAYED_TYPES = VARIABLE_TYPES + _FUNCTIONAL_TYPES + (
    "ReadVariableOp", "VarIsInitializedOp", "IsVariableInitialized", "VariableShape", "Assert",
    "Print", "PrintV2", "TemporaryVariable", "DestroyTemporaryVariable")
_REPLAYED_STARTS = ("ResourceGather", "TensorArray", "Stack", "TensorList")
_PYTHON_TYPES = ("PyFunc", "PyFuncStateless", "EagerPyFunc")
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
        if op.type not in ("Identity", "RefIdentity", "Enter", "RefEnter", "Switch", "RefSwitch"):
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
    elif not op.type.startswith(_WRITE_TYPES):
        return []
    found = [variable_of(tensor) for tensor in op.inputs if _is_handle(tensor)]
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
    if op.type in RANDOM_TYPES or any(
            _is_handle(tensor) and variable_of(tensor) is None
            and not tensor.op.type.startswith(_REPLAYED_STARTS) for tensor in op.inputs):
        return True
    # What passes a network's values on, as a check of numbers does, is part of the network.
    return op.op_def.is_stateful and not _needs_variables(op)


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
            draws = op.type in _FUNCTIONAL_TYPES and self._drawing.intersection(_called(op.node_def))
            if draws or (is_stateful_input(op) and _in_control_flow(op)):
                self.hidden.append(op.name)
            elif is_stateful_input(op):
                self.stateful.update((tensor.name, tensor) for tensor in op.outputs
                                     if not _is_handle(tensor))
                cut.append(op)
                continue
            waiting.extend(tensor.op for tensor in self._unfed(op.inputs))
            waiting.extend(op.control_inputs)
        return cut

    def applies(self):
        """Names of the apply operations, sorted."""
        return sorted(op.name for op in self.writes if is_apply(op))

    def follows_itself(self, op, variable):
        """Whether a written value depends on the variable before and on data."""
        itself, data = not op.type.startswith(("Assign", "ScatterUpdate")) or op.type.startswith(
            ("AssignAdd", "AssignSub")), False
        waiting, seen = [tensor for tensor in op.inputs if not _is_handle(tensor)], set()
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
        reach.trains = bool(reach.applies()) or any(
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
            sample = content[:65536]  # random weights do not shrink, slots of zeros do
            shrinks = len(zlib.compress(sample, 1)) < 0.7 * len(sample)
            self._zip.writestr(zipfile.ZipInfo(digest + ".npy"), content,
                               zipfile.ZIP_DEFLATED if shrinks else zipfile.ZIP_STORED)
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
        if os.path.exists(self.out):
            raise Failure("--out={}: expected a folder that is not there yet, received one that "
                          "is".format(out))
        for left in glob.glob(glob.escape(self.out) + ".*.part"):  # of a capture that was killed
            if not _is_running(left.split(".")[-2]):
                shutil.rmtree(left)
        self._part = "{}.{}.part".format(self.out, os.getpid())
        try:
            os.makedirs(self._part)
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
        with open(os.path.join(self._part, "capture.json"), "w") as file:
            json.dump(header, file, indent=1, sort_keys=True, allow_nan=False)
            file.flush()
            os.fsync(file.fileno())
        os.rename(self._part, self.out)

    def discard(self):
        """Removes what was written."""
        shutil.rmtree(self._part, ignore_errors=True)


def _is_running(process):
    try:
        os.kill(int(process), 0)
    except (OSError, ValueError):
        return False
    return True


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
        # Copied at once: what a reference variable gives is the buffer that is written next.
        return {op.name: np.array(value) for op, value in zip(ops, values) if value is not None}

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

    def __init__(self):
        self.lines, self._numbers, self.operations = [], {}, {}

    def add(self, op):
        """Notes where an operation was made, innermost first, three callers at most."""
        frames = [frame for frame in reversed(list(op.traceback)) if _is_own(frame[0])][:3]
        if frames:
            self.operations[op.name] = [self._number(frame) for frame in frames]

    def _number(self, frame):
        key = tuple(frame[:3])
        if key not in self._numbers:
            path, line, function = key
            self._numbers[key] = len(self.lines)
            self.lines.append([os.path.relpath(path), line, function,
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
    """

    def __init__(self, folder, steps, header):
        self._folder, self._steps, self._header = folder, steps, header
        self._views, self._lock, self._own = {}, threading.RLock(), threading.local()
        self._session = self._view = self._variables = None
        self._calls, self._kinds, self._digests = [], [], {}
        self._last_states = None
        self._reached, self._fed = {}, set()
        self._said = time.time()
        self.done = False

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
        reach = self._belonging(session, targets, fetches, feeds)
        if reach is None:
            return run(targets, fetches, feeds, *options)
        with self._lock:
            if (reach.trains or reach.gathers) and self._enough():
                self.finish()
                raise SystemExit(0)
            self._own.busy = True
            try:
                return self._keep(session, targets, fetches, feeds, reach, run, options)
            finally:
                self._own.busy = False

    def _belonging(self, session, targets, fetches, feeds):
        """The `Reach` of a call that belongs to training, else None."""
        with self._lock:
            reach = self._view_of(session.graph).reach(targets, fetches, feeds)
        trains = reach.trains or reach.gathers
        if self._session is None:
            return reach if trains else None
        if session is not self._session:
            if trains:
                self._other_session()
            return None
        return reach if reach.writes else None

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

    def _enough(self):
        """Whether the steps that were asked for are whole, with every kind of call that there is."""
        count, length = len(self._kinds), round_length(self._kinds)
        patience = max(_PATIENCE, 10 * self._steps)
        if count >= patience:
            return True
        seen = set().union(*self._kinds) if self._kinds else set()
        return bool(length) and count >= self._steps * length and seen >= self._view.apply_names

    def _keep(self, session, targets, fetches, feeds, reach, run, options):
        if self._session is None:
            self._session, self._view = session, self._view_of(session.graph)
            self._variables = Variables(self._view, run)
        before = self._variables.read()
        extra = [tensor for name, tensor in sorted(reach.stateful.items())
                 if tensor not in fetches and tensor.consumers()]
        start = time.time()
        results = run(targets, list(fetches) + extra, feeds, *options)
        seconds = time.time() - start
        values = {tensor.name: np.array(value)
                  for tensor, value in zip(list(fetches) + extra, results)}
        after = self._variables.read()
        call = self._entry(targets, fetches, feeds, reach, values, seconds)
        whole = len(self._calls) + 1 in _KEPT_CALLS and (
            not self._calls or self._folder.store.bytes < _STATES_BYTES)
        self._add_states(call, before, after, whole)
        if whole:
            call["repeats"] = self._repeated(call, targets, fetches, feeds, reach, values, before,
                                             after, run)
        self._calls.append(call)
        if reach.trains:
            self._kinds.append(frozenset(reach.applies()) or frozenset(
                op.name for op in reach.writes))
        self._reached.update((op.name, op) for op in reach.ops)
        self._fed.update(reach.feeds)
        self._progress()
        return results[:len(fetches)]

    def _entry(self, targets, fetches, feeds, reach, values, seconds):
        store = self._folder.store
        return {
            "role": "train" if reach.trains else "gather" if reach.gathers else "write",
            "targets": [op.name for op in targets],
            "behind": sorted(op.name for op in reach.behind),
            "fetches": {tensor.name: store.add(values[tensor.name]) for tensor in fetches
                        if tensor.name not in reach.stateful and not _is_text(tensor)},
            "feeds": {name: store.add(feeds[name]) for name in sorted(reach.feeds)},
            "stateful": {name: store.add(values[name]) for name in sorted(reach.stateful)
                         if name in values},
            "hidden": sorted(reach.hidden),
            "applies": reach.applies(),
            "writes": sorted({variable.name for variables in reach.writes.values()
                              for variable in variables}),
            "seconds": round(seconds, 6)}

    def _add_states(self, call, before, after, whole):
        """All variables where a call is kept whole; else what something else moved before it."""
        digests = {name: _digest(value) for name, value in before.items()}
        changed = {name for name in before if self._digests.get(name) != digests[name]}
        store = self._folder.store
        call["before"] = {name: store.add(before[name]) for name in sorted(before)
                          if whole or name in changed}
        call["moved"] = sorted(changed) if self._calls else []
        self._digests = {name: _digest(value) for name, value in after.items()}
        call["digests"] = {name: digest for name, digest in self._digests.items()
                           if digests.get(name) != digest}
        call["after"] = {name: store.add(value) for name, value in sorted(after.items())
                         } if whole else None
        self._last_states = None if whole else (call, before, after)

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
                if gap:
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
                raise Failure("the program ended before its first training call: expected a call "
                              "of Session.run that reaches an optimiser's update")
            self.done = True
            if self._last_states:
                call, before, after = self._last_states
                call["before"] = {name: self._folder.store.add(value)
                                  for name, value in sorted(before.items())}
                call["after"] = {name: self._folder.store.add(value)
                                 for name, value in sorted(after.items())}
            self._write()

    def _write(self):
        steps, length = self._whole_steps()
        steps = min(steps, self._steps)
        graph, inputs = self._pruned()
        lines = Lines()
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
    node.attr["dtype"].type = tensor.dtype.as_datatype_enum
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


def _digest(array):
    if array.dtype.kind == "O":
        return hashlib.sha256(repr(array.tolist()).encode("utf-8")).hexdigest()[:16]
    return hashlib.sha256(np.ascontiguousarray(array)).hexdigest()[:16]


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
    except ImportError as error:
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
    base._make_callable_from_options = _Callable
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
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path.insert(0, os.path.dirname(os.path.abspath(arguments[0])))
        runpy.run_path(arguments[0], run_name="__main__")


def load_function(name):
    """The function that "file.py:function" or "package.module:function" names."""
    place, _, attribute = name.rpartition(":")
    if place.endswith(".py"):
        if not os.path.isfile(place):
            raise Failure("{}: expected a file, received none".format(place))
        sys.path.insert(0, os.path.dirname(os.path.abspath(place)))
        place = os.path.splitext(os.path.basename(place))[0]
    else:
        sys.path.insert(0, os.getcwd())
    module = importlib.import_module(place)
    if not callable(getattr(module, attribute, None)):
        raise Failure("{}: expected a function, received no such name in {}".format(
            name, module.__file__))
    return getattr(module, attribute)


def run_function(tf, name, steps, batches):
    """Calls a function that builds a graph, and trains it.

    The function may return a dictionary with any of `inputs` ({name: placeholder}), `loss` or
    `losses`, `train_op` or `train_ops`, `outputs`, `feed` ({placeholder: value, or function of the
    step}) and `set` ({variable: value}); what it leaves out is read off the graph.
    """
    function = load_function(name)
    if "features" in inspect.signature(function).parameters:
        raise Failure("{}: a model_fn needs --input_fn=FILE:FUNCTION".format(name))
    with tf.Graph().as_default() as graph:
        built = function()
        built = built if isinstance(built, dict) else {}
        train_ops = built.get("train_ops", built.get("train_op")) or find_train_ops(graph)
        with tf.Session(graph=graph) as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer(),
                         tf.tables_initializer()])
            for variable, value in built.get("set", {}).items():
                variable.load(value, session)
            _train(session, _listed(train_ops), _listed(built.get("losses", built.get("loss"))),
                   steps, Feeds(graph, built.get("inputs", {}), built.get("feed", {}), batches))


def run_meta_graph(tf, path, steps, batches):
    """Trains the graph of a `.meta` file, from the checkpoint beside it where there is one."""
    with tf.Graph().as_default() as graph:
        saver = tf.train.import_meta_graph(path, clear_devices=True)
        train_ops = _listed(tf.get_collection("train_op")) or find_train_ops(graph)
        with tf.Session(graph=graph) as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            if os.path.exists(path[:-len(".meta")] + ".index"):
                saver.restore(session, path[:-len(".meta")])
            _train(session, train_ops, [], steps, Feeds(graph, {}, {}, batches))


def run_model_fn(tf, name, input_fn, params, steps):
    """Trains an Estimator's `model_fn` on what an `input_fn` gives."""
    function, inputs = load_function(name), load_function(input_fn)
    offered = {"mode": "train", "params": params, "config": None}
    with tf.Graph().as_default() as graph:
        tf.train.get_or_create_global_step()
        batch = inputs()
        if hasattr(batch, "make_one_shot_iterator") or hasattr(batch, "element_spec"):
            iterator = tf.data.make_initializable_iterator(batch)
            tf.add_to_collection(tf.GraphKeys.TABLE_INITIALIZERS, iterator.initializer)
            batch = iterator.get_next()
        features, labels = batch if isinstance(batch, tuple) else (batch, None)
        known = inspect.signature(function).parameters
        spec = function(features, **dict({"labels": labels} if "labels" in known else {}, **{
            key: value for key, value in offered.items() if key in known}))
        with tf.Session(graph=graph) as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer(),
                         tf.tables_initializer()])
            tf.train.start_queue_runners(session)
            _train(session, [spec.train_op], [spec.loss], steps, None)


def run_saved_model(tf, path, steps, batches):
    """Trains a SavedModel that still has its updates."""
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        tf.saved_model.loader.load(session, [tf.saved_model.tag_constants.SERVING], path)
        _train(session, find_train_ops(graph), [], steps, Feeds(graph, {}, {}, batches))


def _listed(value):
    if value is None:
        return []
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _train(session, train_ops, losses, steps, feeds):
    if not train_ops:
        raise Failure("the graph holds no optimiser's update: expected one to train with")
    for step in range(2 * steps + 4):
        for train_op in train_ops:
            session.run([train_op] + losses, feeds(step, train_op) if feeds else None)


def find_train_ops(graph):
    """The operations that run whole updates: they reach an apply operation, nothing needs them."""
    needed = set()
    for op in graph.get_operations():
        needed.update(tensor.op for tensor in op.inputs)
        needed.update(op.control_inputs)
    found, seen = [], set()
    for op in graph.get_operations():
        if op not in needed and not op.name.startswith("save"):
            reach = Reach([op], [], frozenset(), set(), set())
            applies = frozenset(reach.applies())
            if applies - seen:
                found.append(op)
                seen |= applies
    return found


class Feeds(object):
    """What a graph is fed that nobody feeds: a file's batches, a function's, or drawn values.

    Args:
      graph: the graph.
      inputs: `{name: placeholder}`, other names for placeholders.
      fixed: `{placeholder: value or function of the step}`.
      batches: path of an .npz file of `{name: [steps, ...]}`, or "".
    """

    def __init__(self, graph, inputs, fixed, batches):
        self._graph, self._fixed = graph, fixed
        self._names = {tensor.op.name: name for name, tensor in inputs.items()}
        self._arrays = {}
        if batches:
            try:
                with np.load(batches, allow_pickle=False) as file:
                    self._arrays = {name: file[name] for name in file.files}
            except (OSError, ValueError, zipfile.BadZipFile) as error:
                raise Failure("--batches={}: expected an .npz file of arrays, received {}".format(
                    batches, error))

    def __call__(self, step, train_op):
        """`{placeholder: value}` of all that an operation needs at a step, counted from 0."""
        reach = Reach([train_op], [], frozenset(), set(), set())
        return {op.outputs[0]: self._value(op, step) for op in sorted(
            reach.ops, key=lambda op: op.name) if op.type == "Placeholder"}

    def _value(self, op, step):
        tensor = op.outputs[0]
        for key, value in self._fixed.items():
            if key is tensor:
                return value(step) if callable(value) else value
        for name in (self._names.get(op.name), op.name, tensor.name):
            if name in self._arrays:
                return self._arrays[name][step % len(self._arrays[name])]
        return draw(tensor, step)


def draw(tensor, step, unknown=8):
    """A value for a placeholder: normal, or whole numbers below the bound that the graph knows.

    Raises:
      Failure: the placeholder's shape is unknown, or it holds text.
    """
    if tensor.shape.ndims is None or tensor.dtype.name == "string":
        raise Failure("{}: expected a value in --batches, since shape or kind are open".format(
            tensor.op.name))
    shape = [size or unknown for size in tensor.shape.as_list()]
    seed = int(hashlib.sha256("{} {}".format(tensor.name, step).encode()).hexdigest()[:8], 16)
    random = np.random.RandomState(seed)
    if tensor.dtype.name == "bool":
        return np.array(True) if not shape else random.rand(*shape) < 0.5
    if tensor.dtype.is_floating:
        return random.standard_normal(shape).astype(tensor.dtype.as_numpy_dtype)
    return random.randint(0, bound_of(tensor), shape)


def bound_of(tensor, depth=4):
    """How many values a tensor of whole numbers can take: rows of a table, classes, or 2."""
    for op in tensor.consumers():
        if op.type in ("Gather", "GatherV2", "ResourceGather") and op.inputs[1] is tensor:
            table = variable_of(op.inputs[0])
            shape = _variable_shape(table) if table is not None else op.inputs[0].shape.as_list()
            return shape[0]
        if op.type == "SparseSoftmaxCrossEntropyWithLogits":
            return op.inputs[0].shape.as_list()[-1]
        if op.type == "OneHot" and op.inputs[1].op.type == "Const":
            return int(_tensorflow().make_ndarray(op.inputs[1].op.get_attr("value")))
    bounds = [bound_of(output, depth - 1) for op in tensor.consumers() for output in op.outputs
              if depth and output.dtype.is_integer]
    return max(bounds or [2])


# ---- The command ----------------------------------------------------------------------------


def _parser():
    parser = argparse.ArgumentParser(
        prog="parity.capture", description=__doc__.splitlines()[0],
        usage="parity.capture [--steps=N] [--out=FOLDER] -- PROGRAM [its arguments]\n"
              "       parity.capture --show FOLDER [--skeleton=FILE]\n"
              "       parity.capture --replay FOLDER [--legacy_python=PATH]",
        epilog="PROGRAM: train.py, -m package.module, file.py:function, graph.meta, or the folder "
               "of a SavedModel")
    parser.add_argument("--steps", type=int, default=20, metavar="N",
                        help="training steps to keep (default: %(default)s)")
    parser.add_argument("--out", default="captured", metavar="FOLDER",
                        help="what is written (default: %(default)s)")
    parser.add_argument("--batches", default="", metavar="FILE",
                        help="batches for a function or a graph: .npz of {input: [steps, ...]}; "
                             "unset: drawn from the inputs' shapes")
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


def _start(tf, asked):
    """Runs the program that was asked for, its sessions hooked."""
    target = asked.program[0]
    if target.endswith(".meta"):
        run_meta_graph(tf, target, asked.steps, asked.batches)
    elif os.path.isdir(target):
        run_saved_model(tf, target, asked.steps, asked.batches)
    elif ":" in target and asked.input_fn:
        run_model_fn(tf, target, asked.input_fn, json.loads(asked.params), asked.steps)
    elif ":" in target:
        run_function(tf, target, asked.steps, asked.batches)
    else:
        run_script(asked.program)


def _check(asked):
    if asked.steps < 1:
        raise Failure("--steps={}: expected a whole number from 1".format(asked.steps))
    if not asked.program or asked.program == ["-m"]:
        raise Failure("expected a program after --, received none")
    target = asked.program[0]
    place = target.rpartition(":")[0] or target
    if target != "-m" and (place.endswith((".py", ".meta")) or os.sep in place) and (
            not os.path.exists(place)):
        raise Failure("{}: expected a program, received no such file".format(place))
    try:
        json.loads(asked.params)
    except ValueError as error:
        raise Failure("--params={}: expected JSON, received {}".format(asked.params, error))


def _header(asked, tf):
    return {"format": FORMAT, "out": asked.out, "program": asked.program,
            "versions": {"tensorflow": tf.__version__, "numpy": np.__version__,
                         "python": platform.python_version(), "machine": platform.machine()}}


def _programs_error(folder):
    """Shows the program's own traceback, without the frames of this file; one line on it."""
    kind, error, frames = sys.exc_info()
    while frames is not None and not _is_own(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    traceback.print_exception(kind, error, frames)
    text = " ".join(str(error).split())[:200]
    return Failure("the program failed before its steps were whole: {}: {}".format(
        kind.__name__, text), EXIT_FAULT)


def record(asked):
    """Captures the program that was asked for into `asked.out`."""
    _check(asked)
    tf = _tensorflow()
    folder = Folder(asked.out)
    capture = Capture(folder, asked.steps, _header(asked, tf))
    try:
        hook(capture)
        try:
            _start(tf, asked)
        except SystemExit as ended:
            if ended.code not in (None, 0) and not capture.done:
                raise Failure("the program ended with {} before its steps were whole".format(
                    ended.code), EXIT_FAULT)
        except (Failure, KeyboardInterrupt, _Terminated):
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise
            if not capture.done:
                raise _programs_error(folder)
        capture.finish()
    finally:
        if not capture.done:
            folder.discard()


class _Terminated(BaseException):
    pass


def _terminate(*unused_signal):
    raise _Terminated


def main(arguments):
    """Returns the exit status."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        asked = _parser().parse_args(arguments)
        if asked.show or asked.replay:
            from parity.reference import command
            return command.main(asked)
        record(asked)
        return 0
    except Failure as error:
        say(" ".join(str(error).split()))
        return error.status
    except OSError as error:
        say("{}: {}".format(error.filename or "--out", error.strerror))
        return EXIT_IO
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    except _Terminated:
        say("terminated")
        return 143


def console():
    """Entry point of the command `parity-capture`."""
    status = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # threads of the program, such as queue runners, may never end


if __name__ == "__main__":
    console()
