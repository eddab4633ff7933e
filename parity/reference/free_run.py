"""A captured program run freely from its start, beside a run of it that is nudged at every step."""

from parity.common import arrays
from parity.common import worker
from parity.reference import batches
from parity.reference import noise
from parity.reference import precision
from parity.reference import steps
from parity.reference.captured import Captured
from parity.reference.replay import Replay


def _write_given(number, calls, runner, write):
    """Writes what the calls of a step take; the kinds of their draws, in order."""
    drawn, trained, gathered = [], 0, 0
    for call in calls:
        drawn += runner.draws(call)
        if call.role == "train":
            place, trained = "input/{}/{}".format(number, trained), trained + 1
        elif call.role == "gather":
            place, gathered = "gathered/{}/{}".format(number, gathered), gathered + 1
        else:
            continue
        for name, value in runner.inputs(call).items():
            write("{}/{}".format(place, name), value)
    for count, (_, value) in enumerate(drawn):
        write("draw/{}/0/{}".format(number, count), value)
    return [kind for kind, _ in drawn]


def _cast(value, dtype):
    return value.astype(dtype) if value.dtype.kind == "f" else value


class _Free(object):
    """A run from the start, of which some numbers of every variable are kept after each step."""

    def __init__(self, captured, job, nudged):
        self.runner = steps.Runner(Replay(captured, job["dtype"]))
        state = steps.first_state(captured, precision.shortest if job["dtype"] == "float64"
                                  else lambda value: value)
        self._nudged, self._curves = nudged, worker.Curves()
        if nudged:
            nudge = noise.Nudge(0)
            state = {name: nudge(_cast(state[name], job["dtype"])) for name in sorted(state)}
        self.runner.replay.load(state)
        self._add()

    def _add(self):
        self._curves.add({}, {name: value for name, value in self.runner.replay.state().items()
                              if value.dtype.kind == "f"})

    def step(self, number, calls):
        """Takes one step."""
        self.runner.advance(number, calls, noise.Nudge(number + 1) if self._nudged else None)
        self._add()

    def entries(self):
        """`{"entries/<variable>": [steps + 1, up to 16]}`."""
        return {name: value for name, value in self._curves.arrays().items()
                if name.startswith("entries/")}


def record(job):
    """Runs both and writes what they took and where they were: `{"steps", "draws"}`."""
    captured = Captured(job["captured"])
    if job.get("batches"):
        batches.give(captured, job["batches"])
    plain, nudged = (_Free(captured, job, change) for change in (False, True))
    drawn = {}
    with arrays.Writer(job["out"]) as write:
        for number, calls in enumerate(steps.grouped(captured)[:job["count"]]):
            if not all(call.has_inputs for call in calls):
                break
            drawn[str(number)] = _write_given(number, calls, plain.runner, write)
            for run in (plain, nudged):
                run.step(number, calls)
        for start, run in (("", plain), ("nudged_", nudged)):
            for name, value in run.entries().items():
                write(start + name, value)
    return {"steps": len(drawn), "draws": drawn}
