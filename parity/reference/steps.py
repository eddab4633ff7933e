"""Runs the steps of a captured program again, freely."""

import itertools
import typing

import numpy as np

from parity import capture
from parity.reference import call_inputs
from parity.reference import watched
from parity.reference.reading import updates as reading


class Phase(typing.NamedTuple):
    """One training call of a step; in a graph that only runs forward, one call.

    Attributes:
      gradients: `{variable: dense array}` as given to the optimiser.
      losses: `{tensor: number}` from which the gradients are computed.
      inputs: `{tensor: array}` that were fed or iterated.
      draws: `[(kind, array)]` of random numbers, in the order of the calls that gather for it, its
        own call, and within each of the graph.
      rates: `{variable: learning rate}`.
      outputs: `{layer: array}`, and `{layer/activation: array}` where an activation follows.
      fetched: `{tensor: array}` of a graph that only runs forward.
    """

    gradients: dict
    losses: dict
    inputs: dict
    draws: list
    rates: dict
    outputs: dict
    fetched: dict


class Passed(typing.NamedTuple):
    """Losses and rates of a phase in a step that is not compared, fields as of `Phase`."""

    losses: dict
    rates: dict


class Step(typing.NamedTuple):
    """One step.

    Attributes:
      number: number of the step, from 0.
      phases: its `Phase`s.
      before, after: `{variable: array}` around it.
      gathered: `[{tensor: array}]`, inputs of each call that gathers for a later one.
    """

    number: int
    phases: list
    before: dict
    after: dict
    gathered: list


def runs_forward(captured):
    """True where no call trains; then each call is a step, of which the fetched values count."""
    return not any(call.role == "train" for call in captured.calls)


def grouped(captured):
    """Lists of calls, one a step: gathering calls before the training call, writes after it.

    They end where the capture stopped keeping inputs, see docs/capture.md; Failure where that is
    within the first step.
    """
    found = _grouped(captured)
    kept = _with_inputs(found)
    if not kept:
        raise capture.Failure("{}: expected the inputs of a whole step, received a capture that "
                              "stopped keeping them within the first, which has {} calls".format(
                                  captured.path, len(found[0])))
    return kept


def without_inputs(captured):
    """Number of captured steps whose inputs were not kept."""
    found = _grouped(captured)
    return len(found) - len(_with_inputs(found))


def _with_inputs(found):
    return list(itertools.takewhile(lambda calls: all(call.has_inputs for call in calls), found))


def _grouped(captured):
    if runs_forward(captured):
        return [[call] for call in captured.calls][:captured.header["steps"]]
    steps, trained, gathered = [], 0, []
    for call in captured.calls:
        if call.role == "gather":
            gathered.append(call)
            continue
        if call.role == "train":
            if trained % captured.header["calls_a_step"] == 0:
                steps.append([])
            trained += 1
        steps[-1].extend(gathered + [call])
        gathered = []
    return steps[:captured.header["steps"]]


def first_state(captured, read):
    """`{variable: array}` before the first step, with Adam's powers converted by `read`."""
    powers = {name for update in reading.read(captured) for role, name in update.slots.items()
              if role.endswith("_power")}
    return {name: read(value) if name in powers and value.dtype.kind == "f" else value
            for name, value in captured.calls[0].before().items()}


class Runner(object):
    """Runs a capture's steps in a replay.

    Args:
      replay: a `parity.reference.replay.Replay`.
      bounds: the `parity.reference.inactive_bounds.Bounds` that watch `run`, or None.
    """

    def __init__(self, replay, bounds=None):
        self.replay, self._captured, self._bounds = replay, replay.captured, bounds
        self._forward = runs_forward(replay.captured)
        self.call_inputs = call_inputs.CallInputs(replay.captured, replay.dtype)
        self._watched = watched.Watched(replay.captured)

    def run(self, number, calls, change=None, before=None, between=None):
        """Runs one step from the present state; returns the `Step`.

        Args:
          number: number of the step, from 0.
          calls: its calls.
          change: function that changes each array that a call is fed, or None.
          before: the present state, `{variable: array}`; it is read if None.
          between: function () that is called before each call but the first, or None.
        """
        before = self.replay.state() if before is None else before
        phases, gathered, draws, early = [], [], [], {}
        for position, call in enumerate(calls):
            if position and between:
                between()
            if number or position:  # the start is loaded as a whole
                self._move(call)
            draws += self.call_inputs.draws(call)
            if call.role == "train" or self._forward:
                phases.append(self._phase(call, change, early)._replace(draws=draws))
                draws, early = [], {}
            elif call.role == "gather":
                gathered.append(self.call_inputs.inputs(call))
                self._gather(call, change, early)
            else:
                self._run(call, change, call.fetches)
        return Step(number, phases, before, self.replay.state(), gathered)

    def advance(self, number, calls, change=None):
        """Runs one step from the present state; returns the `Passed` of each phase."""
        passed = []
        for position, call in enumerate(calls):
            if number or position:
                self._move(call)
            watch = self._watched.of(call) if call.role == "train" else None
            values = self.replay.run(call, change, fetches=sorted(
                {*watch.rates.values(), *watch.losses} if watch else ()))
            if watch:
                passed.append(Passed({name: values[name] for name in watch.losses
                                      if name in values},
                                     {variable: values[name] for variable, name
                                      in watch.rates.items() if name in values}))
        return passed

    def _move(self, call):
        """Sets variables that something else than calls changed before this call."""
        moved = call.before()
        self.replay.load({name: moved[name] for name in call.moved})

    def _phase(self, call, change, early):
        watch = self._watched.of(call)
        values = self._run(call, change, watch.names)
        gradients = {variable: self._dense(variable, [values[name] for name in pair])
                     for variable, pair in watch.gradients.items()}
        return Phase({name: value for name, value in gradients.items() if value is not None},
                     {name: values[name] for name in watch.losses if name in values},
                     self.call_inputs.inputs(call), [],
                     {variable: values[name] for variable, name in watch.rates.items()
                      if name in values},
                     dict(early, **{layer: values[name] for layer, name in watch.outputs.items()
                                    if name in values}),
                     {name: values[name] for name in watch.fetched if name in values})

    def _run(self, call, change, names):
        """`{tensor: array}` of the named tensors of a call; notes the watched bounds."""
        values = self.replay.run(call, change, fetches=sorted(
            {*names, *(self._bounds.of(call) if self._bounds else ())}))
        if self._bounds:
            self._bounds.see(values)
        return values

    def _gather(self, call, change, early):
        """Runs a gathering call; keeps outputs of layers that no other call gives in `early`."""
        watch = self._watched.of(call)
        values = self._run(call, change, sorted(watch.outputs.values()))
        for layer, name in watch.outputs.items():
            early.setdefault(layer, values[name])

    def _dense(self, variable, parts):
        if not parts or parts[0] is None:
            return None
        if len(parts) == 1:
            return parts[0]
        dense = np.zeros(self._captured.variables[variable]["shape"], parts[0].dtype)
        np.add.at(dense, parts[1], parts[0])
        return dense
