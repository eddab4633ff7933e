"""Exchanges of variables that an order alone paired, where the forward pass disagrees."""

import itertools
from typing import NamedTuple

from parity.judge import differences
from parity.judge import verdicts
from parity.pair import by_layer
from parity.pair import slots

REASON = "exchanged: the forward pass agrees"
# How many steps of the port are tried at most.
_MOST = 32


class _Unit:
    """A layer whose variables others could hold as well: its name and its rows."""

    def __init__(self, name, rows, key):
        self.name, self.rows, self.key = name, rows, key


def settled(found, sides, step, compared, verdict=verdicts.in_float64):
    """The `Mapping` that makes the forward pass agree; the given one where none does.

    Args:
      found: the `Mapping` by which `sides` were recorded.
      sides: `parity.judge.sides.Sides`.
      step: function (`Mapping`) that gives the `Sides` of the first step by another one.
      compared: function of `Sides` that gives a `parity.judge.compared.Compared` a tensor.
      verdict: function of such a one that gives its verdict.
    """
    seen = _seen(sides, compared, verdict)
    best, tries = found, 0
    while seen.decides() and any(row.ambiguous for row in best.variables.rows):
        for options in _exchanges(best, seen):
            tries += len(options)
            if tries > _MOST:
                return found
            trials = [(_seen(step(other), compared, verdict), other) for other in options]
            trial, other = min(trials, key=lambda pair: len(pair[0].apart))
            if len(trial.apart) < len(seen.apart):
                best, seen = other, trial
                break
        else:
            return found
    if seen.decides():
        return found
    known = {(row.reference, row.port): row for row in found.variables.rows}
    rows = [known.get((row.reference, row.port), row) for row in best.variables.rows]
    return found if best is found else with_rows(found, rows)


def remembered(found, pairs):
    """A `Mapping` with exchanges that were settled before, as `exchanged` gives them."""
    partners = dict(pairs)
    if not partners:
        return found
    return with_rows(found, [
        row._replace(port=partners[row.reference], reason=REASON)
        if row.reference in partners else row for row in found.variables.rows])


def exchanged(found):
    """`[[variable of the reference, path]]` of what was exchanged in a `Mapping`."""
    return [[row.reference, row.port] for row in found.variables.rows if row.reason == REASON]


def with_rows(found, rows):
    """A `Mapping` with other `Row`s, and the slots that go with them."""
    states = [entry["name"] for entry in found.variables.reference_only]
    return found._replace(
        variables=found.variables._replace(rows=rows),
        slots=slots.pair(found.reference["updates"], rows, found.port["optimizers"], states))


class _Seen(NamedTuple):
    """Outputs, losses, and without losses gradients: which differ, and layers that give the same.
    """

    apart: list
    right: set

    def decides(self):
        """Whether what is different is more than where a library lets a layer end.

        Of pairs that only run forward, what the graph gives has a colon in its name.
        """
        return any(row.rung > 3 or ":" in row.tensor for row in self.apart)


def _seen(sides, compared, verdict):
    rows, last = [], 5
    for row in compared(sides):
        if row.rung > last:
            break
        last = 4 if row.rung == 4 else last
        rows.append(row)
    apart = [row for row in rows if verdict(row) == differences.DIFFERENT]
    return _Seen(apart, {row.tensor.partition("/activation")[0] for row in rows
                         if row.rung == 3 and row not in apart})


def _exchanges(found, seen):
    """Yields lists of `Mapping`s to be tried: two layers exchanged, and with those that follow.

    A layer that gives what it should has the right variables, unless another is called on the same
    input and gives what this one should: such layers come last. Of the others the first is the
    likeliest to have wrong ones, since what goes into it is right.
    """
    units = _units(found)
    for among in ([unit for unit in units if unit.name not in seen.right],
                  [unit for unit in units if unit.name in seen.right]):
        for one, other in itertools.combinations(range(len(among)), 2):
            length = _run(among, one, other)
            if length:
                yield [with_rows(found, _rows(found, among, one, other, count))
                       for count in sorted({1, length})]


def _units(found):
    """The `_Unit`s of a `Mapping`, in the order of the reference."""
    entries = {entry["name"]: entry for entry in found.reference["variables"]}
    leaves = {entry["path"]: entry["leaf"] for entry in found.port["variables"]}
    groups = {}
    for row in found.variables.rows:
        if row.ambiguous and row.reason != "names file":
            groups.setdefault(by_layer.place(entries[row.reference]), []).append(row)

    def key(row):
        return (found.optimizers.get(row.port, -1), entries[row.reference]["shape"],
                leaves[row.port], row.transform.name)
    return [_Unit(name, sorted(rows, key=key), sorted(key(row) for row in rows))
            for name, rows in groups.items()]


def _run(units, one, other):
    """How many units from each of two on could be exchanged together."""
    count = 0
    while one + count < other and other + count < len(units) and (
            units[one + count].key == units[other + count].key):
        count += 1
    return count


def _rows(found, units, one, other, count):
    """The rows of a `Mapping` with two runs of units exchanged."""
    partners = {}
    for number in range(count):
        both = units[one + number].rows, units[other + number].rows
        for mine, theirs in zip(*both):
            partners[mine.reference, mine.port] = theirs
            partners[theirs.reference, theirs.port] = mine
    return [row._replace(port=partners[row.reference, row.port].port, reason=REASON)
            if (row.reference, row.port) in partners else row for row in found.variables.rows]
