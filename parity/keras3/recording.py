"""A Keras 3 program whose step is one function, as the jobs of the recorder use it."""

import functools
import inspect
import json
import os

import keras
import numpy as np
import tensorflow as tf

from parity.common import names
from parity.common import sources
from parity.common import worker
from parity.keras3 import taps
from parity.port import initializers

sources.note_origin(keras.layers.Layer)
sources.note_origin(keras.optimizers.Optimizer)

_PROGRAM = ("program", "training", "hparams_from", "model", "values", "dtype", "options")

# What one initialiser draws for one shape is drawn once, whichever program asks.
_DRAWN = worker.Once()
_KEPT = worker.Once(most=1)


class Recording:
    """A program whose step is one tf.function, graph optimiser off."""

    def __init__(self, job):
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
        keras.utils.clear_session()
        self.training = names.resolve(job["training"])
        hparams = names.resolve(job["hparams_from"])(job["model"], job["values"])
        build = names.resolve(job["program"])
        self.program = build(hparams, job["dtype"], **job["options"])
        self._step = tf.function(
            functools.partial(self.training.run_step, self.program.losses, self.program.phases),
            autograph=False)
        self.variables = self._name_state()
        self.started = {name: value for name, value in self.state().items() if "@" in name}
        self.op_types = []

    def _name_state(self):
        """`{state name: variable}`: variables, then slots, then the optimisers' own."""
        named = {variable.path: variable for variable in self.program.model.variables}
        self._repeats = {}  # {optimiser's own variable: times a step that it is applied}
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
                        name = f"{phase.name}/{update.loss}@{value.name}"
                        named[name] = value
                        self._repeats[name] = phase.repeats
        return named

    def state(self):
        """Every variable, slot and counter."""
        return {name: variable.numpy() for name, variable in self.variables.items()}

    def weights(self):
        """The trainable variables."""
        return {variable.path: variable.numpy()
                for variable in self.program.model.trainable_variables}

    def load(self, state, step):
        """Sets the variables that `state` names, and the counters that only Keras has."""
        for name, value in state.items():
            self.variables[name].assign(value)
        for name, variable in self.variables.items():
            if name.endswith("@iteration"):
                variable.assign(step * self._repeats[name])

    def step(self, batch):
        """One training step by the program's own training code; `{phase: {name: loss}}`."""
        return self._step({key: tf.convert_to_tensor(value) for key, value in batch.items()})

    def note_op_types(self, batch):
        """Remembers which types of operations the step is made of."""
        graph = self._step.get_concrete_function(
            {key: tf.TensorSpec(value.shape, value.dtype) for key, value in batch.items()}).graph
        self.op_types = sorted({op.type for op in graph.get_operations()})

    def first_pass(self, batch):
        """Taps, losses and gradients of every phase from the present state, left as it is."""
        arrays = {}
        for phase in self.program.phases:
            inputs = {name: tf.convert_to_tensor(value)
                      for name, value in self.training.phase_inputs(phase, batch)[0][0].items()}
            found, losses = self._forward(inputs)
            for name, value in found.items():
                arrays[f"taps/training/{phase.name}:{name}"] = value
            for name, value in losses.items():
                arrays[f"loss/{phase.name}/{name}"] = value
            for name, value in self._gradients(phase, inputs).items():
                arrays[f"gradients/{phase.name}/{name}"] = value
        return {name: np.asarray(value) for name, value in arrays.items()}

    def _forward(self, inputs):
        @functools.partial(tf.function, autograph=False)
        def forward(inputs):
            with taps.recorded(self.program.model) as found:
                losses = self.program.losses(inputs)
            return dict(found), losses
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

    def outputs(self, samples):
        """The program's outputs, as it serves them, from the sampling inputs."""
        inputs = {key.removeprefix("sample/"): tf.convert_to_tensor(value)
                  for key, value in samples.items()}
        return {"taps/inference/" + name: np.asarray(tf.function(output, autograph=False)(inputs))
                for name, output in self.program.outputs.items()}

    def draws(self):
        """What each trainable variable's initialiser declares, and draws from it."""
        found = initializers.by_variable(self.program.model)
        declared, arrays = {}, {}
        for variable in self.program.model.trainable_variables:
            if variable.path in found:
                initializer = found[variable.path]
                shape, dtype = tuple(variable.shape), variable.dtype
                description = initializers.declared(initializer, shape)
                declared[variable.path] = description
                key = worker.kind(description, type(initializer).__qualname__, shape, dtype)
                arrays["draws/" + variable.path] = _DRAWN.get(key, functools.partial(
                    initializers.draws, initializer, shape, dtype, description))
        return declared, arrays

    def sources(self):
        """The program's lines that made its layers, losses and optimisers."""
        lines = {}
        for network in self.program.model.layers:
            for layer in getattr(network, "layers", []):
                lines[f"{network.name}/{layer.name}"] = getattr(layer, "parity_origin", "")
        function = inspect.unwrap(self.program.losses)
        lines["losses"] = (f"{os.path.relpath(inspect.getsourcefile(function))}:"
                           f"{inspect.getsourcelines(function)[1]}")
        for phase in self.program.phases:
            for update in phase.updates:
                lines["optimizer " + update.loss] = getattr(
                    update.optimizer, "parity_origin", "")
        return lines


def recording_of(job):
    """The recording that jobs on one program share, in the state that the last one left."""
    key = json.dumps([job[part] for part in _PROGRAM], sort_keys=True)
    return _KEPT.get(key, functools.partial(Recording, job))
