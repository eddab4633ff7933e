"""Records a Keras 3 program: `python -m parity.keras3.recorder`, jobs on standard input."""

import sys

import keras
import tensorflow as tf

from parity.common import trace
from parity.common import worker
from parity.keras3.recording import recording_of

# Counters and rates that Keras keeps as variables and TensorFlow 1 as something else.
BOOKKEEPING = ("iteration", "learning_rate")


def _header(job, recording, declared):
    return trace.header(
        job, "keras 3", {"tensorflow": tf.__version__, "keras": keras.__version__},
        variables={name: {"shape": list(variable.shape), "dtype": variable.dtype,
                          "trainable": bool(variable.trainable)}
                   for name, variable in recording.variables.items()
                   if not name.endswith(BOOKKEEPING)},
        initializers=declared,
        phases=[phase.name for phase in recording.program.phases],
        sources=recording.sources(),
        op_types=recording.op_types)


def _state(job, reference, step):
    """The reference's state after `step` steps, under the port's names."""
    return {partner: reference[f"state/{step}/{name}"] for name, partner in job["names"].items()}


def describe(job):
    """The header of a program that has not run, for the mapping."""
    return _header(job, recording_of(job), {})


def record(job):
    """Runs the program from the reference's initial state, and one step from each later one."""
    recording = recording_of(job)
    batches = worker.Batches(job["batches"], job["dtype"])
    _, reference = trace.read(job["reference"])
    declared, arrays = recording.draws()
    arrays.update({f"start/{name}": value for name, value in recording.started.items()})
    recording.load(_state(job, reference, 0), 0)
    recording.note_op_types(batches(1))
    arrays.update(recording.first_pass(batches(1)))
    arrays.update(recording.outputs(batches.samples()))
    curves = worker.Curves()
    for step in range(job["steps"] + 1):
        losses = recording.step(batches(step)) if step else {}
        curves.add(losses, recording.weights())
        if step in (0, job["steps"]):
            arrays.update({f"state/{step}/{name}": value
                           for name, value in recording.state().items()})
    arrays.update(curves.arrays())
    arrays.update({"samples/" + name: value
                   for name, value in recording.outputs(batches.samples()).items()})
    for k in job["resync"]:
        recording.load(_state(job, reference, k), k)
        recording.step(batches(k + 1))
        arrays.update({f"stepped/{k}/{name}": value for name, value in recording.state().items()})
    trace.write(job["out"], _header(job, recording, declared), arrays)
    return {}


def restore(job):
    """Reads a TensorFlow 1 checkpoint; names of what is not as the reference has it."""
    recording = recording_of(job)
    reader = tf.train.load_checkpoint(job["checkpoint"])
    for name, partner in job["names"].items():
        recording.variables[partner].assign(reader.get_tensor(job["checkpoint_names"][name]))
    _, reference = trace.read(job["reference"])
    return [name for name, partner in job["names"].items()
            if recording.variables[partner].numpy().tobytes() !=
            reference[f"state/{job['step']}/{name}"].tobytes()]


def save(job):
    """Writes the port's state, set to the reference's, as a TensorFlow 1 checkpoint."""
    recording = recording_of(job)
    _, reference = trace.read(job["reference"])
    for name, value in _state(job, reference, job["step"]).items():
        recording.variables[name].assign(value)
    values = {job["checkpoint_names"][name]: tf.convert_to_tensor(
        recording.variables[partner].value) for name, partner in job["names"].items()}
    stored = sorted(values)
    tf.raw_ops.SaveV2(prefix=job["checkpoint"], tensor_names=stored,
                      shape_and_slices=[""] * len(stored),
                      tensors=[values[name] for name in stored])
    return {}


if __name__ == "__main__":
    worker.serve({"describe": describe, "record": record, "save": save, "restore": restore})
    sys.exit(0)
