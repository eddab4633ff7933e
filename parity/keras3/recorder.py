"""Records a Keras 3 program: `python -m parity.keras3.recorder`, jobs on standard input."""

import functools
import inspect
import os
import platform
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from parity.common import names  # noqa: E402
from parity.common import trace  # noqa: E402
from parity.common import worker  # noqa: E402
from parity.keras3 import taps  # noqa: E402

# Counters and rates that Keras keeps as variables and TensorFlow 1 as something else.
BOOKKEEPING = ("iteration", "learning_rate")


class Recording:
    """A program whose step is one tf.function, graph optimiser off."""

    def __init__(self, job):
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
        keras.utils.clear_session()
        training = names.resolve(job["training"])
        hparams = names.resolve(job["hparams_from"])(job["model"], job["values"])
        build = names.resolve(job["program"])
        self.program = build(hparams, job["dtype"], **job["options"])
        self._step = tf.function(
            functools.partial(training.run_step, self.program.losses, self.program.phases),
            autograph=False)
        self.variables = self._name_state()

    def _name_state(self):
        """`{state name: variable}`: variables, then slots, then the optimisers' own."""
        named = {variable.path: variable for variable in self.program.model.variables}
        for phase in self.program.phases:
            for update in phase.updates:
                prefixes = {variable.path.replace("/", "_") + "_": variable.path
                            for variable in update.variables}
                for value in update.optimizer.variables:
                    owner = next((prefix for prefix in prefixes
                                  if value.name.startswith(prefix)), None)
                    if owner:
                        slot = value.name[len(owner):]
                        named[f"{prefixes[owner]}@{slot}"] = value
                    else:
                        named[f"{phase.name}/{update.loss}@{value.name}"] = value
        return named

    def state(self):
        """Every variable, slot and counter."""
        return {name: variable.numpy() for name, variable in self.variables.items()}

    def load(self, state, step):
        """Sets the variables that `state` names, and the counters that only Keras has."""
        for name, value in state.items():
            self.variables[name].assign(value)
        for name, variable in self.variables.items():
            if name.endswith("@iteration"):
                variable.assign(step)

    def step(self, batch):
        """One training step by the program's own training code; `{phase: {name: loss}}`."""
        return self._step({key: tf.convert_to_tensor(value) for key, value in batch.items()})

    def first_pass(self, batch):
        """Taps and gradients of every phase from the present state, without updating it."""
        arrays = {}
        for phase in self.program.phases:
            prefix = phase.name + "/"
            inputs = {key.removeprefix(prefix): tf.convert_to_tensor(value)
                      for key, value in batch.items() if key.startswith(prefix)}
            for name, value in self._forward(inputs).items():
                arrays[f"taps/training/{phase.name}:{name}"] = value
            for name, value in self._gradients(phase, inputs).items():
                arrays[f"gradients/{phase.name}/{name}"] = value
        return {name: np.asarray(value) for name, value in arrays.items()}

    def _forward(self, inputs):
        @functools.partial(tf.function, autograph=False)
        def forward(inputs):
            with taps.recorded(self.program.model) as found:
                self.program.losses(inputs)
            return {name: value for name, value in found.items()}
        return forward(inputs)

    def _gradients(self, phase, inputs):
        @functools.partial(tf.function, autograph=False)
        def gradients(inputs):
            with tf.GradientTape(persistent=True) as tape:
                losses = self.program.losses(inputs)
            return {variable.path: gradient for update in phase.updates
                    for variable, gradient in zip(
                        update.variables, tape.gradient(losses[update.loss], update.variables))}
        return gradients(inputs)


def _header(job, recording):
    build = names.resolve(job["program"])
    return {
        "version": trace.VERSION,
        "side": "keras 3",
        "program": job["program"],
        "dtype": job["dtype"],
        "hparams": dict(job["values"], model=job["model"]),
        "steps": job["steps"],
        "resync": job["resync"],
        "versions": {"tensorflow": tf.__version__, "keras": keras.__version__,
                     "numpy": np.__version__},
        "interpreter": "python " + platform.python_version(),
        "threads": job["threads"],
        "cpu": platform.processor() or platform.machine(),
        "variables": {name: {"shape": list(variable.shape), "dtype": variable.dtype,
                             "trainable": bool(variable.trainable)}
                      for name, variable in recording.variables.items()
                      if not name.endswith(BOOKKEEPING)},
        "initializers": {},
        "phases": [phase.name for phase in recording.program.phases],
        "sources": {"program": f"{inspect.getsourcefile(build)}:"
                               f"{inspect.getsourcelines(build)[1]}"},
    }


def describe(job):
    """`{state name: {"shape", "dtype", "trainable"}}` of a program, for the mapping."""
    return _header(job, Recording(job))["variables"]


def record(job):
    """Runs the program from the reference's initial state, and one step from each later one."""
    recording = Recording(job)
    batches = worker.Batches(job["batches"], job["dtype"])
    with np.load(job["states"], allow_pickle=False) as file:
        states = {name: file[name] for name in file.files}
    recording.load(trace.part(states, "state/0/"), 0)
    arrays = recording.first_pass(batches(1))
    losses, norms, entries = {}, {}, {}
    for step in range(job["steps"] + 1):
        if step:
            for phase, values in recording.step(batches(step)).items():
                for name, value in values.items():
                    losses.setdefault(f"losses/{phase}/{name}", []).append(np.asarray(value))
        state = recording.state()
        for name, value in state.items():
            norms.setdefault("norms/" + name, []).append(np.linalg.norm(np.float64(value)))
            entries.setdefault("entries/" + name, []).append(worker.entries(value))
        if step in (0, job["steps"]):
            arrays.update({f"state/{step}/{name}": value for name, value in state.items()})
    for k in job["resync"]:
        recording.load(trace.part(states, f"state/{k}/"), k)
        recording.step(batches(k + 1))
        arrays.update({f"stepped/{k}/{name}": value for name, value in recording.state().items()})
    for group in (losses, norms, entries):
        arrays.update({name: np.stack(values) for name, values in group.items()})
    trace.write(job["out"], _header(job, recording), arrays)
    return {}


if __name__ == "__main__":
    worker.serve({"describe": describe, "record": record})
    sys.exit(0)
