"""Rung 0: errors of a replay against the values that the program computed in the capture."""

import typing

import numpy as np

from parity.reference import call_races
from parity.reference import captured as captures
from parity.reference import kinks
from parity.reference import noise
from parity.reference import orders
from parity.reference import precision
from parity.reference import port_order
from parity.reference import raced_values
from parity.reference import replay_races
from parity.reference.replay import Replay, plain
from parity.reference.replay_rows import (
    DIFFERENT, IDENTICAL, ILL, KINK, RACE, ROUNDING, VERDICTS, ZERO, explicable, rows)

# Float32 may be this far from a small share of float64 updates where the float32 replay agrees: its
# rounding within a call can be larger than the effect of an ulp of its inputs.
_ISOLATED_SHARE, _ISOLATED_ERROR = 0.05, 0.1
# Numbers in the states of a large program that are kept at a time: 1.6 GB, before and after calls.
_NUMBERS = 200_000_000


class Result(typing.NamedTuple):
    """Outcome of a replay in one precision.

    Attributes:
      dtype: "float32" or "float64".
      rows: a `Row` for each variable that a whole call writes, and each value that it fetches.
      races: `parity.reference.races.Race`s of the calls on which an update depends.
      order: name of the order in which racing accesses were replayed.
      islands: names of operations that stay in float32.
      kinks: number of activations that are on the other side of their kink in float64.
      unordered: names of variables that a call writes in no order, of which not every one is tried.
    """

    dtype: str
    rows: list
    races: list
    order: str
    islands: list
    kinks: int
    unordered: tuple = ()

    def median(self):
        """Median error of the updates; of fetched values in a graph that only runs forward."""
        errors = [row.error for row in self.rows if ":" not in row.variable] or [
            row.error for row in self.rows]
        return float(np.median(errors)) if errors else float("nan")

    def worst(self):
        """Row with the largest error among those with the worst verdict."""
        return max(self.rows, key=lambda row: (VERDICTS.index(row.verdict), row.error))

    def verdict(self):
        """Verdict: `DIFFERENT` or `RACE` if any row is, `IDENTICAL` if all are, else `ROUNDING`."""
        found = {row.verdict for row in self.rows}
        for verdict in (DIFFERENT, RACE):
            if verdict in found or not found:
                return verdict
        return IDENTICAL if found == {IDENTICAL} else ROUNDING


def measure(captured, progress=lambda line: None, enough=False):
    """Replays a capture from its start, in both precisions.

    Args:
      captured: a `parity.reference.captured.Captured`.
      progress: function that shows a line.
      enough: True to skip float64 where float32 is bit for bit what was captured.

    Returns:
      `[Result in float32, Result in float64]`, or the first alone.
    """
    exact = exactly(captured) if enough else None
    if exact:
        return [exact]
    progress("replaying in float32")
    replay = Replay(captured)
    updates = list(replay.updates())
    every, found = replay_races.every(captured, replay)
    progress("measuring what one unit in the last place changes")
    floors = noise.floors(replay, updates)
    spreads = replay_races.spreads(updates, replay.updates()) if found else {}
    order = orders.AS_CHOSEN
    if found:
        replay, updates, floors, order = _ordered(captured, replay, found, floors, progress)
    replay.close()
    progress("replaying in float64")
    narrow, wide = _both(captured, updates, floors, order)
    unordered = tuple(port_order.unsettled(captured))
    return [_explained(captured, replay_races.with_spreads(result._replace(
        races=found, unordered=unordered), spreads), every) for result in (narrow, wide)]


def _ordered(captured, replay, found, floors, progress):
    """(replay, its updates, noise floors, order) in the order that reproduces the capture best.

    Floors are measured again: those of a race would excuse any error.
    """
    progress("looking for the order of racing accesses that reproduces the capture")
    order = orders.settled(found, replay.graph,
                           lambda each: replay_races.scores(captured, each, floors))
    replay.close()
    replay = Replay(captured, order=order)
    updates = list(replay.updates())
    return replay, updates, noise.floors(replay, updates), order


def _both(captured, updates, floors, order):
    """(`Result` in float32, `Result` in float64), without races and explanations."""
    # The capture computed with constants as they are stored.
    wide = Replay(captured, "float64", order=order, read=precision.as_stored)
    wide_rows, narrow_rows = list(rows(wide.updates(), floors)), list(rows(updates, floors))
    results = (Result("float32", _agreeing(narrow_rows, wide_rows), [], order.name, [], 0),
               Result("float64", _isolated(wide_rows, narrow_rows), [], order.name, wide.islands,
                      0))
    wide.close()
    return results


def exactly(captured):
    """`Result` in float32 of a replay that is bit for bit what was captured; else None.

    Only one step is kept at a time, so that programs of any size can be replayed. Where nothing can
    be compared, the result is None, too.

    Args:
      captured: a `parity.reference.captured.Captured`.
    """
    exact, replay = [], plain(captured)
    for row in rows(replay.updates(), {}):
        exact.append(row)
        if row.verdict != IDENTICAL:
            break
    _, found = replay_races.every(captured, replay)
    replay.close()
    result = Result("float32", exact, found, orders.AS_CHOSEN.name, [], 0,
                    tuple(port_order.unsettled(captured)))
    return result if result.verdict() == IDENTICAL else None


def _unlike(found):
    """{(call, variable)} of rows that are different."""
    return {(row.call, row.variable) for row in found if row.verdict == DIFFERENT}


def _agreeing(narrow_rows, wide_rows):
    """Float32 rows; a difference is the replay's own rounding where float64 agrees."""
    unlike = _unlike(wide_rows)
    return [row._replace(verdict=ILL) if row.verdict == DIFFERENT and (
        row.call, row.variable) not in unlike else row for row in narrow_rows]


def _isolated(wide_rows, narrow_rows):
    """Float64 rows; small differences of a few are rounding of the capture where float32 agrees."""
    alone = _unlike(wide_rows) - _unlike(narrow_rows)
    if len(alone) > _ISOLATED_SHARE * len(wide_rows):
        return wide_rows
    return [row._replace(verdict=ILL) if (row.call, row.variable) in alone
            and row.error < _ISOLATED_ERROR else row for row in wide_rows]


def _explained(captured, result, every):
    """Copy of a `Result` whose rows have verdicts that name reasons for their differences.

    Args:
      captured: a `parity.reference.captured.Captured`.
      result: the `Result`.
      every: all races of the calls, including those that explain only fetched values.
    """
    calls = {number: call for number, call in enumerate(captured.calls, 1)}
    crossed = sum(kinks.crossed(captured, calls[number]) for number in sorted(
        {row.call for row in result.rows if row.verdict == DIFFERENT}))

    def vanishes(row):
        return row.variable in kinks.zero_gradients(captured, calls[row.call])
    return result._replace(kinks=crossed, rows=[row._replace(verdict=_reason(
        row, vanishes, bool(result.races), crossed, bool(every))) for row in result.rows])


def _reason(row, vanishes, trained_races, crossed, races):
    """Verdict of a row, with the reason for its difference if there is one.

    Args:
      row: the `Row`.
      vanishes: function (row) that is true where the variable's gradient is zero but for rounding.
      trained_races: True where an update of the capture depends on a race.
      crossed: number of activations on the other side of their kink in float64.
      races: True where a call has any race, which explains differences of fetched values.
    """
    if row.verdict in (ILL, DIFFERENT) and vanishes(row):
        return ZERO
    if trained_races and min(row.error, row.spread) > explicable(0.0):
        return RACE  # a noise floor that was measured on a race is meaningless
    if row.verdict != DIFFERENT:
        return row.verdict
    if trained_races or row.error <= 2 * row.spread or races and ":" in row.variable:
        return RACE
    return KINK if crossed and row.error < 0.1 else DIFFERENT


def verdicts(job):
    """Job "replay": `{dtype: {"verdict", "tensor", "call", "error", "unordered", "part"}}`.

    Of a "large" program that is not replayed bit for bit a "part" is compared, one call of each
    kind, since measuring errors takes the memory of several states; and none, {}, where that does
    not suffice.
    Updates that came out otherwise and depend on accesses in no order are left out, if a weight or
    a fetched value is left: they tell nothing of others.
    """
    found, captured = {}, captures.read(job["captured"])
    for result in _measured(captured, job.get("large"), job.get("enough", False)):
        result = _without_raced(captured, result)
        worst = _told(result)
        found[result.dtype] = {"verdict": result.verdict(), "tensor": worst.variable,
                               "call": worst.call, "error": worst.error,
                               "unordered": result.unordered,
                               "part": bool(job.get("large")) and result.verdict() != IDENTICAL}
    return found


def _told(result):
    """The worst row; where all is rounding, of those that it does not blow up, as at a kink."""
    plain = [row for row in result.rows if row.verdict in (IDENTICAL, ROUNDING)]
    if result.verdict() == ROUNDING and plain:
        return max(plain, key=lambda row: row.error)
    return result.worst()


def _measured(captured, large, enough):
    """`Result`s of the job "replay"."""
    if not large:
        return measure(captured, enough=enough)
    exact, some = exactly(captured), _one_of_each(captured)
    if exact or not any(call.whole for call in some.calls):
        return [exact] if exact else []
    return measure(some)


def _one_of_each(captured):
    """`Captured` of which one call of each kind is `whole`, as many as memory takes."""
    found, kinds = captures.Captured(captured.path), set()
    size = sum(int(np.prod(entry["shape"] or [1])) for entry in found.variables.values())
    for call in found.calls:
        kind = call_races.kind(call)
        call.whole = call.whole and kind not in kinds and (len(kinds) + 1) * size <= _NUMBERS
        kinds.update([kind] if call.whole else [])
    return found


def _without_raced(captured, result):
    """Copy of a `Result` without the rows that a race explains; the `Result` where nothing is left.
    """
    if result.verdict() != RACE:
        return result
    raced = raced_values.names(captured, result.races)
    settled = [row for row in result.rows if row.verdict != RACE or row.variable not in raced]
    told = any(":" in row.variable or row.variable in captured.trainable for row in settled)
    return result._replace(rows=settled) if told and not result.unordered else result


def raced(job):
    """Job "raced": how far the capture is from a replay in the order of a port.

    Returns:
      The largest error of an update that rounding does not explain, or 0; None of a "large" program
      of which no call can be compared.
    """
    captured = captures.read(job["captured"])
    captured = _one_of_each(captured) if job.get("large") else captured
    replay = Replay(captured, order=port_order.order(captured))
    updates = list(replay.updates())
    every, found = replay_races.every(captured, replay)
    made = list(rows(updates, noise.floors(replay, updates)))
    replay.close()
    if not made:
        return None
    result = _explained(captured, Result("float32", made, found, "", [], 0), every)
    return max((row.error for row in result.rows if row.verdict in (DIFFERENT, RACE)), default=0.0)
