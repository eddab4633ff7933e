"""A TensorFlow 1 program in its own graph and session, as the jobs of the recorder use it."""

import functools
import json

import tensorflow.compat.v1 as tf

from parity.common import names
from parity.common import sources
from parity.common import worker
from parity.tf1 import initializers
from parity.reference import races
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


def recording_of(job):
    """The recording that jobs on one program share, in the state that the last one left."""
    key = json.dumps([job[part] for part in _PROGRAM], sort_keys=True)
    return _KEPT.get(key, functools.partial(Recording, job))
