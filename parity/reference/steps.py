"""A captured program's steps, run again freely, as a port is compared with them."""

import typing

import numpy as np

from parity.reference import taken
from parity.reference import watched
from parity.reference.reading import updates as reading


class Phase(typing.NamedTuple):
    """One training call of a step; of a graph that only runs forward, one call.

    Attributes:
      gradients: `{variable: dense array}` as given to the optimiser.
      losses: `{tensor: number}` from which they come.
      inputs: `{tensor: array}` that were fed or iterated.
      draws: `[(kind, array)]`, random numbers in the order of the calls that gather for it and
        its own, and of the graph.
      rates: `{variable: learning rate}`.
      outputs: `{layer: array}`, and `{layer/activation: array}` where one follows.
      fetched: `{tensor: array}` that a graph which only runs forward gives.
    """

    gradients: dict
    losses: dict
    inputs: dict
    draws: list
    rates: dict
    outputs: dict
    fetched: dict


class Passed(typing.NamedTuple):
    """What is looked at of a `Phase` of a step that is not compared."""

    losses: dict
    rates: dict


class Step(typing.NamedTuple):
    """One step: its number from 0, its phases, and every variable around it.

    `gathered` is `{tensor: array}` of the inputs of each call that gathers for a later one.
    """

    number: int
    phases: list
    before: dict
    after: dict
    gathered: list


def runs_forward(captured):
    """Whether no call trains: each is a step, and what it fetches is all that it does."""
    return not any(call.role == "train" for call in captured.calls)


def grouped(captured):
    """Calls of each step: those that gather come before the call that trains, writes after it."""
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
    """Every variable before the first step; an optimiser's powers as decimals that were written."""
    powers = {name for update in reading.read(captured) for role, name in update.slots.items()
              if role.endswith("_power")}
    return {name: read(value) if name in powers and value.dtype.kind == "f" else value
            for name, value in captured.calls[0].before().items()}


class Runner(object):
    """Runs a capture's steps in a replay.

    Args:
      replay: a `parity.reference.replay.Replay`.
      bounds: `parity.reference.exercised.Bounds` that watch the steps that are run whole, or None.
    """

    def __init__(self, replay, bounds=None):
        self.replay, self._captured, self._bounds = replay, replay.captured, bounds
        self._forward = runs_forward(replay.captured)
        self.taken = taken.Taken(replay.captured)
        self._watched = watched.Watched(replay.captured)

    def run(self, number, calls, change=None, before=None, between=None):
        """Runs one step from the present state, which is read if it is not given; the `Step`.

        `change` is a function of each array that a call takes, `between` one that is called
        before each call but the first.
        """
        before = self.replay.state() if before is None else before
        phases, gathered, draws, early = [], [], [], {}
        for position, call in enumerate(calls):
            if position and between:
                between()
            if number or position:  # the start is loaded as a whole
                self._move(call)
            draws += self.taken.draws(call)
            if call.role == "train" or self._forward:
                phases.append(self._phase(call, change, early)._replace(draws=draws))
                draws, early = [], {}
            elif call.role == "gather":
                gathered.append(self.taken.inputs(call))
                self._gather(call, change, early)
            else:
                self._run(call, change, call.fetches)
        return Step(number, phases, before, self.replay.state(), gathered)

    def advance(self, number, calls, change=None):
        """Takes one step from the present state; the `Passed` of each phase."""
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
        """Sets what something else than the calls moved before this one."""
        moved = call.before()
        self.replay.load({name: moved[name] for name in call.moved})

    def _phase(self, call, change, early):
        watch = self._watched.of(call)
        values = self._run(call, change, watch.names)
        gradients = {variable: self._dense(variable, [values[name] for name in pair])
                     for variable, pair in watch.gradients.items()}
        return Phase({name: value for name, value in gradients.items() if value is not None},
                     {name: values[name] for name in watch.losses if name in values},
                     self.taken.inputs(call), [],
                     {variable: values[name] for variable, name in watch.rates.items()
                      if name in values},
                     dict(early, **{layer: values[name] for layer, name in watch.outputs.items()
                                    if name in values}),
                     {name: values[name] for name in watch.fetched if name in values})

    def _run(self, call, change, names):
        """`{tensor: array}` of the named ones in a call, and of bounds that are watched."""
        values = self.replay.run(call, change, fetches=sorted(
            {*names, *(self._bounds.of(call) if self._bounds else ())}))
        if self._bounds:
            self._bounds.see(values)
        return values

    def _gather(self, call, change, early):
        """Runs a call that gathers for a later one; of layers that follow nowhere else, outputs."""
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
