"""Jobs of the recorder that record steps of a captured program, and variants of them."""

import numpy as np

from parity.common import arrays
from parity.common import keys
from parity.reference import batches
from parity.reference import captured as captures
from parity.reference import free_run
from parity.reference import inactive_bounds
from parity.reference import placed
from parity.reference import port_order
from parity.reference.replay import Replay
from parity.reference import step_trace
from parity.reference import steps
from parity.reference import variants


def captured_of(job):
    """`Captured` of a job; its calls are fed with the arrays that the job gives, if any."""
    if not job.get("given"):
        return batches.captured(job)
    captured = captures.Captured(job["captured"])
    placed.feed(captured, job["given"])
    return captured


def record(job):
    """Job "steps": runs freely, and records the compared steps.

    Variants of a program that draws in loops have to be run along, step by step, and are recorded
    here, too.

    Returns:
      {"draws": {step: [kind]}, "varied": true where variants were recorded, "unexercised": bounds}.
    """
    captured, others = captured_of(job), []
    replay = Replay(captured, job["dtype"], order=port_order.order(captured))
    bounds = inactive_bounds.Bounds(replay)
    if any(call.hidden for call in captured.calls):
        others = variants.of(captured, job["dtype"], job.get("alone", False))
    replay.load(free_run.start(captured, job["dtype"]))
    with arrays.Writer(job["out"]) as write:
        if replay.computed_in_float32():
            write("islands", np.array(replay.computed_in_float32()))
        recording = _Recording(job, replay, bounds, others, write)
        for number, calls in _to_run(captured, job):
            recording.take(number, calls)
        recording.finish()
    replay.close()
    return {"draws": recording.draws, "varied": bool(others), "unexercised": bounds.never()}


class _Recording(object):
    """Takes steps one after the other, and writes the compared ones.

    Args:
      job: the job.
      replay: the `Replay`, in the state where the run begins.
      bounds: the `inactive_bounds.Bounds`.
      others: variants that are run along.
      write: function (name, array).

    Attributes:
      draws: `{step as a string: [kind]}`.
    """

    def __init__(self, job, replay, bounds, others, write):
        self._job, self._replay, self._others, self._write = job, replay, others, write
        self._runner = steps.Runner(replay, bounds)
        self._entries = free_run.Entries(replay, job["names"]) if job.get("free") else None
        self.draws, self._rates = {}, []

    def take(self, number, calls):
        """Takes the calls of a step."""
        if number in self._job["steps"]:
            phases = self._compared(number, calls)
        else:
            phases = _pass_step(number, calls, self._runner, self._others)
            if self._entries:
                self.draws[str(number)] = self._runner.call_inputs.write(number, calls, self._write)
        self._rates = [phase.rates for phase in phases]
        if self._entries:
            self._entries.add(phases)

    def _compared(self, number, calls):
        """Records a step; `steps.Passed` of each phase, without its arrays, which may be large."""
        step = self._runner.run(number, calls)
        self._replay.forget()  # two states of a large model at a time fill the memory
        step_trace.write_step(step, self._write, self._rates)
        self.draws[str(number)] = [kind for phase in step.phases for kind, _ in phase.draws]
        _vary(self._job, step, step_trace.named_and_before(step), calls, self._others, self._write)
        self._replay.load(step.after)
        return [steps.Passed(phase.losses, phase.rates) for phase in step.phases]

    def finish(self):
        """Writes the sampled entries and losses of the whole run."""
        for name, value in self._entries.arrays().items() if self._entries else ():
            self._write(name, value)


def _to_run(captured, job):
    """(number, calls) of the steps to run: up to the last compared one, or "free" many."""
    count = max(max(job["steps"]) + 1, job.get("free", 0))
    return list(enumerate(steps.grouped(captured)[:count]))


def _pass_step(number, calls, runner, others):
    """Takes a step that is not compared; a `steps.Passed` or `steps.Phase` of each phase."""
    if not others:
        return runner.advance(number, calls)
    step = runner.run(number, calls)
    for other in others:
        other.run(step, calls)
    return step.phases


def _vary(job, step, given, calls, others, write):
    """Writes the changes that variants make of a step, one variant after the other."""
    changes = step_trace.Changes(given, write, job.get("split", ()))
    for other in others:
        changes.add(other.name, other.run(step, calls))
    changes.finish()


def vary(job):
    """Job "vary": writes changes that variants make of recorded steps, each from its state."""
    captured = captured_of(job)
    others = variants.of(captured, job["dtype"], job.get("alone", False), job.get("only"))
    grouped = steps.grouped(captured)
    with np.load(job["trace"], allow_pickle=False) as given, arrays.Writer(job["out"]) as write:
        for number in job["steps"]:
            start = keys.prefix("before", number)
            before = {name[len(start):]: given[name] for name in given.files
                      if name.startswith(start)}
            step = steps.Step(number, [], before, {}, [])
            _vary(job, step, given, grouped[number], others, write)
    for other in others:
        other.close()
    return {}
