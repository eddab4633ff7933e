"""The variables of TensorFlow 1, made of what a port holds."""

from typing import NamedTuple

import numpy as np

from parity.pair import checkpoints
from parity.pair import counting
from parity.pair.states import STEP


class Made(NamedTuple):
    """A variable of TensorFlow 1.

    Attributes:
      name: its name.
      array: what it holds.
      places: names of the port's arrays that tell it; none of what the origin alone tells.
    """

    name: str
    array: np.ndarray
    places: list


class WayBack:
    """What the variables of TensorFlow 1 are by what a port holds.

    What Keras holds otherwise may round, as a forget bias that is added, and of some variables it
    holds nothing. Where there is an origin, a state of TensorFlow 1, its variables stand where the
    port still holds what it would hold of them, and counters go on from there.

    Args:
      states: the pair's `parity.pair.states.States`.
      held: mapping from "<kind>/0/<name>" to arrays of the port.
      rates: `{number of the port's optimiser: learning rate of its next update}`.
      origin: `{variable: array}`.
    """

    def __init__(self, states, held, rates, origin=None):
        self._states, self._found, self._held = states, states.found, held
        self._origin = origin or {}
        self._trace = states.trace(rates=rates)
        self._state = checkpoints.State(self._trace, self._found, STEP)
        self._of_origin = _of_origin(states, self._origin, rates)
        self._places = {name: [part.place for part in parts]
                        for name, parts in self._state.parts.items()}
        self._places.update((name, [counter])
                            for name, (_, counter) in self._state.powers.items())
        self._counters = self._all_counters()
        self._places.update((name, [_iterations(number)])
                            for name, (number, _) in self._counters.items())

    def made(self):
        """Yields `Made`: all that the port tells, then the rest of the origin."""
        told = set()
        for name, array in self._told():
            stands = all(part in self._origin for part in self._parts(name)) and all(
                map(self._is_of_origin, self._places[name]))
            for part, value in checkpoints.split(name, array, self._found.joins, self._trace,
                                                 STEP):
                told.add(part)
                yield Made(part, self._origin[part] if stands else value, self._places[name])
        for name, value in self._origin.items():
            if name not in told:
                yield Made(name, value, [])

    def _told(self):
        """Yields (variable, array) of what the port tells as a whole."""
        names = {name for name, places in self._places.items()
                 if all(place in self._held for place in places)
                 and all(part in self._states.variables for part in self._parts(name))}
        for name, whole in checkpoints.put_back(self._state, self._held, names):
            if not self._lacks_numbers(name, whole):
                yield name, whole
        for name, (number, pace) in self._counters.items():
            if name in names:
                count = pace.count_after(int(self._held[_iterations(number)]))
                yield name, np.asarray(count, self._states.like(name).dtype)

    def _lacks_numbers(self, name, whole):
        """Whether the port holds a part of a variable alone."""
        return whole.dtype.kind == "f" and np.isnan(whole).any() and not any(
            np.isnan(self._held[place]).any() for place in self._places[name])

    def _parts(self, name):
        return self._found.joins.get(name, [name])

    def _all_counters(self):
        """`{counter: (optimiser whose updates tell it, its Pace)}`, from the origin if it has one.
        """
        found = {}
        for number in sorted(set(self._found.optimizers.values())):
            for name in counting.counters(self._found, number):
                pace = counting.pace(self._trace, self._found, STEP, name, number)
                if name in self._origin and _iterations(number) in self._of_origin:
                    pace = pace._replace(count=int(self._origin[name]),
                                         updates=int(self._of_origin[_iterations(number)]))
                if pace.grows and name not in found:
                    found[name] = number, pace
        return found

    def _is_of_origin(self, place):
        """Whether the port holds what it would hold of the origin."""
        if place not in self._of_origin:
            return False
        held = self._held[place]
        return self._of_origin[place].astype(held.dtype).tobytes() == held.tobytes()


def _of_origin(states, origin, rates):
    """`{place: array}` of what the port holds of an origin, and of its counters if they are there.
    """
    whole = {name: states.like(name) for name in states.variables}
    found = states.taken({**whole, **origin}, rates)
    counted = states.counted(origin)
    return {name: value for name, value in found.items() if not name.startswith("iterations/")
            } | counted


def _iterations(optimizer):
    return f"iterations/{STEP}/{optimizer}"
