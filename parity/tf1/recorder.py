"""Records a TensorFlow 1 program: `python -m parity.tf1.recorder`, jobs on standard input."""

import inspect
import platform
import sys

import numpy as np
import tensorflow.compat.v1 as tf

from parity.common import names
from parity.common import trace
from parity.common import worker


def _session_config(threads):
    """Parity mode: the kernels as written, in an order that does not depend on the machine."""
    config = tf.ConfigProto(
        intra_op_parallelism_threads=threads, inter_op_parallelism_threads=1,
        device_count={"GPU": 0})
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def layer_outputs(graph, scopes):
    """`{"<scope>/<layer>": tensor}`, what leaves each layer's name scope, in the graph's order.

    Args:
      graph: the graph.
      scopes: names of network scopes; a second use of one has the suffix `_1`, and so on.
    """
    taps = {}
    for op in graph.get_operations():
        parts = op.name.split("/")
        network = parts[0].rsplit("_", 1)[0] if parts[0][-1:].isdigit() else parts[0]
        if len(parts) < 2 or network not in scopes:
            continue
        layer = "/".join(parts[:2])
        for tensor in op.outputs:
            inside = [use.name.startswith(layer + "/") for use in tensor.consumers()
                      if not use.name.startswith("train/")]
            if tensor.dtype.is_floating and op.type not in _NO_TAPS and not all(inside):
                taps[layer] = tensor
    return taps


_NO_TAPS = ("VarHandleOp", "ReadVariableOp", "Const", "Identity")


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

    def _name_state(self):
        """`{state name: variable}`: variables, then slots, then the optimisers' own."""
        named = {}
        for phase in self.program.phases:
            for update in phase.updates:
                slots = set()
                for slot in update.optimizer.get_slot_names():
                    for variable in update.variables:
                        value = update.optimizer.get_slot(variable, slot)
                        named["{}@{}".format(variable.op.name, slot)] = value
                        slots.add(value.op.name)
                for value in update.optimizer.variables():
                    if value.op.name not in slots:
                        leaf = value.op.name.rsplit("/", 1)[-1]
                        named["{}/{}@{}".format(phase.name, update.loss, leaf)] = value
        taken = {variable.op.name for variable in named.values()}
        rest = {variable.op.name: variable for variable in tf.global_variables()
                if variable.op.name not in taken}
        return dict(rest, **named)

    def state(self):
        """Every variable, slot and counter."""
        return self.session.run(self.variables)

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
        """Taps and gradients of every phase from the present state, without updating it."""
        networks = {name.split("/")[0] for name in (v.op.name for v in tf_trainable(self.graph))}
        taps = layer_outputs(self.graph, networks)
        arrays = {}
        for phase in self.phases:
            feed = {placeholder: batch[key] for key, placeholder in phase.feeds.items()}
            fetched = self.session.run(phase.gradients, feed)
            arrays.update({"gradients/{}/{}".format(phase.name, name): value
                           for name, value in fetched.items()})
            fed = [tensor.op.name for tensor in feed]
            reached = {name: tensor for name, tensor in taps.items()
                       if _placeholders(tensor) <= set(fed)}
            for name, value in self.session.run(reached, feed).items():
                arrays["taps/training/{}:{}".format(phase.name, name)] = value
        return arrays


def tf_trainable(graph):
    """The trainable variables of a graph."""
    with graph.as_default():
        return tf.trainable_variables()


def _placeholders(tensor):
    """Names of the placeholders that a tensor is computed from."""
    found, waiting, seen = set(), [tensor.op], set()
    while waiting:
        op = waiting.pop()
        if op.name in seen:
            continue
        seen.add(op.name)
        if op.type == "Placeholder":
            found.add(op.name)
        waiting.extend(value.op for value in op.inputs)
    return found


def _header(job, recording):
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
        "initializers": {},
        "phases": [phase.name for phase in recording.phases],
        "sources": {"program": _source(names.resolve(job["program"]))},
    }


def _source(function):
    lines, first = inspect.getsourcelines(function)
    del lines
    return "{}:{}".format(inspect.getsourcefile(function), first)


def record(job):
    """Runs `job["steps"]` steps from the initial state and writes the trace."""
    recording = Recording(job)
    batches = worker.Batches(job["batches"], job["dtype"])
    recording.start(job["seed"])
    arrays = recording.first_pass(batches(1))
    wanted = set(job["resync"]) | {k + 1 for k in job["resync"]} | {job["steps"]}
    losses, norms, entries = {}, {}, {}
    for step in range(job["steps"] + 1):
        if step:
            for phase, values in recording.step(batches(step)).items():
                for name, value in values.items():
                    losses.setdefault("losses/{}/{}".format(phase, name), []).append(value)
        state = recording.state()
        for name, value in state.items():
            norms.setdefault("norms/" + name, []).append(np.linalg.norm(np.float64(value)))
            entries.setdefault("entries/" + name, []).append(worker.entries(value))
        if step in wanted:
            arrays.update({"state/{}/{}".format(step, name): value
                           for name, value in state.items()})
    for group in (losses, norms, entries):
        arrays.update({name: np.stack(values) for name, values in group.items()})
    trace.write(job["out"], _header(job, recording), arrays)
    return {}


if __name__ == "__main__":
    worker.serve({"record": record})
    sys.exit(0)
