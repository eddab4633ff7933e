"""Records a TensorFlow 1 program: `python -m parity.tf1.recorder`, jobs on standard input."""

import sys

import numpy as np
import tensorflow.compat.v1 as tf

from parity.common import trace
from parity.common import worker
from parity.tf1.recording import Recording, recording_of


def _header(job, recording, declared):
    return trace.header(
        job, "tensorflow 1", {"tensorflow": tf.__version__},
        variables={name: {"shape": variable.shape.as_list(),
                          "dtype": variable.dtype.base_dtype.name,
                          "trainable": bool(variable.trainable)}
                   for name, variable in recording.variables.items()},
        initializers=declared,
        phases=[phase.name for phase in recording.phases],
        sources=recording.sources(),
        races=recording.races(),
        owners=recording.owners,
        op_types=recording.op_types,
        checkpoint_names={name: variable.op.name
                          for name, variable in recording.variables.items()})


def record(job):
    """Runs `job["steps"]` steps from the initial state and writes the trace."""
    recording = recording_of(job)
    batches = worker.Batches(job["batches"], job["dtype"])
    recording.start(job["seed"])
    declared, arrays = recording.draws()
    arrays.update(recording.first_pass(batches(1)))
    arrays.update(recording.outputs(batches.samples()))
    wanted = set(job["resync"]) | {k + 1 for k in job["resync"]} | {job["steps"]}
    curves = worker.Curves()
    for step in range(job["steps"] + 1):
        losses = recording.step(batches(step)) if step else {}
        curves.add(losses, recording.weights())
        if step in wanted:
            arrays.update({"state/{}/{}".format(step, name): value
                           for name, value in recording.state().items()})
    arrays.update(curves.arrays())
    arrays.update({"samples/" + name: value
                   for name, value in recording.outputs(batches.samples()).items()})
    if job["steps"] in job["resync"]:
        recording.step(batches(job["steps"] + 1))
        arrays.update({"state/{}/{}".format(job["steps"] + 1, name): value
                       for name, value in recording.state().items()})
    trace.write(job["out"], _header(job, recording, declared), arrays)
    return {}


def _scaled(batch, factor):
    """A batch whose float inputs are multiplied; labels and seeds are left as they are.

    Every third one by as much below 1 as `factor` is above: batch norm takes a factor that all
    inputs share out again, and then nothing would be perturbed.
    """
    return {key: value * np.resize([factor, factor, 2 - factor], value.shape).astype(value.dtype)
            if value.dtype.kind == "f" else value for key, value in batch.items()}


def _steps_from_reference(job):
    """One step from each of a trace's states, in a fresh graph; perturbed if the job says so.

    `job["scale"]` multiplies state whose name ends in one of its keys, `{key: {k: factor}}`;
    `job["scale_inputs"]` multiplies every float input.
    """
    recording = Recording(job)
    batches = worker.Batches(job["batches"], job["dtype"])
    recording.start(job["seed"])
    _, reference = trace.read(job["reference"])
    for k in job["resync"]:
        state = trace.part(reference, "state/{}/".format(k))
        for ending, factors in job.get("scale", {}).items():
            state.update((name, value * value.dtype.type(factors[str(k)]))
                         for name, value in state.items() if ending in name)
        recording.load(state)
        recording.step(_scaled(batches(k + 1), job.get("scale_inputs", 1.0)))
        for name, value in recording.state().items():
            yield k, name, value, reference["state/{}/{}".format(k + 1, name)], state[name]


def repeat(job):
    """Runs the reference's steps again; `[k, name]` of what came out otherwise."""
    return [[k, name] for k, name, value, expected, _ in _steps_from_reference(job)
            if value.tobytes() != expected.tobytes()]


def perturb(job):
    """Runs the steps with a change that means nothing; `[k, name, relative change of the step]`."""
    changes = []
    for k, name, value, expected, before in _steps_from_reference(job):
        moved = np.linalg.norm(np.float64(expected) - np.float64(before))
        if moved:
            gap = np.linalg.norm(np.float64(value) - np.float64(expected))
            changes.append([k, name, float(gap / moved)])
    return changes


def perturbed_run(job):
    """Writes the curves of the run from the start with every float input scaled."""
    recording = Recording(job)
    batches = worker.Batches(job["batches"], job["dtype"])
    recording.start(job["seed"])
    curves = worker.Curves()
    curves.add({}, recording.weights())
    for step in range(1, job["steps"] + 1):
        batch = _scaled(batches(step), job["scale_inputs"])
        curves.add(recording.step(batch), recording.weights())
    np.savez(job["out"], **curves.arrays())
    return {}


def save(job):
    """Writes the reference's state after `job["step"]` steps as a TensorFlow 1 checkpoint."""
    recording = recording_of(job)
    recording.start(job["seed"])
    _, reference = trace.read(job["reference"])
    recording.load(trace.part(reference, "state/{}/".format(job["step"])))
    with recording.graph.as_default():
        tf.train.Saver().save(recording.session, job["checkpoint"], write_meta_graph=False,
                              write_state=False)
    return {}


def restore(job):
    """Restores a checkpoint that the port wrote; names of what is not as the reference has it."""
    recording = recording_of(job)
    recording.start(job["seed"])
    _, reference = trace.read(job["reference"])
    partners = [recording.variables[name] for name in job["names"]]
    with recording.graph.as_default():
        tf.train.Saver(partners).restore(recording.session, job["checkpoint"])
    state = recording.state()
    return [name for name in job["names"] if state[name].tobytes() !=
            reference["state/{}/{}".format(job["step"], name)].tobytes()]


if __name__ == "__main__":
    worker.serve({"record": record, "repeat": repeat, "perturb": perturb,
                  "perturbed_run": perturbed_run, "save": save, "restore": restore})
    sys.exit(0)
