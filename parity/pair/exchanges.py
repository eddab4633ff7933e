"""Exchanges of variables that an order alone paired, where the forward pass disagrees."""

import itertools

from parity import differences
from parity.pair import by_layer
from parity.pair import slots

REASON = "exchanged: the forward pass agrees"
# How many steps of the port are tried at most.
_MOST = 24


class _Unit:
    """A layer whose variables others could hold as well: its name and its rows."""

    def __init__(self, name, rows, key):
        self.name, self.rows, self.key = name, rows, key


def in_float64(row):
    """The verdict on a `parity.pair.judgement.Compared` in float64."""
    return differences.float64_verdict(row.difference, row.allowance)


def settled(found, sides, step, compared, verdict=in_float64):
    """The `Mapping` that makes the forward pass agree; the given one where none does.

    Args:
      found: the `Mapping` by which `sides` were recorded.
      sides: `parity.pair.judgement.Sides`.
      step: function (`Mapping`) that gives the `Sides` of the first step by another one.
      compared: function of `Sides` that gives a `parity.pair.judgement.Compared` a tensor.
      verdict: function of such a one that gives its verdict.
    """
    apart = _apart(sides, compared, verdict)
    best, tries = found, 0
    while _decides(apart) and any(row.ambiguous for row in best.variables.rows):
        for other in _exchanged(best, apart):
            if tries == _MOST:
                return found
            tries += 1
            trial = _apart(step(other), compared, verdict)
            if len(trial) < len(apart):
                best, apart = other, trial
                break
        else:
            return found
    return found if _decides(apart) else best


def with_rows(found, rows):
    """A `Mapping` with other `Row`s, and the slots that go with them."""
    states = [entry["name"] for entry in found.variables.reference_only]
    return found._replace(
        variables=found.variables._replace(rows=rows),
        slots=slots.pair(found.reference["updates"], rows, found.port["optimizers"], states))


def _apart(sides, compared, verdict):
    """The first step's outputs, losses, and without losses gradients that are different."""
    rows = list(itertools.takewhile(lambda row: row.rung <= 5, compared(sides)))
    last = 4 if any(row.rung == 4 for row in rows) else 5
    return [row for row in rows
            if row.rung <= last and verdict(row) == differences.DIFFERENT]


def _decides(apart):
    """Whether what is different is more than where a library lets a layer end.

    Of pairs that only run forward, what the graph gives has a colon in its name.
    """
    return any(row.rung > 3 or ":" in row.tensor for row in apart)


def _exchanged(found, apart):
    """Yields `Mapping`s with two layers exchanged, or two runs of layers; the likeliest first."""
    units = _units(found)
    wrong = [row.tensor.partition("/activation")[0] for row in apart if row.rung == 3]
    first = sorted(range(len(units)), key=lambda number: (units[number].name not in wrong, number))
    seen = set()
    for one in first:
        for other in range(len(units)):
            if units[one].key != units[other].key or one == other:
                continue
            length = _run(units, *sorted((one, other)))
            for count in (1, length) if length > 1 else (1,):
                pair = (min(one, other), max(one, other), count)
                if pair not in seen:
                    seen.add(pair)
                    yield with_rows(found, _rows(found, units, pair))


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


def _rows(found, units, pair):
    """The rows of a `Mapping` with two runs of units exchanged."""
    one, other, count = pair
    partners = {}
    for number in range(count):
        both = units[one + number].rows, units[other + number].rows
        for mine, theirs in zip(*both):
            partners[mine.reference, mine.port] = theirs
            partners[theirs.reference, theirs.port] = mine
    return [row._replace(port=partners[row.reference, row.port].port, reason=REASON)
            if (row.reference, row.port) in partners else row for row in found.variables.rows]
