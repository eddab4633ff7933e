"""Records a TensorFlow 1 program: `python -m parity.tf1.recorder`, jobs on standard input."""

import functools
import json
import platform
import sys

import numpy as np
import tensorflow.compat.v1 as tf

from parity.common import names
from parity.common import sources
from parity.common import trace
from parity.common import worker
from parity.tf1 import initializers
from parity.tf1 import races
from parity.tf1 import taps

sources.note_origin(tf.train.Optimizer)

_PROGRAM = ("program", "training", "hparams_from", "model", "values", "dtype", "threads")


def _session_config(threads):
    """Parity mode: the kernels as written, in an order that does not depend on the machine."""
    config = tf.ConfigProto(
        intra_op_parallelism_threads=threads, inter_op_parallelism_threads=1,
        device_count={"GPU": 0})
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def _first(feeds):
    """`{batch key: placeholder}` of a phase's first batch; of a phase that has one, `feeds`."""
    while isinstance(feeds, (list, tuple)):
        feeds = feeds[0]
    return feeds


# What one initialiser draws for one shape is drawn once, whichever program asks.
_DRAWN = worker.Once()
_KEPT = worker.Once(most=4)  # verify has three cases begun, and a fourth to end


class Recording(object):
    """A program in its own graph and session."""

    def __init__(self, job):
        self._dtype = job["dtype"]
        self.training = names.resolve(job["training"])
        self.graph = tf.Graph()
        with self.graph.as_default():
            hparams = names.resolve(job["hparams_from"])(job["model"], job["values"])
            self.program = names.resolve(job["program"])(hparams, self._dtype)
            self.phases = self.training.make_phases(self.program)
            self.session = tf.Session(config=_session_config(job["threads"]))
            self.variables = self._name_state()
            self.trainable = [variable.op.name for variable in tf.trainable_variables()]
            networks = {name.split("/")[0] for name in self.trainable}
            self.taps = taps.layer_outputs(self.graph, networks)
            self.op_types = sorted({op.type for op in self.graph.get_operations()})

    def _name_state(self):
        """`{state name: variable}`: variables, then slots, then the optimisers' own."""
        named = {}
        self.owners = {}
        for phase in self.program.phases:
            for update in phase.updates:
                slots = set()
                self.owners.update((variable.op.name, update.loss) for variable in update.variables)
                for slot in update.optimizer.get_slot_names():
                    for variable in update.variables:
                        value = update.optimizer.get_slot(variable, slot)
                        named["{}@{}".format(variable.op.name, slot)] = value
                        slots.add(value.op.name)
                for value in update.optimizer.variables():
                    if value.op.name not in slots:
                        leaf = value.op.name.rsplit("/", 1)[-1]
                        named["{}/{}@{}".format(phase.name, update.loss, leaf)] = value
                        self.owners["{}/{}".format(phase.name, update.loss)] = update.loss
        taken = {variable.op.name for variable in named.values()}
        rest = {variable.op.name: variable for variable in tf.global_variables()
                if variable.op.name not in taken}
        return dict(rest, **named)

    def state(self):
        """Every variable, slot and counter."""
        return self.session.run(self.variables)

    def weights(self):
        """The trainable variables."""
        return self.session.run({name: self.variables[name] for name in self.trainable})

    def load(self, state):
        """Sets the variables that `state` names."""
        chosen = [self.variables[name] for name in state]
        feed = {variable.initializer.inputs[1]: state[name]
                for name, variable in zip(state, chosen)}
        self.session.run([variable.initializer for variable in chosen], feed)

    def start(self, seed):
        """The state before the first step."""
        with self.graph.as_default():
            self.training.initialize(self.session, seed)

    def step(self, batch):
        """One training step by the program's own training code; `{phase: {name: loss}}`."""
        return self.training.run_step(self.session, self.phases, batch)

    def first_pass(self, batch):
        """Taps, losses and gradients of every phase from the present state, left as it is."""
        arrays = {}
        for phase in self.phases:
            feed = {placeholder: batch[key] for key, placeholder in _first(phase.feeds).items()}
            for name, value in self.session.run(phase.gradients, feed).items():
                arrays["gradients/{}/{}".format(phase.name, name)] = value
            for name, value in self.session.run(phase.losses, feed).items():
                arrays["loss/{}/{}".format(phase.name, name)] = value
            reached = {name: tensor for name, tensor in self.taps.items() if taps.placeholders(
                tensor) <= {placeholder.op.name for placeholder in feed}}
            for name, value in self.session.run(reached, feed).items():
                arrays["taps/training/{}:{}".format(phase.name, name)] = value
        return arrays

    def outputs(self, samples):
        """The program's outputs, as it serves them, from the sampling inputs."""
        feed = {self.program.inputs[key]: value for key, value in samples.items()}
        return {"taps/inference/" + name: value
                for name, value in self.session.run(self.program.outputs, feed).items()}

    def draws(self):
        """What each trainable variable's initialiser declares, and draws from it."""
        declared, arrays = {}, {}
        with self.graph.as_default():
            for variable in tf.trainable_variables():
                name = variable.op.name
                declared[name] = initializers.declared(self.graph, variable)
                key = worker.kind(declared[name], variable.shape.as_list(), variable.dtype.name)
                arrays["draws/" + name] = _DRAWN.get(key, functools.partial(
                    initializers.draws, self.graph, self.session, variable, declared[name]))
        return declared, arrays

    def races(self):
        """Variables that one phase writes twice in no order."""
        return {phase.name: races.unordered_writes(
            [phase.train_op] + list(phase.losses.values())) for phase in self.phases}

    def sources(self):
        """The program's lines that made its layers, losses and optimisers."""
        lines = {name: sources.own_line(tensor.op.traceback) for name, tensor in self.taps.items()}
        lines.update(("loss " + name, sources.own_line(loss.op.traceback))
                     for name, loss in self.program.losses.items())
        lines.update(("optimizer " + update.loss, update.optimizer.parity_origin)
                     for phase in self.program.phases for update in phase.updates)
        return lines


def _recording(job):
    """The recording that jobs on one program share, in the state that the last one left."""
    key = json.dumps([job[part] for part in _PROGRAM], sort_keys=True)
    return _KEPT.get(key, functools.partial(Recording, job))


def _header(job, recording, declared):
    return {
        "version": trace.VERSION,
        "side": "tensorflow 1",
        "program": job["program"],
        "dtype": job["dtype"],
        "hparams": dict(job["values"], model=job["model"]),
        "steps": job["steps"],
        "resync": job["resync"],
        "versions": {"tensorflow": tf.__version__, "numpy": np.__version__},
        "interpreter": "python " + platform.python_version(),
        "threads": job["threads"],
        "cpu": platform.processor() or platform.machine(),
        "variables": {name: {"shape": variable.shape.as_list(),
                             "dtype": variable.dtype.base_dtype.name,
                             "trainable": bool(variable.trainable)}
                      for name, variable in recording.variables.items()},
        "initializers": declared,
        "phases": [phase.name for phase in recording.phases],
        "sources": recording.sources(),
        "races": recording.races(),
        "owners": recording.owners,
        "op_types": recording.op_types,
        "checkpoint_names": {name: variable.op.name
                             for name, variable in recording.variables.items()},
    }


def record(job):
    """Runs `job["steps"]` steps from the initial state and writes the trace."""
    recording = _recording(job)
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
    recording = _recording(job)
    recording.start(job["seed"])
    _, reference = trace.read(job["reference"])
    recording.load(trace.part(reference, "state/{}/".format(job["step"])))
    with recording.graph.as_default():
        tf.train.Saver().save(recording.session, job["checkpoint"], write_meta_graph=False,
                              write_state=False)
    return {}


def restore(job):
    """Restores a checkpoint that the port wrote; names of what is not as the reference has it."""
    recording = _recording(job)
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
