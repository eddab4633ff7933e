"""Answers jobs on captured programs: `python -m parity.reference.recorder`.

Jobs, one a line of JSON on standard input:

    describe   {"captured"}: what a port is paired with, see `described`
    steps      {"captured", "dtype", "steps", "out"}: those training steps of a free run, as .npz:
               before/<step>/<variable>, after/..., stored/... (constants read as they are stored),
               biased/<step>/<variable> (float64: moving variances of fused batch norm, if they
               followed the batch's variance instead of n / (n - 1) times that, as Keras's do),
               nudged/<step>/<variable> (float32: what one unit in the last place changes),
               gradient/<step>/<phase>/<variable>, rate/..., loss/<step>/<phase>/<tensor>,
               input/<step>/<phase>/<tensor>, draw/<step>/<phase>/<number>,
               output/<step>/<phase>/<layer> and .../<layer>/activation
"""

import sys

import numpy as np

from parity import capture
from parity.common import worker
from parity.reference import batch_norm
from parity.reference import noise
from parity.reference import precision
from parity.reference import steps
from parity.reference.captured import Captured
from parity.reference.reading import layers
from parity.reference.reading import updates
from parity.reference.replay import Replay


def _variables(captured):
    """Each variable that is no slot: role and layer of the trained ones, in the order of use."""
    found = {}
    for layer in layers.read(captured):
        for role, name in layer.variables.items():
            found[name] = {"role": role, "kind": layer.kind, "layer": layer.name,
                           "forget_bias": layer.settings.get("forget_bias")}
    slots = {name for update in updates.read(captured) for name in update.slots.values()}
    for name in captured.variables:
        if name not in found and name not in slots:
            found[name] = {"role": name.rpartition("/")[2], "kind": "state",
                           "layer": name.rpartition("/")[0], "forget_bias": None}
    return [dict(entry, name=name, shape=captured.variables[name]["shape"],
                 dtype=captured.variables[name]["dtype"],
                 trainable=captured.variables[name]["trainable"])
            for name, entry in found.items()]


def _inputs(captured):
    """Each input that is no random number: tensor, shape in the first call, dtype, phases."""
    found, phase = {}, 0
    for call in steps.grouped(captured)[0]:
        if call.role != "train":
            continue
        values = dict(call.fed(), **call.drawn())
        random = {entry["tensor"] for entry in captured.inputs.values() if entry["random"]}
        for name, value in values.items():
            if name not in random:
                entry = found.setdefault(name, {"tensor": name, "shape": list(value.shape),
                                                "dtype": value.dtype.name, "phases": []})
                entry["phases"].append(phase)
        phase += 1
    return list(found.values())


def describe(job):
    """What a port is paired with."""
    captured = Captured(job["captured"])
    return {
        "program": captured.header["program"], "versions": captured.header["versions"],
        "steps": len(steps.grouped(captured)), "phases": captured.header["calls_a_step"],
        "variables": _variables(captured), "inputs": _inputs(captured),
        "updates": [{"variable": update.variable, "kind": update.kind, "slots": update.slots,
                     "scope": update.scope, "constants": update.constants}
                    for update in updates.read(captured)],
        "sources": {update.variable: ["{}:{}".format(line.path, line.line)
                                      for line in captured.source(update.operation)[:1]]
                    for update in updates.read(captured)}}


class _Trace(object):
    """The arrays of the steps that are asked for."""

    def __init__(self, asked):
        self._asked, self.arrays = set(asked), {}

    def wants(self, number):
        """Whether a step is asked for."""
        return number in self._asked

    def add(self, step):
        """Takes a `parity.reference.steps.Step`."""
        for part in ("before", "after"):
            for name, value in getattr(step, part).items():
                self.arrays["{}/{}/{}".format(part, step.number, name)] = value
        for position, phase in enumerate(step.phases):
            place = "{}/{}".format(step.number, position)
            for part, values in (("gradient", phase.gradients), ("rate", phase.rates),
                                 ("loss", phase.losses),
                                 ("input", phase.inputs), ("output", phase.outputs)):
                self.arrays.update(("{}/{}/{}".format(part, place, name), value)
                                   for name, value in values.items())
            self.arrays.update(("draw/{}/{}".format(place, number), value)
                               for number, (_, value) in enumerate(phase.draws))


def record(job):
    """Runs the steps freely, and beside each one that is asked for what it is compared with."""
    captured = Captured(job["captured"])
    main = Replay(captured, job["dtype"])
    beside = Replay(captured, job["dtype"], read=precision.as_stored)
    runners = [steps.Runner(replay) for replay in (main, beside)]
    other_norm = _with_biased_variance(captured, job["dtype"])
    main.load(steps.first_state(captured, precision.shortest if job["dtype"] == "float64"
                                else lambda value: value))
    trace, kinds, last = _Trace(job["steps"]), {}, max(job["steps"])
    for number, calls in enumerate(steps.grouped(captured)[:last + 1]):
        if not all(call.has_inputs for call in calls):
            raise capture.Failure("step {}: its inputs were not kept".format(number))
        step = runners[0].run(number, calls)
        beside.load(step.before)
        # Both run every step, so that draws inside loops follow each other in both.
        change = noise.Nudge(number) if job["dtype"] == "float32" else None
        other = runners[1].run(number, calls, change)
        if trace.wants(number):
            trace.add(step)
            _add_beside(trace, step, other, job["dtype"])
            if other_norm:
                other_norm.replay.load(step.before)
                _add_biased(trace, step, other_norm.run(number, calls))
            kinds[str(number)] = [[kind for kind, _ in phase.draws] for phase in step.phases]
    np.savez(job["out"], **trace.arrays)
    return {"draws": kinds, "islands": main.islands}


def _with_biased_variance(captured, dtype):
    """A `Runner` whose moving variances follow the batch's variance, as Keras's do; or None."""
    hidden = any(call.hidden for call in captured.calls)
    if dtype != "float64" or hidden or not batch_norm.is_fused(captured.graph_def()):
        return None
    return steps.Runner(Replay(captured, dtype, edits=[batch_norm.biased]))


def _add_biased(trace, step, other):
    trace.arrays.update(("biased/{}/{}".format(step.number, name), value)
                        for name, value in other.after.items()
                        if value.tobytes() != step.after[name].tobytes())


def _add_beside(trace, step, other, dtype):
    for name, value in other.after.items():
        if dtype == "float64":
            trace.arrays["stored/{}/{}".format(step.number, name)] = value
        elif value.dtype.kind == "f" and name in step.after:
            trace.arrays["nudged/{}/{}".format(step.number, name)] = np.float64(
                capture.relative_change(value, step.after[name], step.before[name]))


if __name__ == "__main__":
    worker.serve({"describe": describe, "steps": record})
    sys.exit(0)
