"""Answers jobs on captured programs: `python -m parity.reference.recorder`.

Jobs, one a line of JSON on standard input:

    describe   {"captured", "example"}: what a port is paired with, see `describe`; inputs of the
               first step are written to the .npz file `example`, by the operations that give them
    steps      {"captured", "dtype", "steps", "out", "batches"}: those training steps of a free run,
               fed with `batches` (see `batches.give`) if they are given, as .npz:
               before/<step>/<variable>, after/<step>/<variable>,
               gradient/<step>/<phase>/<variable>, rate/..., loss/<step>/<phase>/<tensor>,
               output/<step>/<phase>/<layer> and .../<layer>/activation,
               fetched/<step>/<phase>/<tensor> of a graph that only runs forward,
               last_rate/<step>/<phase>/<variable>, of the step before,
               input/<step>/<phase>/<tensor>, draw/<step>/<phase>/<number>;
               islands, operations that float64 computes in float32, if there are any;
               and, where they run on to a number of steps, `free`: input/..., gathered/... and
               draw/<step>/0/<number> of each, entries/<variable> [steps + 1, up to 16] of
               `names`, losses/<phase>/<tensor> [steps]; the answer has "draws", {step: [kind]},
               and "unexercised", bounds that never act, see `exercised.Bounds.never`
    vary       {"captured", "dtype", "steps", "trace", "batches", "split", "only", "out"}: what
               variants of the reference (see `variants`; of the names `only`, or every one) make
               of steps that were recorded in the file `trace`:
               allowed_after/..., allowed_gradient/..., ...: how far constants that are rounded
               otherwise take them from it, relative; bent_after/...: what they make of a variable's
               move beside a factor of it as a whole; noise_...: how far one unit in the last place
               takes them; stored_after/..., powers_...: their arrays of the variables that the list
               `split` names; biased_after/...: moving variances. "steps" writes the same, and
               answers "varied", where draws in loops go on from one step to the next
    taken      {"captured", "count", "out"}: what a free run in float32 takes, see `captured_run`
    nudged     {"captured", "dtype", "count", "names", "batches", "out"}: entries/... of a free run
               that is nudged by a unit in the last place before each step
    rates      {"captured", "dtype", "trace", "compared", "steps"}: learning rates at far steps, see
               `far_rates.read`
    sample     {"captured", "steps", "out", "batches"}: what the steps start from and take, see
               `placed.sample`
    retake     {"captured", "dtype", "steps", "given", "out"}: the steps again, each from what such
               a file gives, see `placed.retake`; "vary" and "infer" take "given", too
    replay     {"captured", "enough"}: in each precision the verdict of what the calls give against
               what they gave where they were captured, the row that is furthest off, and the names
               of variables that a call writes twice in no order; in float32 alone where that is
               `enough` and bit for bit what was captured
    infer      {"captured", "dtype", "out", "batches"}: the forward pass of the first step without
               training, see `inference.Forward`, as .npz of <layer>; returns why not, or ""
    initial    {"captured", "variables", "out"}: what the variables start as, see `initial.read`;
               draws/<variable> of the named ones that are no constants
    save       {"captured", "states", "part", "names", "checkpoint"}: a TensorFlow 1 checkpoint of
               the named variables, whose float32 values the .npz `states` holds as <part>/<name>
    candidates, edited, changed_rates: changes of the program that may explain a port, see
               `parity.causes.jobs`
    restore    {"captured", "checkpoint", "names", "out"}: what the program's variables hold once
               they are restored from a checkpoint, as .npz of <name>
"""

import contextlib
import sys

import numpy as np

from parity import capture
from parity.causes import jobs
from parity.common import arrays
from parity.common import worker
from parity.reference import batches
from parity.reference import captured as captures
from parity.reference import captured_run
from parity.reference import checkpoints
from parity.reference import exercised
from parity.reference import far_rates
from parity.reference import free_run
from parity.reference import inference
from parity.reference import initial
from parity.reference import losses_first
from parity.reference import placed
from parity.reference import replay_error
from parity.reference import step_trace
from parity.reference import steps
from parity.reference import variants
from parity.reference.reading import layers
from parity.reference.reading import origins
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.reading import updates
from parity.reference.replay import Replay


def _variables(captured):
    """Each variable that is no slot: role and layer of the trained ones, in the order of use."""
    found = {}
    for layer in layers.read(captured):
        for role, name in layer.variables.items():
            found[name] = {"role": role, "kind": layer.kind, "layer": layer.name,
                           "forget_bias": layer.settings.get("forget_bias"),
                           "transposed": layer.settings.get("transposed", False)}
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
    """Each input that is no random number: tensor, dtype, phases, its shape in the first call, and
    as far as the graph says: "open", None where it says nothing; whether layers take it, and not
    the loss alone."""
    found, phase, graph = {}, 0, structure.of(captured)
    taken = tensors.ancestors([graph.tensor(layer.input) for layer in layers.read(captured)
                               if layer.input])  # a variable alone has none
    for call in steps.grouped(captured)[0]:
        if call.role != "train" and not steps.runs_forward(captured):
            continue
        values = dict(call.fed(), **call.drawn())
        random = {entry["tensor"] for entry in captured.inputs.values() if entry["random"]}
        for name, value in values.items():
            if name not in random:
                entry = found.setdefault(name, {
                    "tensor": name, "shape": list(value.shape), "dtype": value.dtype.name,
                    "open": tensors.shape_of(graph.tensor(name)), "phases": [],
                    "taken": graph.tensor(name).op in taken})
                entry["phases"].append(phase)
        phase += 1
    return list(found.values())


def _draws(captured):
    """Whether the calls take random numbers."""
    random = {entry["tensor"] for entry in captured.inputs.values() if entry["random"]}
    return any(random.intersection(call.stateful) for call in captured.calls)


def _example(captured):
    """`{operation: array}` of the inputs of the first step that are no random numbers."""
    names = {entry["tensor"] for entry in _inputs(captured)}
    found = {}
    for call in steps.grouped(captured)[0]:
        found.update((name, value) for name, value in dict(call.fed(), **call.drawn()).items()
                     if name in names)
    names = {entry["tensor"]: name for name, entry in captured.inputs.items()}
    return {names[name]: value for name, value in found.items()
            if value.dtype.kind != "O"}


def _counter(captured, rate):
    """The variable whose whole number a schedule's rate comes from, or None."""
    if rate is None or rate.kind in ("constant", "variable", "fed"):
        return None
    dtype = captured.variables.get(rate.source, {}).get("dtype", "")
    return rate.source if dtype.startswith("int") else None


def _first_counts(captured):
    """`{counter: its first number}`; none where the capture begins after training did."""
    if initial.begun(captured):
        return {}
    return {name: int(value) for name, value in captured.calls[0].before().items()
            if value.dtype.kind == "i" and value.shape == ()}


def describe(job):
    """What a port is paired with."""
    captured = captures.read(job["captured"])
    np.savez(job["example"], **_example(captured))
    return {
        "program": captured.header["program"], "versions": captured.header["versions"],
        "forward": steps.runs_forward(captured),
        "hidden": any(call.hidden for call in captured.calls), "drawn": _draws(captured),
        "begun": initial.begun(captured), "first_counts": _first_counts(captured),
        "steps": len(steps.grouped(captured)), "phases": captured.header["calls_a_step"],
        "bends": far_rates.bends(captured),
        "variables": _variables(captured), "inputs": _inputs(captured),
        "updates": [{"variable": update.variable, "kind": update.kind, "slots": update.slots,
                     "scope": update.scope, "constants": update.constants,
                     "counter": _counter(captured, update.rate)}
                    for update in updates.read(captured)],
        "made": origins.read(captured)}


def _captured(job):
    """The `Captured` of a job, its calls fed with what the job gives."""
    if not job.get("given"):
        return batches.captured(job)
    captured = captures.Captured(job["captured"])
    placed.feed(captured, job["given"])
    return captured


def record(job):
    """Runs the steps freely; beside each that is compared, variants that have to go along."""
    captured = _captured(job)
    replay, others = Replay(captured, job["dtype"], order=losses_first.order(captured)), []
    bounds = exercised.Bounds(replay)
    runner = steps.Runner(replay, bounds)
    if any(call.hidden for call in captured.calls):  # draws in loops go on from step to step
        others = variants.of(captured, job["dtype"], job.get("alone", False))
    replay.load(free_run.start(captured, job["dtype"]))
    entries = free_run.Entries(replay, job["names"]) if job.get("free") else None
    draws, rates = {}, []
    with arrays.Writer(job["out"]) as write:
        if replay.computed_in_float32():
            write("islands", np.array(replay.computed_in_float32()))
        for number, calls in _to_run(captured, job):
            if number in job["steps"]:
                step = runner.run(number, calls)
                replay.forget()  # two states of a large model at a time fill the memory
                step_trace.write_step(step, write, rates)
                draws[str(number)] = [kind for phase in step.phases for kind, _ in phase.draws]
                _vary(job, step, step_trace.named_and_before(step), calls, others, write)
                replay.load(step.after)
                phases = [steps.Passed(phase.losses, phase.rates) for phase in step.phases]
                step = None  # its arrays may be large
            else:
                phases = _pass_step(number, calls, runner, others)
                if entries:
                    draws[str(number)] = runner.taken.write(number, calls, write)
            rates = [phase.rates for phase in phases]
            if entries:
                entries.add(phases)
        for name, value in entries.arrays().items() if entries else ():
            write(name, value)
    replay.close()
    return {"draws": draws, "varied": bool(others), "unexercised": bounds.never()}


def _to_run(captured, job):
    """`(number, calls)` of the steps that are run: to the last that is compared, or `free` many."""
    last = max(job["steps"])
    for number, calls in enumerate(steps.grouped(captured)[:max(last + 1, job.get("free", 0))]):
        if not all(call.has_inputs for call in calls):
            if number > last:
                return
            raise capture.Failure("step {}: its inputs were not kept".format(number))
        yield number, calls


def _pass_step(number, calls, runner, others):
    """Takes a step that nobody asks for; a `steps.Passed`, or `steps.Phase`, of each phase."""
    if not others:
        return runner.advance(number, calls)
    step = runner.run(number, calls)
    for other in others:
        other.run(step, calls)
    return step.phases


def _vary(job, step, given, calls, others, write):
    """Writes what variants make of a step, one by one."""
    changes = step_trace.Changes(given, write, job.get("split", ()))
    for other in others:
        changes.add(other.name, other.run(step, calls))
    changes.finish()


def vary(job):
    """Writes what variants make of recorded steps, each from the state that was recorded."""
    captured = _captured(job)
    others = variants.of(captured, job["dtype"], job.get("alone", False), job.get("only"))
    grouped = steps.grouped(captured)
    with np.load(job["trace"], allow_pickle=False) as given, arrays.Writer(job["out"]) as write:
        for number in job["steps"]:
            start = "before/{}/".format(number)
            before = {name[len(start):]: given[name] for name in given.files
                      if name.startswith(start)}
            step = steps.Step(number, [], before, {}, [])
            _vary(job, step, given, grouped[number], others, write)
    for other in others:
        other.close()
    return {}


def replay(job):
    """`{dtype: {"verdict", "tensor", "call", "error", "unordered"}}`; {} of a large one that is not
    bit for bit what was captured: how far it is off takes several states at a time."""
    found, captured = {}, captures.read(job["captured"])
    exact = [replay_error.exactly(captured)] if job.get("large") else None
    for result in filter(None, exact) if exact else replay_error.measure(
            captured, enough=job.get("enough", False)):
        worst = result.worst()
        found[result.dtype] = {"verdict": result.verdict(), "tensor": worst.variable,
                               "call": worst.call, "error": worst.error,
                               "unordered": result.unordered}
    return found


def infer(job):
    """Writes `{layer: array}`; why not, or ""."""
    captured = _captured(job)
    state = placed.first_state(job["given"]) if job.get("given") else None
    try:
        with contextlib.closing(inference.Forward(captured, job["dtype"], state)) as passes:
            found = passes.outputs()
    except inference.Undecided as error:
        return str(error)
    np.savez(job["out"], **found)
    return ""


def first_values(job):
    """What the variables start as."""
    with arrays.Writer(job["out"]) as write:
        return initial.read(captures.read(job["captured"]), set(job["variables"]), write)


def save(job):
    """Writes a checkpoint of a state."""
    variables = checkpoints.Variables(captures.read(job["captured"]))
    with np.load(job["states"], allow_pickle=False) as states:
        variables.load({name: states["{}/{}".format(job["part"], name)] for name in job["names"]})
    variables.save(job["checkpoint"], job["names"])
    variables.close()
    return {}


def restore(job):
    """Restores a checkpoint, and writes what the variables hold then."""
    variables = checkpoints.Variables(captures.read(job["captured"]))
    variables.restore(job["checkpoint"], job["names"])
    with arrays.Writer(job["out"]) as write:
        for name, value in variables.state().items():
            write(name, value)
    variables.close()
    return {}


if __name__ == "__main__":
    worker.serve({"describe": describe, "steps": record, "vary": vary,
                  "taken": captured_run.taken, "nudged": free_run.nudged,
                  "sample": placed.sample, "retake": placed.retake,
                  "rates": far_rates.read, "replay": replay, "infer": infer,
                  "initial": first_values, "save": save, "restore": restore,
                  "candidates": jobs.candidates, "edited": jobs.edited,
                  "changed_rates": jobs.changed_rates},
                 capture.Failure)
    sys.exit(0)
