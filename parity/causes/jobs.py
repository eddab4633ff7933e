"""Jobs of the reference's recorder: changes that may explain a port, and steps under a change."""

import contextlib
import functools
import json
import time

import numpy as np

from parity.causes import catalogue
from parity.causes.change import Change
from parity.causes import place
from parity.causes import recomputed
from parity.causes import screen
from parity.causes import solved
from parity.common import arrays
from parity.common import keys
from parity.common import rungs
from parity.reference import batches
from parity.reference import far_rates
from parity.reference import port_order
from parity.reference import replay as replays
from parity.reference import step_trace
from parity.reference import steps
from parity.reference import watched

# The change that only computes the gradients again, to see whether they are the program's own.
_UNCHANGED = Change("", "", "", recompute=True)


@functools.lru_cache(maxsize=4)
def _listed(path, fed, asked):
    """(`place.Place`, [`Change`]), kept for the next job.

    The first change edits nothing; `candidates` appends changes to the list.

    Args:
      path: the folder of the capture.
      fed: the file of other batches, or None.
      asked: the job's "place" as JSON.
    """
    captured = batches.captured({"captured": path, "batches": fed})
    where = place.Place(captured, json.loads(asked))
    return where, [_UNCHANGED] + list(catalogue.changes(where))


def _changes(job):
    return _listed(job["captured"], job.get("batches"), json.dumps(job["place"], sort_keys=True))


def candidates(job):
    """[{"change", "name", "sentence", "write", "declared"}] of changes that may explain a port.

    Where the port departs in the forward pass or a loss, only changes that make the tensor one of
    the port's are candidates.

    Args:
      job: {"captured": the folder of the capture,
        "batches": the file of other batches, or None,
        "dtype": the precision,
        "place": see `place.Place`,
        "step": number of the step,
        "trace": the .npz of the reference's state before the step,
        "ours": the .npz of the port's tensors,
        "seconds": the longest time,
        "how": "listed" for the catalogue's changes, "solved" for numbers that are solved for,
          "scaled" for changes beside which a loss is a multiple}.
    """
    started = time.monotonic()
    where, changes = _changes(job)
    near = _Near(job, where) if where.rung <= rungs.LOSSES else None

    def is_late():
        return time.monotonic() - started > job["seconds"]
    if job["how"] == "listed":
        found = _listed_candidates(list(changes), near, is_late)
    else:
        found, search = [], {"solved": solved.changes, "scaled": solved.scaled}[job["how"]]
        for change in search(where, near.value, near.targets, job["dtype"],
                             is_late) if near else ():
            found.append(len(changes))
            changes.append(change)
    return [{"change": number, "name": changes[number].name, "sentence": changes[number].sentence,
             "write": changes[number].write, "declared": changes[number].declared}
            for number in found]


def _listed_candidates(changes, near, is_late):
    """Positions of the catalogue's changes that may explain a port.

    Args:
      changes: `Change`s, of which the first edits nothing.
      near: the `_Near` tensor, or None where every change may.
      is_late: function that returns True when no time is left.
    """
    found = []
    for number, change in enumerate(changes):
        if is_late() or (change.name == "a number" and found):
            break  # a number that is an epsilon or a slope has been tried as that
        if number and (near is None or change.order or near.reached(change)):
            found.append(number)
    return found


class _Near(object):
    """The tensor in which the port departs, under changes.

    Args:
      job: the job, see `candidates`.
      where: the `place.Place`.

    Attributes:
      targets: the port's tensors that it may become, of one axis, the nearest first.
    """

    def __init__(self, job, where):
        captured = where.captured
        calls = steps.grouped(captured)[job["step"]]
        trained = [number for number, call in enumerate(calls) if call.role == "train"] or [0]
        position = trained[min(where.phase, len(trained) - 1)]
        values = dict(calls[position].fed(), **calls[position].drawn())
        taken = {name: values[entry["tensor"]] for name, entry in captured.inputs.items()
                 if entry["tensor"] in values}

        @functools.lru_cache(maxsize=None)
        def seen(around):
            state = _state_at(job, captured, calls[:position], around)
            return screen.Screen(captured, where.tensor().name, job["dtype"], state, taken)
        self._seen = seen
        with np.load(job["ours"], allow_pickle=False) as given:
            self._ours = [given[name] for name in given.files]
        unchanged = self._seen(()).value()
        self.targets = screen.nearest(unchanged, self._ours)
        self._least = screen.least(screen.distance(unchanged, self._ours))

    def value(self, change):
        """The tensor after a `Change`, None if it cannot be made; without a change, as it is."""
        return self._seen(change.around).value(change.edits) if change else self._seen(()).value()

    def reached(self, change):
        """True where a change makes the tensor one of the port's."""
        value = self.value(change)
        return value is not None and screen.distance(value, self._ours) <= self._least


def _state_at(job, captured, calls, around):
    """`{variable: array}` after some calls of a step, which edits may change."""
    state = _before(job)
    if not calls:
        return state
    replay = _unchanged(captured, job["dtype"], around)
    replay.load(state)
    after = steps.Runner(replay).run(job["step"], calls, before=state).after
    replay.close()
    return after


def _unchanged(captured, dtype, around):
    """`Replay` of a program that no change edits, but for the edits around one."""
    order = port_order.order(captured)
    return replays.Replay(captured, dtype, edits=around, order=order) if around else (
        replays.plain(captured, dtype, order))


def _before(job):
    """`{variable: array}` of the reference before the job's step, as it was recorded."""
    start = keys.prefix("before", job["step"])
    with np.load(job["trace"], allow_pickle=False) as given:
        return {name[len(start):]: given[name] for name in given.files if name.startswith(start)}


def edited(job):
    """Writes the arrays of a step under a change; returns "", or why the change cannot be made.

    Args:
      job: {"captured", "batches", "dtype", "place", "step", "trace": as for `candidates`,
        "change": the number in a candidate,
        "again": True where gradients may be computed again,
        "out": the .npz to write}.
    """
    where, changes = _changes(job)
    captured, change = where.captured, changes[job["change"]]
    edits = list(change.edits + change.around)
    if change.recompute and job["again"]:
        edits.append(recomputed.gradients(captured))
    number, seen = job["step"], watched.Watched(captured)
    calls = steps.grouped(captured)[number]
    names = {name for call in calls for name in seen.of(call).names}
    try:
        with contextlib.closing(replays.Replay(
                captured, job["dtype"], order=port_order.order(captured), edits=edits,
                looked_at=names)) as replay:
            step = _run(replay, change, number, calls, _before(job))
    except Exception as error:  # TensorFlow may raise anything on an impossible graph
        return _line(error)
    with arrays.Writer(job["out"]) as write:
        for name, value in step_trace.named(step).items():
            write(name, value)
    return ""


def changed_rates(job):
    """The answer of `far_rates.read` under a change of a schedule, or why it cannot be made.

    Args:
      job: as for `far_rates.read`, with {"place", "change"} as for `edited`.
    """
    try:
        return far_rates.read(job, _changes(job)[1][job["change"]].edits)
    except Exception as error:  # TensorFlow may raise anything on an impossible graph
        return _line(error)


def _line(error):
    """The message of an error in one line of at most 500 characters, or its type."""
    return " ".join(str(error).split())[:500] or type(error).__name__


def _run(replay, change, number, calls, before):
    """The `steps.Step` that a changed reference takes from a recorded state.

    Args:
      replay: the `Replay` of the edited graph.
      change: the `Change`.
      number: number of the step; calls: its calls.
      before: `{variable: array}` before it.
    """
    if change.only is None:
        step = _in_order(replay, number, calls, before, change.order or (tuple(range(len(calls))),))
    else:
        step = _with_one_changed(replay, change, number, calls, before)
    after = dict(step.after, **(change.finish(before, step.after) if change.finish else {}))
    return step._replace(before=before, after=after)


def _with_one_changed(replay, change, number, calls, before):
    """The `steps.Step` of calls of which one runs in the edited graph; arguments as for `_run`."""
    phases, state, place = [], before, change.only
    plain = _unchanged(replay.captured, replay.dtype, change.around)
    for one, some in ((plain, calls[:place]), (replay, calls[place:place + 1]),
                      (plain, calls[place + 1:])):
        if some:
            one.load(state)
            step = steps.Runner(one).run(number, some, before=state)
            phases, state = phases + step.phases, step.after
    plain.close()
    return step._replace(phases=phases, after=state)


def _in_order(replay, number, calls, start, groups):
    """The `steps.Step` of groups of calls, each run from the start; phases keep their order.

    Args:
      replay, number, calls: as for `_run`.
      start: `{variable: array}` before the step.
      groups: tuples of positions in `calls`.
    """
    phases, after, runner = [], dict(start), steps.Runner(replay)
    for places in groups:
        replay.load(start)
        step = runner.run(number, [calls[place] for place in places], before=start)
        trained = [place for place in places if calls[place].role == "train"]
        phases.extend(zip(trained, step.phases))
        after.update((name, step.after[name]) for place in places for name in calls[place].writes
                     if name in step.after)
    return step._replace(phases=[phase for _, phase in sorted(phases, key=lambda pair: pair[0])],
                         after=after if len(groups) > 1 else step.after)
