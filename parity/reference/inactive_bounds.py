"""Finds bounds that never act in the steps that are run, so that no comparison tests them.

With a clip above every gradient, a floor below every value or a cap that is not reached, the
program computes the same as with another bound, or none.
"""

import numpy as np
import tensorflow.compat.v1 as tf

from parity.reference import loops
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.reading import updates

# Operations that give a norm, or its reciprocal.
_OF_NORMS = ("Sqrt", "RealDiv", "Select", "SelectV2")
_COMPARISONS = ("Greater", "GreaterEqual", "Less", "LessEqual")


def _sides(op):
    """Tensors of which an operation selects one per element; [] of an operation without bound."""
    if op.type in ("Minimum", "Maximum") and op.outputs[0].dtype.is_floating:
        return list(op.inputs)
    if op.type in ("Select", "SelectV2") and op.outputs[0].dtype.is_floating:
        return list(op.inputs)[1:] if _is_a_threshold(op.inputs[0]) else []
    if op.type == "ClipByValue":
        return [op.inputs[0]]
    if op.type == "Relu6":
        return [tf.nn.relu(op.inputs[0])]
    return []


def _is_a_threshold(condition):
    """True where a condition compares with a chosen number; a comparison with 0 tests the sign."""
    op = tensors.through(condition).op
    return op.type in _COMPARISONS and any(tensors.scalar(each) for each in op.inputs)


class Bounds(object):
    """Bounds of a captured program, watched while its calls are replayed.

    Schedules are left out, since rates are compared at far steps, and so are gradients, which
    select as the forward pass does.

    Args:
      replay: a `parity.reference.replay.Replay`.
    """

    def __init__(self, replay):
        self._replay, self._of_call = replay, {}
        self._acts, self._watched = {}, {}
        graph, left_out = structure.of(replay.captured), tensors.ancestors(self._rates())
        # Only operations of the program, and not formulas that replace a kernel.
        names = {op.name for op in graph.operations} - loops.inside(replay.graph)
        with replay.graph.as_default():
            for op in replay.graph.get_operations():
                if op.name not in names or op in left_out or graph.gradient_scope(op):
                    continue
                watched = _watched(op)
                if watched:
                    self._watched[op] = watched

    def _rates(self):
        names = [update.rate.tensor for update in updates.read(self._replay.captured)
                 if update.rate and update.rate.tensor]
        found = (self._replay.tensor_name(name) for name in names)
        known = {op.name for op in self._replay.graph.get_operations()}
        return [self._replay.graph.get_tensor_by_name(name) for name in found
                if name.partition(":")[0] in known]

    def of(self, call):
        """Names of the tensors to fetch in a call, whose values `see` takes."""
        key = (tuple(call.targets), tuple(call.behind), tuple(call.fetches))
        if key not in self._of_call:
            fed = {tensor.op for tensor in self._replay.feeds(call)}
            ran = tensors.behind(self._replay.operations(call), lambda op: op in fed, True) - fed
            self._of_call[key] = sorted(name for op, names in self._watched.items()
                                        if op in ran for name in names)
        return self._of_call[key]

    def see(self, values):
        """Notes which bounds acted in a call, from fetched values, `{tensor: array}`."""
        for op, names in self._watched.items():
            if set(names) <= set(values):
                acts = self._acts.setdefault(op.name, np.zeros(len(names), bool))
                acts |= [bool(values[name]) for name in names]

    def never(self):
        """`[{"operation", "line", "always"}]` of the bounds that were computed and never acted.

        Or that "always" did: every number was the bound, and none what stands behind it.
        """
        return [{"operation": name, "line": self._line(name), "always": self._is_bound(name, acts)}
                for name, acts in sorted(self._acts.items()) if not acts.all()]

    def _is_bound(self, name, acts):
        """True where the side that an operation always returned is a number of the program.

        Clipping by a norm divides by the larger of the norm and the bound, and does nothing then.
        """
        op = self._replay.graph.get_operation_by_name(name)
        sides = [tensors.through(side) for side in _sides(op)] if len(acts) > 1 else []
        return not any(side.op.type in _OF_NORMS for side in sides) and any(
            not each and tensors.scalar(side) is not None for each, side in zip(acts, sides))

    def _line(self, operation):
        return ["{}:{}".format(line.path, line.line)
                for line in self._replay.captured.source(operation)[:1]]


def _watched(op):
    """Names of tensors, one per side: True where the operation returns anything but that side."""
    return [tf.reduce_any(tf.not_equal(op.outputs[0], side)).name for side in _sides(op)]
