"""Exchanges variables that were paired by order alone until the forward pass agrees."""

import itertools
from typing import NamedTuple

from parity.judge import differences
from parity.judge import verdicts
from parity.pair import by_layer
from parity.pair import slots

REASON = "exchanged: the forward pass agrees"
# Largest number of trials, each of them one step of the port.
_MOST = 32


class _Unit:
    """A layer with ambiguous partners: name, rows of its variables, and a key that interchangeable
    layers share."""

    def __init__(self, name, rows, key):
        self.name, self.rows, self.key = name, rows, key


def settled(found, sides, step, compared, verdict=verdicts.in_float64):
    """Finds the `Mapping` that makes the forward pass agree; returns the given one if none does.

    Args:
      found: the `Mapping` by which `sides` were recorded.
      sides: the `parity.judge.sides.Sides`.
      step: function (`Mapping`) -> `Sides` of the first step by that mapping.
      compared: function (`Sides`) -> a `parity.judge.compared.Compared` for each tensor.
      verdict: function (`Compared`) -> verdict.
    """
    seen = _forward_pass(sides, compared, verdict)
    best, tries = found, 0
    while seen.decides() and any(row.ambiguous for row in best.variables.rows):
        for options in _exchanges(best, seen):
            tries += len(options)
            if tries > _MOST:
                return found
            trials = [(_forward_pass(step(other), compared, verdict), other) for other in options]
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
    """Applies exchanges that an earlier run found, as `exchanged` returns them, to a `Mapping`."""
    partners = dict(pairs)
    if not partners:
        return found
    return with_rows(found, [
        row._replace(port=partners[row.reference], reason=REASON)
        if row.reference in partners else row for row in found.variables.rows])


def exchanged(found):
    """`[[variable of the reference, port path]]` of the exchanged rows of a `Mapping`."""
    return [[row.reference, row.port] for row in found.variables.rows if row.reason == REASON]


def with_rows(found, rows):
    """Copy of a `Mapping` with other `Row`s of variables, and slots paired anew."""
    states = [entry["name"] for entry in found.variables.reference_only]
    return found._replace(
        variables=found.variables._replace(rows=rows),
        slots=slots.pair(found.reference["updates"], rows, found.port["optimizers"], states))


class _ForwardPass(NamedTuple):
    """Outcome of a forward pass, of losses, and without losses of gradients.

    Attributes:
      apart: the `Compared` that are different.
      right: names of the layers whose outputs agree.
    """

    apart: list
    right: set

    def decides(self):
        """True where a difference is more than another boundary between two layers.

        That is a difference in losses or gradients or, in pairs that only run forward, in an output
        of the graph, whose name has a colon.
        """
        return any(row.rung > 3 or ":" in row.tensor for row in self.apart)


def _forward_pass(sides, compared, verdict):
    rows, last = [], 5
    for row in compared(sides):
        if row.rung > last:
            break
        last = 4 if row.rung == 4 else last
        rows.append(row)
    apart = [row for row in rows if verdict(row) == differences.DIFFERENT]
    return _ForwardPass(apart, {row.tensor.partition("/activation")[0] for row in rows
                                if row.rung == 3 and row not in apart})


def _exchanges(found, seen):
    """Yields lists of `Mapping`s to try: two layers exchanged, alone and with those that follow.

    A layer whose output agrees has the right variables, unless another layer on the same input
    gives the output that this one should: such layers come last. Of the others the first is the
    likeliest to have the wrong variables, since its inputs are right.
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
    """`_Unit`s of a `Mapping`, in the order of the reference."""
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
    """Length of the runs of units, starting at `one` and at `other`, that are interchangeable."""
    count = 0
    while one + count < other and other + count < len(units) and (
            units[one + count].key == units[other + count].key):
        count += 1
    return count


def _rows(found, units, one, other, count):
    """Rows of a `Mapping` with two runs of `count` units exchanged."""
    partners = {}
    for number in range(count):
        both = units[one + number].rows, units[other + number].rows
        for mine, theirs in zip(*both):
            partners[mine.reference, mine.port] = theirs
            partners[theirs.reference, theirs.port] = mine
    return [row._replace(port=partners[row.reference, row.port].port, reason=REASON)
            if (row.reference, row.port) in partners else row for row in found.variables.rows]
