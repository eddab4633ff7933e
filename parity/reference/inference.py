"""Forward pass of a training program in inference mode: with its training switches off."""

import contextlib
import re

import numpy as np
import tensorflow.compat.v1 as tf

from parity.reference import placed
from parity.reference import precision
from parity.reference import recording
from parity.reference import replay
from parity.reference import steps
from parity.reference import watched
from parity.reference.reading import dropouts
from parity.reference.reading import structure

# Value that a fed boolean of such a name has while the program trains.
_SAYS = ((re.compile(r"train|phase", re.I), True),
         (re.compile(r"test|eval|infer|predict|determin", re.I), False))
# Tolerance within which outputs of an example do not depend on the others of its batch.
_ROUNDING = {"float32": 1e-3, "float64": 1e-6}


class Undecided(Exception):
    """The program's inference mode is not known; the message is one line."""


class Forward(object):
    """Forward pass of the first training call, from the state before it.

    Args:
      captured: a `parity.reference.captured.Captured`.
      dtype: "float32" or "float64".
      state: `{variable: array}`; the captured state if None.

    Raises:
      Undecided: a step has several phases, or draws numbers that no dropout takes.
    """

    def __init__(self, captured, dtype, state=None):
        if captured.header["calls_a_step"] != 1:
            raise Undecided("a step of the reference has several phases")
        self._captured, self._dtype = captured, dtype
        self._call = next(call for call in captured.calls if call.role == "train")
        self._check_draws()
        # Outputs of layers alone: each example has its own, so that inputs tell nothing more.
        self._names = {layer: name for layer, name in watched.Watched(captured).of(
            self._call).outputs.items() if not layer.endswith(watched.INPUT)}
        self._replay = replay.plain(captured, dtype)
        self._replay.load(state or steps.first_state(
            captured, precision.shortest if dtype == "float64" else lambda value: value))
        self._feeds = {tensor.name: value
                       for tensor, value in self._replay.feeds(self._call).items()}

    def close(self):
        """Ends the replay."""
        self._replay.close()

    def outputs(self):
        """`{layer: array}` of outputs; `Undecided` where a switch is missing or unknown."""
        self._switch_off()
        for dropout in dropouts.read(structure.of(self._captured)):
            if not self._passes(dropout):
                raise Undecided("the reference's {} has no switch".format(dropout.random))
        before, found = self._replay.state(), self._run(self._names)
        if any(value.tobytes() != before[name].tobytes()
               for name, value in self._replay.state().items()):
            raise Undecided("the reference's forward pass moves variables even so")
        self._check_examples(found)
        self._replay.close()
        return found

    def _check_draws(self):
        """Raises `Undecided` where noise is drawn that no dropout takes: it may be for training."""
        dropped = {dropout.random for dropout in dropouts.read(structure.of(self._captured))}
        for name, entry in sorted(self._captured.inputs.items()):
            if entry["random"] and entry["tensor"] in self._call.stateful and name not in dropped:
                raise Undecided("whether the reference draws {} when it does not train is not "
                                "known".format(name))

    def _switch_off(self):
        """Feeds the training switches with their values in inference mode."""
        names = {self._replay.tensor_name(name): name for name in self._call.feeds}
        for tensor, value in list(self._feeds.items()):
            if value.dtype.kind == "b" and not value.ndim and tensor in names:
                self._feeds[tensor] = np.array(self._negated(names[tensor], bool(value)))
        for dropout in dropouts.read(structure.of(self._captured)):
            tensor = dropout.source + ":0"
            if dropout.source and tensor in self._feeds:
                self._let_pass(dropout, tensor)

    @staticmethod
    def _negated(name, value):
        """Inference value of a switch, if its name says that the captured one trains."""
        for pattern, trains in _SAYS:
            if pattern.search(name) and value == trains:
                return not value
        raise Undecided("what the reference's {} switches is not known".format(name))

    def _let_pass(self, dropout, tensor):
        """Feeds a dropout's probability so that it keeps all units: keep_prob 1, or rate 0."""
        kind = self._feeds[tensor].dtype
        for value in (1.0, 0.0):
            self._feeds[tensor] = np.full(np.shape(self._feeds[tensor]), value, kind)
            if self._passes(dropout):
                return

    def _passes(self, dropout):
        """True where a dropout returns its input, or lies in a branch that is not taken."""
        found = self._run({"input": dropout.input, "output": dropout.output})
        return len(found) < 2 or np.array_equal(found["input"], found["output"])

    def _check_examples(self, found):
        """Raises `Undecided` where the first example's outputs depend on others of its batch."""
        sizes = [value.shape[0] for value in self._feeds.values() if value.ndim]
        if not sizes or max(sizes) < 2:
            raise Undecided("one example does not tell whether the reference uses a batch's "
                            "statistics")
        before = dict(self._feeds)
        self._feeds = {name: np.repeat(value[:1], len(value), 0)
                       if value.ndim and len(value) == max(sizes) else value
                       for name, value in before.items()}
        alone, self._feeds = self._run(self._names), before
        for layer, value in found.items():
            if value.ndim and layer in alone and not np.allclose(
                    value[:1], alone[layer][:1], _ROUNDING[self._dtype], _ROUNDING[self._dtype]):
                raise Undecided("an example's output of the reference's {} hangs on the others of "
                                "its batch".format(layer))

    def _run(self, names):
        """`{key: array}` of tensors, `{key: name}`, without those in a branch that is not taken."""
        found = {}
        for key, name in names.items():
            try:
                found[key] = np.array(self._replay.session.run(
                    self._replay.tensor_name(name), self._feeds))
            except tf.errors.InvalidArgumentError:
                continue
        return found


def infer(job):
    """Job "infer": writes `{layer: array}`; returns the reason why there is none, or ""."""
    captured = recording.captured_of(job)
    state = placed.first_state(job["given"]) if job.get("given") else None
    try:
        with contextlib.closing(Forward(captured, job["dtype"], state)) as passes:
            found = passes.outputs()
    except Undecided as error:
        return str(error)
    np.savez(job["out"], **found)
    return ""
