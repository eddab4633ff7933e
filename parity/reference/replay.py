"""Replays a captured program: its graph, run again in a session."""

import functools
import typing

import numpy as np
import tensorflow.compat.v1 as tf

from parity import capture
from parity.reference import call_races
from parity.reference import float64_graph
from parity.reference import gates
from parity.reference import importing
from parity.reference import orders
from parity.reference import precision
from parity.reference import variables
from parity.reference.reading import updates


class Update(typing.NamedTuple):
    """A replayed call of which all variables were kept.

    Attributes:
      number: number of the call, from 1.
      call: the `parity.reference.captured_call.Call`.
      before, after: `{variable: array}` around it.
      fetched: `{tensor: array}` of the values that it fetches.
    """

    number: int
    call: typing.Any
    before: dict
    after: dict
    fetched: dict


class Replay(variables.GraphVariables):
    """A captured program in this interpreter.

    Args:
      captured: a `parity.reference.captured.Captured`.
      dtype: "float32", the graph as it is, or "float64", rewritten to float64.
      edits: functions of a GraphDef that return another, applied before the change of precision.
      order: the `parity.reference.orders.Order` in which racing accesses run.
      read: conversion of constants to float64: `precision.shortest`, `precision.as_stored`, ...
      looked_at: names of further tensors to fetch, which an edit may leave unused.

    Attributes:
      captured, dtype: as given.
      islands: names of operations that stay in float32.
    """

    def __init__(self, captured, dtype="float32", edits=(), order=orders.AS_CHOSEN,
                 read=precision.shortest, looked_at=()):
        self.captured, self.dtype, self._as_read = captured, dtype, order.as_read
        self._read = read
        self._placeholders = {entry["tensor"]: name + ":0"
                              for name, entry in captured.inputs.items()}
        self.islands, self._renamed = [], {}
        graph_def, left_out = captured.graph_def(), call_races.left_out(captured, order)
        gated = frozenset().union(*left_out.values())
        for edit in list(edits) + [gates.ordered(order, gated)]:
            graph_def = edit(graph_def)
        names = self._names_of_calls().union(
            map(self.tensor_name, list(looked_at) + _losses(captured)))
        graph_def = importing.importable(importing.needed(graph_def, names))
        if dtype == "float64":
            graph_def, self.islands, self._renamed = float64_graph.to_float64(graph_def, read)
        super(Replay, self).__init__(graph_def, captured.variables, self._name_in_graph)
        self._open = {kind: gates.open_for(self.graph, names)
                      for kind, names in left_out.items()}

    def computed_in_float32(self):
        """Names of operations without float64 kernel whose results other operations use."""
        ops = map(self.graph.get_operation_by_name, self.islands)
        return [op.name for op in ops if op.type not in capture.RANDOM_TYPES and any(
            output.dtype == tf.float32 for output in op.outputs)]

    def _names_of_calls(self):
        """Names of all that the calls run, fetch and are fed; initial values are left out."""
        names = set(self.captured.variables)
        for call in self.captured.calls:
            names.update(call.targets + call.behind + call.fetches + call.feeds + call.stateful)
        return {self.tensor_name(name) for name in names} - {""}

    def _name_in_graph(self, name):
        """Name, in the replayed graph, of an operation of the program."""
        return self._renamed.get("^" + name, name).lstrip("^")

    def tensor_name(self, name):
        """Name, in the replayed graph, of a tensor of the program."""
        if name in self._renamed:
            return self._renamed[name] + ":0"
        return self._placeholders.get(name, name)

    def feeds(self, call, change=None):
        """`{tensor: array}` of the inputs of a call, after a function `change` of each if given."""
        values = dict(call.fed(), **call.drawn())
        if self._as_read:
            values.update(call.read())
        fed = {}
        for name, value in sorted(values.items()):
            tensor = self.graph.get_tensor_by_name(self.tensor_name(name))
            value = variables.cast(precision.fed(value, self.dtype, self._read), tensor)
            fed[tensor] = change(value) if change else value
        fed.update(self._open.get(call_races.kind(call), {}))
        return fed

    def run(self, call, change=None, fetches=None):
        """Runs a call from the present state.

        Args:
          call: a `parity.reference.captured_call.Call`.
          change: function that changes each array that is fed, or None.
          fetches: names of the tensors to return; those that the program fetched if None. These
            are run in any case, since an update may hang on a fetched tensor.

        Returns:
          `{tensor name: array}`.
        """
        feeds = self.feeds(call, change)
        fed = {tensor.name for tensor in feeds}
        names = [name for name in (call.fetches if fetches is None else fetches)
                 if self.tensor_name(name) not in fed]
        operations = self.operations(call, fed)
        tensors = [self.graph.get_tensor_by_name(self.tensor_name(name)) for name in names]
        _, values = self.session.run([operations, tensors], feeds)
        return {name: np.array(value) for name, value in zip(names, values)}

    def operations(self, call, fed=()):
        """Operations that a call runs; fetched tensors named in `fed` are left out."""
        found = [self._operation(name) for name in call.targets + call.behind
                 if name not in self.captured.inputs]
        return found + [self.graph.get_tensor_by_name(self.tensor_name(name)).op
                        for name in call.fetches if self.tensor_name(name) not in fed]

    def updates(self, change=None):
        """Replays the calls that are `whole`, each from its captured state.

        A program that draws inside of loops has every call run once, in one session.

        Args:
          change: function that changes each array of state and input of a whole call, or None.

        Yields:
          `Update`s, in order.
        """
        self.restart()
        all_of_them = any(call.hidden for call in self.captured.calls)
        for number, call in enumerate(self.captured.calls, 1):
            if not call.whole and not all_of_them:
                continue
            changed = change if call.whole else None
            start = call.before()
            self.load({name: changed(start[name]) for name in sorted(start)}
                      if changed else start)
            before = self.state() if call.whole else {}
            fetched = self.run(call, change=changed)
            if call.whole:
                yield Update(number, call, before, self.state(), fetched)


def _losses(captured):
    """Names of the losses, which a program may compute for a summary alone."""
    return sorted({loss.tensor for update in updates.read(captured) for loss in update.losses
                   if loss.captured})


@functools.lru_cache(maxsize=2)
def _kept(captured, dtype, order):
    return Replay(captured, dtype, order=order)


def plain(captured, dtype="float32", order=orders.AS_CHOSEN):
    """`Replay` of an unedited capture, restarted.

    The last two are cached: jobs use the same one in turn, and close it.
    """
    replay = _kept(captured, dtype, order)
    replay.restart()
    return replay
