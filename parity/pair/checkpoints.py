"""A state of training as both sides hold it, and what of it comes through a checkpoint."""

import collections
from typing import Callable, NamedTuple

import numpy as np

from parity.judge import differences
from parity.pair import powers
from parity.pair import transforms
from parity.trace.trace import Trace

# Adam's powers of a beta below this have vanished, and tell no number of updates.
_SMALLEST = 1e-30
_TIMES = "times the rate in the port"
COUNTED = "computed from the port's counter of updates"


class Part(NamedTuple):
    """What the port holds of a variable of the reference.

    Attributes:
      place: name of the port's array.
      take: function that makes it of the reference's array, but for a rate that it holds.
      put: function (port's array, whole) that writes it into the reference's array.
      said: the layout in words.
    """

    place: str
    take: Callable
    put: Callable
    said: str


class State:
    """A state of the reference, and which arrays of the port stand for it.

    Args:
      trace: a `parity.pair.afterwards.Afterwards` of the reference, with what is joined.
      found: the `parity.pair.mapping.Mapping`.
      step: the step that starts from the state.

    Attributes:
      parts: `{variable: [Part]}` of all that the port holds of the reference.
      powers: `{variable: (beta, port's counter)}` of the powers that the port takes from its
        counter: after n updates TensorFlow 1 holds the n + 1st power.
    """

    def __init__(self, trace, found, step):
        self._trace, self._found, self._step = Trace.of(trace), found, step
        self._transforms = {row.port: row.transform for row in found.variables.rows}
        self.parts, self.powers = self._all_parts(), self._all_powers()

    def expected(self, name):
        """The reference's array of a variable."""
        return self._trace[f"before/{self._step}/{name}"]

    def _all_parts(self):
        found = collections.defaultdict(list)
        for row in self._found.variables.rows:
            found[row.reference].append(Part(f"state/{self._step}/{row.port}", row.transform.state,
                                             row.transform.put_state, row.transform.name))
        for slot in self._found.slots:
            transform, rate = self._transforms[slot.port], self._rate(slot)
            if not slot.idle and rate:  # what was multiplied by nothing does not come back
                take, put = slot.layout(transform)
                found[slot.reference].append(Part(self._place(slot), take, _divided(put, rate),
                                                  _TIMES if slot.holds_rate else transform.name))
        for row in self._found.own:
            found[row.reference].append(Part(f"own/{self._step}/{row.optimizer}/{row.name}",
                                             transforms.UNCHANGED.state,
                                             transforms.UNCHANGED.put_state, ""))
        return dict(found)

    def layout(self, name):
        """How the port holds a variable of the reference, in words; "" where it is as it is."""
        if name in self.powers:
            return COUNTED
        return "; ".join(dict.fromkeys(part.said for part in self.parts[name] if part.said))

    def _place(self, slot):
        number = self._found.optimizers.get(slot.port)
        return f"slot/{self._step}/{number}/{slot.port}/{slot.role}"

    def _rate(self, slot):
        """What the port's slot is of the reference's."""
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
                    found[name] = (beta, f"iterations/{self._step}/{number}")
        return found


def _divided(put, factor):
    def put_divided(value, whole):
        put(value if factor == 1.0 else value / np.asarray(factor, value.dtype), whole)
    return put_divided


def put_back(state, held, of=None):
    """Yields (variable, array): a `State` of the reference made of what the port holds.

    Args:
      state: the `State`, which tells shapes and types.
      held: mapping from the port's names to arrays; what it lacks is not a number in the result.
      of: names of the variables that are made; if not given, all.
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
    for name, (beta, counter) in state.powers.items():
        if of is not None and name not in of:
            continue
        expected = state.expected(name)
        yield name, powers.power(int(held[counter]), beta, expected.dtype)


def split(name, array, joins, trace, step):
    """Yields (variable, array) of what TensorFlow 1 holds of one that may be joined of several."""
    start = 0
    for part in joins.get(name, [name]):
        stop = start + (trace[f"before/{step}/{part}"].shape or (1,))[-1]
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

    Where numbers are added or multiplied on the way, as a forget bias or a rate, what is the same
    in the port's layout is rounding.
    """
    expected = state.expected(name)
    if expected.dtype.kind != "f" or expected.tobytes() == restored.tobytes():
        return came_through(restored, expected)
    if name in state.powers:
        return _power(restored, expected, state.powers[name][0])
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
    """The same of a power of a beta: TensorFlow 1 multiplies, and rounds at each update."""
    distance = abs(float(restored) - float(expected))
    relative = distance / max(abs(float(expected)), _SMALLEST)
    updates = np.log(max(float(expected), _SMALLEST)) / np.log(beta)
    allowed = updates * np.finfo(expected.dtype).eps * abs(float(expected)) + _SMALLEST
    return (differences.ROUNDING if distance <= allowed else differences.DIFFERENT), relative
