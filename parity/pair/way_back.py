"""Makes the variables of TensorFlow 1 from the arrays of a port."""

from typing import NamedTuple

import numpy as np

from parity.common import keys
from parity.pair import checkpoints
from parity.pair import counting
from parity.pair.states import STEP


class Made(NamedTuple):
    """A variable of TensorFlow 1.

    Attributes:
      name: its name.
      array: its value.
      places: names of the port's arrays that it is made from; [] if it comes from the origin.
    """

    name: str
    array: np.ndarray
    places: list


class _Counter(NamedTuple):
    """A counter of TensorFlow 1: the port's array of the updates that tell it, and its `Pace`."""

    place: str
    pace: counting.Pace


class WayBack:
    """Conversion of a port's arrays to variables of TensorFlow 1.

    Another layout may round, as where a forget bias is added, and some variables the port does not
    hold. With an origin, a state of TensorFlow 1, its variables are kept where the port's arrays
    still equal those converted from it, and counters continue from it.

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
        self._places.update((name, [power.place]) for name, power in self._state.powers.items())
        self._counters = self._all_counters()
        self._places.update((name, [counter.place])
                            for name, counter in self._counters.items())

    def made(self):
        """Yields `Made`: variables from the port, then those that only the origin has."""
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
        """Yields (variable, array) of the variables that the port holds completely."""
        names = {name for name, places in self._places.items()
                 if all(place in self._held for place in places)
                 and all(part in self._states.variables for part in self._parts(name))}
        for name, whole in checkpoints.put_back(self._state, self._held, names):
            if not self._lacks_numbers(name, whole):
                yield name, whole
        for name, counter in self._counters.items():
            if name in names:
                count = counter.pace.count_after(int(self._held[counter.place]))
                yield name, np.asarray(count, self._states.like(name).dtype)

    def _lacks_numbers(self, name, whole):
        """True where the port holds only a part of a variable."""
        return whole.dtype.kind == "f" and np.isnan(whole).any() and not any(
            np.isnan(self._held[place]).any() for place in self._places[name])

    def _parts(self, name):
        return self._found.joins.get(name, [name])

    def _all_counters(self):
        """`{counter: _Counter}`, whose paces start from the origin if it has them."""
        found = {}
        for number in sorted(set(self._found.optimizers.values())):
            for name in counting.counters(self._found, number):
                pace = counting.pace(self._trace, self._found, STEP, name, number)
                updates = self._of_origin.get(keys.iterations(STEP, number))
                if name in self._origin and updates is not None:
                    pace = pace._replace(count=int(self._origin[name]), updates=int(updates))
                if pace.grows and name not in found:
                    found[name] = _Counter(keys.iterations(STEP, number), pace)
        return found

    def _is_of_origin(self, place):
        """True where an array of the port equals the one converted from the origin."""
        if place not in self._of_origin:
            return False
        held = self._held[place]
        return self._of_origin[place].astype(held.dtype).tobytes() == held.tobytes()


def _of_origin(states, origin, rates):
    """`{place: array}` of an origin in the port's layout, with the counters that it has."""
    whole = {name: states.like(name) for name in states.variables}
    found = states.taken({**whole, **origin}, rates)
    counted = states.counted(origin)
    return {name: value for name, value in found.items() if not name.startswith("iterations/")
            } | counted
