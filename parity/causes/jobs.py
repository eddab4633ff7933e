"""Jobs of the reference's recorder: which changes may explain a port, and what they make of a step.
"""

import contextlib
import functools
import json
import time

import numpy as np

from parity.causes import again
from parity.causes import catalogue
from parity.causes import place
from parity.causes import screen
from parity.causes import solved
from parity.causes.change import Change
from parity.common import arrays
from parity.reference import batches
from parity.reference import far_rates
from parity.reference import losses_first
from parity.reference import replay as replays
from parity.reference import step_trace
from parity.reference import steps
from parity.reference import watched

# The change that only computes the gradients again: that this is what the program does is no given.
_UNCHANGED = Change("", "", "", again=True)


@functools.lru_cache(maxsize=4)
def _listed(path, fed, asked):
    """(`place.Place`, [`Change`]) of a place; the first changes nothing, `candidates` adds some."""
    captured = batches.captured({"captured": path, "batches": fed})
    where = place.Place(captured, json.loads(asked))
    return where, [_UNCHANGED] + list(catalogue.changes(where))


def _changes(job):
    return _listed(job["captured"], job.get("batches"), json.dumps(job["place"], sort_keys=True))


def candidates(job):
    """[{"change", "name", "sentence", "write", "declared"}] of changes that may explain a port.

    Of a tensor of the forward pass, those that make it one of the port's.

    Args:
      job: {"captured", "batches", "dtype", "place": see `place.Place`, "step", "trace": the file
        that holds what the reference starts the step from, "ours": the .npz of the port's tensors
        that it may be, "seconds": how long it may take, "how": "listed", "solved" for changes to
        numbers that are looked for, "scaled" for those beside which a loss is a multiple}.
    """
    started = time.monotonic()
    where, changes = _changes(job)
    near = _Near(job, where) if where.rung <= 4 else None

    def is_late():
        return time.monotonic() - started > job["seconds"]
    found = []
    for number, change in enumerate(list(changes) if job["how"] == "listed" else ()):
        if is_late() or (change.name == "a number" and found):
            break  # a number that is an epsilon or a slope has been tried as that
        if number and (near is None or change.order or near.reached(change)):
            found.append(number)
    looked_for = {"solved": solved.changes, "scaled": solved.scaled}.get(job["how"])
    if near and looked_for:
        for change in looked_for(where, near.value, near.targets, job["dtype"], is_late):
            found.append(len(changes))
            changes.append(change)
    return [{"change": number, "name": changes[number].name, "sentence": changes[number].sentence,
             "write": changes[number].write, "declared": changes[number].declared}
            for number in found]


class _Near(object):
    """The tensor in which the port departs, under changes.

    Attributes:
      targets: what it may be in the port, flat, the nearest first.
    """

    def __init__(self, job, where):
        captured = where.captured
        calls = steps.grouped(captured)[job["step"]]
        trained = [number for number, call in enumerate(calls) if call.role == "train"] or [0]
        position = trained[min(where.phase, len(trained) - 1)]
        state = _before(job)
        if position:
            state = _state_at(job, captured, calls[:position], state)
        values = dict(calls[position].fed(), **calls[position].drawn())
        taken = {name: values[entry["tensor"]] for name, entry in captured.inputs.items()
                 if entry["tensor"] in values}
        self._seen = screen.Screen(captured, where.tensor().name, job["dtype"], state, taken)
        with np.load(job["ours"], allow_pickle=False) as given:
            self._ours = [given[name] for name in given.files]
        unchanged = self._seen.value()
        self.targets = screen.nearest(unchanged, self._ours)
        self._least = screen.least(screen.distance(unchanged, self._ours))

    def value(self, change):
        """The tensor after a change, or None; without one, as it is."""
        return self._seen.value(change.edits if change else None)

    def reached(self, change):
        """Whether a change makes it one of the port's."""
        value = self.value(change)
        return value is not None and screen.distance(value, self._ours) <= self._least


def _state_at(job, captured, calls, state):
    """The state after the first calls of a step."""
    replay = replays.plain(captured, job["dtype"], losses_first.order(captured))
    replay.load(state)
    after = steps.Runner(replay).run(job["step"], calls, before=state).after
    replay.close()
    return after


def _before(job):
    """The reference's state before the step, as it was recorded."""
    start = "before/{}/".format(job["step"])
    with np.load(job["trace"], allow_pickle=False) as given:
        return {name[len(start):]: given[name] for name in given.files if name.startswith(start)}


def edited(job):
    """Writes what a change makes of a step; "" or why it cannot be made.

    Args:
      job: {"captured", "batches", "dtype", "place", "change": its number in what `candidates`
        gave, "again": whether gradients may be computed again, "step", "trace": the file that
        holds what the reference starts the step from, "out"}.
    """
    where, changes = _changes(job)
    captured, change = where.captured, changes[job["change"]]
    edits = list(change.edits)
    if change.again and job["again"]:
        edits.append(again.gradients(captured))
    number, seen = job["step"], watched.Watched(captured)
    calls = steps.grouped(captured)[number]
    names = {name for call in calls for name in seen.of(call).names}
    try:
        with contextlib.closing(replays.Replay(
                captured, job["dtype"], order=losses_first.order(captured), edits=edits,
                looked_at=names)) as replay:
            step = _run(replay, change, number, calls, _before(job))
    except Exception as error:  # whatever TensorFlow says of a graph that cannot be
        return _line(error)
    with arrays.Writer(job["out"]) as write:
        for name, value in step_trace.named(step).items():
            write(name, value)
    return ""


def changed_rates(job):
    """What `far_rates.read` answers of a change of a schedule, or why it cannot be made.

    Args:
      job: as of `far_rates.read`, and {"place", "change"}.
    """
    try:
        return far_rates.read(job, _changes(job)[1][job["change"]].edits)
    except Exception as error:  # whatever TensorFlow says of a graph that cannot be
        return _line(error)


def _line(error):
    return " ".join(str(error).split())[:500] or type(error).__name__


def _run(replay, change, number, calls, before):
    """The `steps.Step` that a changed reference takes from a recorded state."""
    step = _in_order(replay, number, calls, before, change.order or (tuple(range(len(calls))),))
    after = dict(step.after, **(change.finish(before, step.after) if change.finish else {}))
    return step._replace(before=before, after=after)


def _in_order(replay, number, calls, start, groups):
    """The `steps.Step` of groups of calls, each from the start; phases stay named as they were."""
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
