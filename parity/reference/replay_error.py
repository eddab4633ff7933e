"""Rung 0: a replay against what the program computed where it was captured."""

import typing

import numpy as np
import tensorflow.compat.v1 as tf

from parity import capture
from parity.reference import kinks
from parity.reference import noise
from parity.reference import orders
from parity.reference import precision
from parity.reference import races
from parity.reference.replay import Replay, plain

IDENTICAL, ROUNDING, ILL, ZERO, KINK, RACE, DIFFERENT = VERDICTS = (
    "identical", "rounding", "ill-conditioned", "zero gradient", "kink", "race", "different")
# An update by other kernels is this many times as far off as one unit in the last place makes it.
_MARGIN = 64
# Sums of thousands of numbers, added one after the other, are as many units in the last place off:
# nudged inputs do not show what is lost inside a kernel.
_SUMS = 512
# One unit in the last place of its inputs moves an ill-conditioned update by more than this.
_ILL = 1e-4
# Of so few float64 updates float32 may be this far, where the float32 replay agrees: its rounding
# within a call can be larger than what its inputs' last places show.
_ISOLATED_SHARE, _ISOLATED_ERROR = 0.05, 0.1


class Row(typing.NamedTuple):
    """One variable's update by one call, or one value that it fetched.

    Attributes:
      call: number of the call, from 1.
      variable: its name, or that of the fetched tensor, which holds a colon.
      error: |replayed - captured| / |captured change|, of a fetched value / |captured|.
      floor: what one unit in the last place of inputs and state causes, relative, too.
      spread: how far the same call came out otherwise when it was repeated, where it was captured
        or here, relative.
      verdict: one of the words above.
    """

    call: int
    variable: str
    error: float
    floor: float
    spread: float
    verdict: str


class Result(typing.NamedTuple):
    """What a replay in one precision gave.

    Attributes:
      dtype: "float32" or "float64".
      rows: a `Row` for each variable that a call kept whole writes.
      races: `parity.reference.races.Race`s of the calls, where an update depends on them.
      order: how they were settled.
      islands: operations that stay in float32.
      kinks: units of activations that are on the other side of their kink in float64.
      unordered: names of variables that a call writes twice in no order.
    """

    dtype: str
    rows: list
    races: list
    order: str
    islands: list
    kinks: int
    unordered: tuple = ()

    def median(self):
        """Median error of an update; of a graph that only runs forward, of a fetched value."""
        errors = [row.error for row in self.rows if ":" not in row.variable] or [
            row.error for row in self.rows]
        return float(np.median(errors)) if errors else float("nan")

    def worst(self):
        """The row that is furthest off among those with the worst verdict."""
        return max(self.rows, key=lambda row: (VERDICTS.index(row.verdict), row.error))

    def verdict(self):
        """`different` or `race` if any row is; `identical` if all are; else `rounding`."""
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
      enough: whether float32 is enough where it is bit for bit what was captured.

    Returns:
      `[Result in float32, Result in float64]`, or the first alone.
    """
    if enough:
        exact = exactly(captured)
        if exact:
            return [exact]
    progress("replaying in float32")
    replay = Replay(captured)
    updates = list(replay.updates())
    every, found, unordered = _every_race(captured, replay)
    progress("measuring what one unit in the last place changes")
    floors = noise.floors(replay, updates)
    spreads = _spreads(updates, replay.updates()) if found else {}
    order = orders.AS_CHOSEN
    # Floors that a race made excuse anything, and what agreed once need not do so again.
    if found:
        progress("looking for the order of racing accesses that reproduces the capture")
        order = orders.settled(found, replay.graph, lambda order: _scores(captured, order, floors))
        replay.close()
        replay = Replay(captured, order=order)
        updates = list(replay.updates())
        floors = noise.floors(replay, updates)
    replay.close()
    progress("replaying in float64")
    # As stored: that is what was computed where it was captured.
    wide = Replay(captured, "float64", order=order, read=precision.as_stored)
    wide_rows = list(rows(wide.updates(), floors))
    narrow_rows = list(rows(updates, floors))
    narrow_rows, wide_rows = (_agreeing(narrow_rows, wide_rows),
                              _isolated(wide_rows, narrow_rows))
    results = [Result("float32", narrow_rows, found, order.name, [], 0),
               Result("float64", wide_rows, found, order.name, wide.islands, 0)]
    wide.close()
    return [_explained(captured, _with_spreads(result, spreads), every)._replace(
        unordered=unordered) for result in results]


def exactly(captured):
    """The `Result` in float32 of a replay that is bit for bit what was captured; None of another,
    and where nothing could be compared.

    Of a program of any size one step is kept at a time.

    Args:
      captured: a `parity.reference.captured.Captured`.
    """
    exact, replay = [], plain(captured)
    for row in rows(replay.updates(), {}):
        exact.append(row)
        if row.verdict != IDENTICAL:
            break
    _, found, unordered = _every_race(captured, replay)
    replay.close()
    result = Result("float32", exact, found, orders.AS_CHOSEN.name, [], 0, unordered)
    return result if result.verdict() == IDENTICAL else None


def _every_race(captured, replay):
    """(all races of the calls, those that train, variables that are written twice in no order)."""
    every = sorted({race for call in _kinds(captured.calls) for race in _races(replay, call)})
    return (every, [race for race in every if race.trains],
            tuple(sorted({race.variable for race in every if race.writes_too})))


def _spreads(updates, repeated):
    """`{(call, variable): relative difference}` of updates that were replayed twice."""
    return {(first.number, name): capture.relative_change(value, first.after[name],
                                                          first.before.get(name))
            for first, second in zip(updates, repeated) for name, value in second.after.items()
            if value.tobytes() != first.after[name].tobytes()}


def _with_spreads(result, spreads):
    """A result whose rows hold the larger of the spreads there and here."""
    return result._replace(rows=[row._replace(spread=max(
        row.spread, spreads.get((row.call, row.variable), 0.0))) for row in result.rows])


def _unlike(rows):
    return {(row.call, row.variable) for row in rows if row.verdict == DIFFERENT}


def _agreeing(rows, wide_rows):
    """Float32 rows, where what was captured is right in float64: the replay's own rounding."""
    unlike = _unlike(wide_rows)
    return [row._replace(verdict=ILL) if row.verdict == DIFFERENT and (
        row.call, row.variable) not in unlike else row for row in rows]


def _isolated(wide_rows, rows):
    """Float64 rows, where a few are a little off that agree in float32."""
    alone = _unlike(wide_rows) - _unlike(rows)
    if len(alone) > _ISOLATED_SHARE * len(wide_rows):
        return wide_rows
    return [row._replace(verdict=ILL) if (row.call, row.variable) in alone
            and row.error < _ISOLATED_ERROR else row for row in wide_rows]


def _scores(captured, order, floors):
    """`{variable: score}` of a replay in one order: what is beyond rounding counts above all."""
    try:
        replay = Replay(captured, order=order)
        found = list(rows(replay.updates(), floors))
        replay.close()
    except (tf.errors.OpError, ValueError):  # the order runs in a circle
        return {name: float("inf") for name in captured.variables}
    scores = {}
    for row in found:
        score = max(row.error / _explicable(row.floor), min(row.error, 1.0))
        scores[row.variable] = max(score, scores.get(row.variable, 0.0))
    return scores


def _explicable(floor):
    return max(_MARGIN * floor, _SUMS * np.finfo(np.float32).eps)


def _kinds(calls):
    """One call of each kind."""
    return list({(tuple(call.targets), tuple(call.fetches)): call for call in calls}.values())


def _races(replay, call):
    fed = {replay.tensor_name(name) for name in call.feeds + call.stateful}
    fetches = [replay.graph.get_operation_by_name(name) for name in call.targets + call.behind
               if name not in replay.captured.inputs]
    fetches += [replay.graph.get_tensor_by_name(name) for name in call.fetches
                if replay.tensor_name(name) not in fed]
    return races.find(fetches, fed)


def rows(updates, floors):
    """A `Row` for each variable that each of some `Update`s writes, and for each fetched value.

    Args:
      updates: what a replay gives.
      floors: what `parity.reference.noise.floors` gives.
    """
    for update in updates:
        for name, value in sorted(update.call.after().items()):
            if name in update.call.writes and name in update.after:
                yield _row(update, name, value, floors.get((update.number, name), 0.0))
        for name, value in sorted(update.call.fetched().items()):
            if name in update.fetched and value.dtype.kind == "f":
                replayed = update.fetched[name]
                value, stored = value.astype(replayed.dtype), value.dtype
                error = capture.relative_change(replayed, value, 0.0 * value)
                floor = floors.get((update.number, name), 0.0)
                yield Row(update.number, name, error, floor, 0.0,
                          _verdict(error, floor, replayed, value, stored))


def _row(update, name, expected, floor):
    replayed = update.after[name]
    value = expected.astype(replayed.dtype)
    error = capture.relative_change(replayed, value, update.before[name])
    spread = (update.call.repeats or {}).get("spread", {}).get(name, 0.0)
    return Row(update.number, name, error, floor, spread,
               _verdict(error, floor, replayed, value, expected.dtype))


def _verdict(error, floor, replayed, expected, stored):
    if error == 0:
        return IDENTICAL
    if stored.kind != "f":
        return DIFFERENT
    # What is stored was rounded to float32 where it was captured.
    last_place = np.finfo(stored).eps * np.abs(expected)
    if (np.abs(replayed - expected) <= last_place).all():
        return ROUNDING
    if error <= _explicable(floor):
        return ILL if floor > _ILL else ROUNDING
    return DIFFERENT


def _explained(captured, result, every):
    """A result whose rows say why they need not agree, where there is a reason.

    Args:
      every: all races of the calls; those of what is only fetched explain fetched values.
    """
    calls = {number: call for number, call in enumerate(captured.calls, 1)}
    crossed = sum(kinks.crossed(captured, calls[number]) for number in sorted(
        {row.call for row in result.rows if row.verdict == DIFFERENT}))
    rows = []
    for row in result.rows:
        verdict = row.verdict
        if verdict in (ILL, DIFFERENT) and row.variable in kinks.zero_gradients(
                captured, calls[row.call]):
            verdict = ZERO
        elif result.races and min(row.error, row.spread) > _explicable(0.0):
            verdict = RACE  # a floor that was measured on a race says nothing
        elif verdict == DIFFERENT and (result.races or row.error <= 2 * row.spread
                                       or every and ":" in row.variable):
            verdict = RACE
        elif verdict == DIFFERENT and crossed and row.error < 0.1:
            verdict = KINK
        rows.append(row._replace(verdict=verdict))
    return result._replace(rows=rows, kinks=crossed)
