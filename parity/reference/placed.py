"""Takes steps from given states with given numbers, for golden files."""

import numpy as np

from parity import capture
from parity.common import arrays
from parity.common import keys
from parity.reference import batches
from parity.reference.call_inputs import CallInputs
from parity.reference.captured import Captured
from parity.reference import free_run
from parity.reference import inactive_bounds
from parity.reference import port_order
from parity.reference.replay import Replay
from parity.reference import step_trace
from parity.reference import steps


def places(captured):
    """Yields (call, tensor, name in a trace) of the inputs of all steps' calls.

    Names are input/<step>/<phase>/<tensor>, gathered/<step>/<call>/<tensor> and
    draw/<step>/<phase>/<number>. Inputs of calls that only write are not part of a trace.
    """
    taken, forward = CallInputs(captured), steps.runs_forward(captured)
    for number, calls in enumerate(steps.grouped(captured)):
        phase, gathered, drawn = 0, 0, 0
        for call in calls:
            for tensor in taken.drawn(call):
                yield call, tensor, "draw/{}/{}/{}".format(number, phase, drawn)
                drawn += 1
            trains = call.role == "train" or forward
            part = "input/{}/{}".format(number, phase) if trains else (
                "gathered/{}/{}".format(number, gathered))
            if trains or call.role == "gather":
                for tensor in taken.inputs(call):
                    yield call, tensor, "{}/{}".format(part, tensor)
            if trains:
                phase, drawn = phase + 1, 0
            gathered += call.role == "gather"


def feed(captured, path):
    """Feeds calls with the arrays of an .npz file, named as by `places`."""
    with np.load(path, allow_pickle=False) as file:
        given, held = {}, set(file.files)
        for call, tensor, name in places(captured):
            if name in held:
                given.setdefault(call, {})[tensor] = _as_drawn(file[name])
    for call, values in given.items():
        call.feed(values)


def _as_drawn(value):
    """A given value; a single number in float64, in which it is no longer read as its decimal.

    Ports take it from a golden file as float32 holds it.
    """
    return value.astype(np.float64) if value.dtype == np.float32 and not value.ndim else value


def sample(job):
    """Job "sample": writes states and inputs of steps of a free run in float64.

    Args:
      job: {"captured", "steps", "out", "batches"}. The .npz file "out" gets
        before/<step>/<variable>, last_rate/<step>/<phase>/<variable>, and inputs named as by
        `places`.

    Returns:
      {"steps": numbers of the written steps, before which nothing but calls changed variables,
      "hidden": true where a call draws in loops}.
    """
    captured = batches.captured(job)
    kept, rates = [], []
    with arrays.Writer(job["out"]) as write:
        runner = _begun(captured)
        for number, calls in enumerate(steps.grouped(captured)[:max(job["steps"]) + 1]):
            if number in job["steps"] and not (number and calls[0].moved):
                kept.append(number)
                step = steps.Step(number, [], runner.replay.state(), {}, [])
                step_trace.write_step(step, write, rates)
            rates = [phase.rates for phase in runner.advance(number, calls)]
        for call, tensor, name in places(captured):
            if int(name.split("/")[1]) in kept:
                write(name, _numbers(tensor, dict(call.fed(), **call.drawn())[tensor]))
    return {"steps": kept, "hidden": any(call.hidden for call in captured.calls)}


def _numbers(tensor, value):
    """Array of numbers; Failure where it holds strings."""
    if value.dtype.kind not in "fiub":
        raise capture.Failure("{}: expected numbers for a golden file, received {}".format(
            tensor, value.dtype))
    return value


def _begun(captured):
    """`steps.Runner` in the state where the capture begins."""
    runner = steps.Runner(Replay(captured, "float64", order=port_order.order(captured)))
    runner.replay.load(free_run.start(captured, "float64"))
    return runner


def retake(job):
    """Job "retake": takes steps, each from a given state and with given inputs.

    Args:
      job: {"captured", "dtype", "steps", "given", "out"}: "given" is a file with the names that
        `sample` writes; the file "out" gets a trace of the steps as of the job "steps".

    Returns:
      {"draws": {step: [kind]}, "unexercised": [bound]}.
    """
    captured, draws = Captured(job["captured"]), {}
    feed(captured, job["given"])
    replay = Replay(captured, job["dtype"], order=port_order.order(captured))
    bounds, grouped = inactive_bounds.Bounds(replay), steps.grouped(captured)
    runner = steps.Runner(replay, bounds)
    with arrays.Writer(job["out"]) as write, np.load(job["given"], allow_pickle=False) as given:
        if replay.computed_in_float32():
            write("islands", np.array(replay.computed_in_float32()))
        for number in job["steps"]:
            replay.load(_under(keys.prefix("before", number), given))
            step = runner.run(number, grouped[number])
            replay.forget()
            step_trace.write_step(step, write)
            for name in given.files:
                if name.startswith(keys.prefix("last_rate", number)):
                    write(name, given[name].astype(job["dtype"]))
            draws[str(number)] = [kind for phase in step.phases for kind, _ in phase.draws]
    return {"draws": draws, "unexercised": bounds.never()}


def first_state(path):
    """`{variable: array}` of the first step's state in a file."""
    with np.load(path, allow_pickle=False) as given:
        return _under("before/0/", given)


def _under(prefix, given):
    return {name[len(prefix):]: given[name] for name in given.files if name.startswith(prefix)}
