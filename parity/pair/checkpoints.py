"""Training state in both sides' layouts, and verdicts on arrays that went through a checkpoint."""

import collections
from typing import Callable, NamedTuple

import numpy as np

from parity.common import keys
from parity.judge import differences
from parity.pair import powers
from parity.pair import transforms
from parity.trace.trace import Trace

# A power of a beta of Adam's below this has underflowed, and tells no number of updates.
_SMALLEST = 1e-30
_TIMES = "times the rate in the port"
COUNTED = "computed from the port's counter of updates"


class Part(NamedTuple):
    """An array of the port that holds a variable of the reference, or a part of it.

    Attributes:
      place: name of the port's array.
      take: function (reference's array) -> port's array, without the rate that it may hold.
      put: function (port's array, whole) that writes it into `whole`, the reference's array.
      said: description of the layout.
    """

    place: str
    take: Callable
    put: Callable
    said: str


class Power(NamedTuple):
    """A power of a beta of Adam's: the beta, and the name of the port's counter of updates."""

    beta: float
    place: str


class State:
    """A training state of the reference, and the arrays of the port that hold it.

    Args:
      trace: the reference's trace, a `parity.pair.next_step.NextStep`, with joined variables.
      found: the `parity.pair.mapping.Mapping`.
      step: number of the step that starts from the state.

    Attributes:
      parts: `{variable: [Part]}` of the variables that the port holds.
      powers: `{variable: Power}` of Adam's powers, which Keras computes from its counter: after n
        updates TensorFlow 1 holds the power n + 1.
    """

    def __init__(self, trace, found, step):
        self._trace, self._found, self._step = Trace.of(trace), found, step
        self._transforms = {row.port: row.transform for row in found.variables.rows}
        self.parts, self.powers = self._all_parts(), self._all_powers()

    def expected(self, name):
        """Array of a variable of the reference."""
        return self._trace[keys.before(self._step, name)]

    def _all_parts(self):
        found = collections.defaultdict(list)
        for row in self._found.variables.rows:
            found[row.reference].append(Part(keys.state(self._step, row.port), row.transform.state,
                                             row.transform.put_state, row.transform.name))
        for slot in self._found.slots:
            transform, rate = self._transforms[slot.port], self._rate(slot)
            if not slot.idle and rate:  # a slot times a rate of 0 cannot be turned back
                take, put = slot.layout(transform)
                found[slot.reference].append(Part(self._place(slot), take, _divided(put, rate),
                                                  _TIMES if slot.holds_rate else transform.name))
        for row in self._found.own:
            found[row.reference].append(Part(keys.own(self._step, row.optimizer, row.name),
                                             transforms.UNCHANGED.state,
                                             transforms.UNCHANGED.put_state, ""))
        return dict(found)

    def layout(self, name):
        """Description of the port's layout of a variable; "" where it equals the reference's."""
        if name in self.powers:
            return COUNTED
        return "; ".join(dict.fromkeys(part.said for part in self.parts[name] if part.said))

    def _place(self, slot):
        number = self._found.optimizers.get(slot.port)
        return keys.slot(self._step, number, slot.port, slot.role)

    def _rate(self, slot):
        """Factor from the reference's slot to the port's: minus the rate, or 1."""
        return -self._trace.rate(self._step, slot.variable, last=True) if slot.holds_rate else 1.0

    def _all_powers(self):
        held = {row.reference for row in self._found.own}
        numbers = {row.reference: self._found.optimizers.get(row.port)
                   for row in self._found.variables.rows}
        found = {}
        for update in self._found.reference["updates"]:
            number = numbers.get(update["variable"])
            for role, name in update["slots"].items():
                beta = update["constants"].get(role[:-len("_power")])
                if role.endswith("_power") and beta and number is not None and name not in held:
                    found[name] = Power(beta, keys.iterations(self._step, number))
        return found


def _divided(put, factor):
    def put_divided(value, whole):
        put(value if factor == 1.0 else value / np.asarray(factor, value.dtype), whole)
    return put_divided


def put_back(state, held, of=None):
    """Yields (variable, array) of the reference, made from the port's arrays.

    Args:
      state: the `State`, which has shapes and types.
      held: mapping from names of the port to arrays; numbers that it lacks become NaN.
      of: names of the variables to make; all of them if None.
    """
    for name, parts in state.parts.items():
        if of is not None and name not in of:
            continue
        expected = state.expected(name)
        whole = np.full_like(expected, np.nan if expected.dtype.kind == "f" else 0)
        for part in parts:
            if part.place in held:
                part.put(held[part.place], whole)
        yield name, whole
    for name, power in state.powers.items():
        if of is None or name in of:
            dtype = state.expected(name).dtype
            yield name, powers.power(int(held[power.place]), power.beta, dtype)


def split(name, array, joins, trace, step):
    """Yields (variable, array) of TensorFlow 1: parts of a joined array, or the array itself."""
    start = 0
    for part in joins.get(name, [name]):
        stop = start + (trace[keys.before(step, part)].shape or (1,))[-1]
        yield part, array[..., start:stop] if part != name else array
        start = stop


def came_through(held, expected):
    """(verdict, relative distance) of an array that went from TensorFlow 1 to the port."""
    if expected.dtype.kind != "f":
        same = held.shape == expected.shape and (held == expected).all()
        return (differences.IDENTICAL, 0.0) if same else (differences.DIFFERENT, float("inf"))
    return _verdict(differences.measure(held, expected), expected)


def came_back(state, name, restored):
    """(verdict, relative distance) of a variable that went from the port to TensorFlow 1.

    A forget bias or a rate is added or multiplied on the way, which rounds: arrays that are equal
    in the port's layout are at worst rounding.
    """
    expected = state.expected(name)
    if expected.dtype.kind != "f" or expected.tobytes() == restored.tobytes():
        return came_through(restored, expected)
    if name in state.powers:
        return _power(restored, expected, state.powers[name].beta)
    if (np.isnan(restored) & ~np.isnan(expected)).any():
        return differences.DIFFERENT, float("inf")
    found = [_verdict(differences.measure(part.take(restored), part.take(expected)), expected)[0]
             for part in state.parts[name]]
    return (differences.worst([differences.ROUNDING] + found),
            differences.measure(restored, expected).relative)


def _verdict(difference, expected):
    if difference.identical:
        return differences.IDENTICAL, 0.0
    if not np.isfinite(expected).all():
        return differences.INCONCLUSIVE, difference.relative
    return (differences.ROUNDING if difference.within_ulp else differences.DIFFERENT,
            difference.relative)


def _power(restored, expected, beta):
    """(verdict, relative distance) of a power of a beta, which TensorFlow 1 rounds at each update.
    """
    distance = abs(float(restored) - float(expected))
    relative = distance / max(abs(float(expected)), _SMALLEST)
    updates = np.log(max(float(expected), _SMALLEST)) / np.log(beta)
    allowed = updates * np.finfo(expected.dtype).eps * abs(float(expected)) + _SMALLEST
    return (differences.ROUNDING if distance <= allowed else differences.DIFFERENT), relative
