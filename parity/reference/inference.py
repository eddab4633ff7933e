"""A trained program's forward pass as it is used: with its switches of training off, if any."""

import re

import numpy as np
import tensorflow.compat.v1 as tf

from parity.reference import precision
from parity.reference import replay
from parity.reference import steps
from parity.reference import watched
from parity.reference.reading import dropouts
from parity.reference.reading import structure

# What a fed truth value of this name says while the program trains.
_SAYS = ((re.compile(r"train|phase", re.I), True),
         (re.compile(r"test|eval|infer|predict|determin", re.I), False))
# Outputs of an example that hang on the others of its batch are off by more, rounding by less.
_ROUNDING = {"float32": 1e-3, "float64": 1e-6}


class Undecided(Exception):
    """Whether the program has such a pass cannot be told: one line that says why."""


class Forward(object):
    """The first training call's forward pass, in the state before it.

    Args:
      captured: a `parity.reference.captured.Captured`.
      dtype: "float32" or "float64".
      state: `{variable: array}` in the place of the captured one; not given: that.
    """

    def __init__(self, captured, dtype, state=None):
        if captured.header["calls_a_step"] != 1:
            raise Undecided("a step of the reference has several phases")
        self._captured, self._dtype = captured, dtype
        self._call = next(call for call in captured.calls if call.role == "train")
        self._check_draws()
        # What layers give is enough, and each example has its own; so it need not be with inputs.
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
        """`{layer: array}`; Undecided where a switch is missing or unknown."""
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
        """Undecided where numbers are drawn that no dropout takes: noise may belong to training."""
        dropped = {dropout.random for dropout in dropouts.read(structure.of(self._captured))}
        for name, entry in sorted(self._captured.inputs.items()):
            if entry["random"] and entry["tensor"] in self._call.stateful and name not in dropped:
                raise Undecided("whether the reference draws {} when it does not train is not "
                                "known".format(name))

    def _switch_off(self):
        """Feeds the switches with what they are when nothing is trained."""
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
        """The other value of a switch, if its name says that this one trains."""
        for pattern, trains in _SAYS:
            if pattern.search(name) and value == trains:
                return not value
        raise Undecided("what the reference's {} switches is not known".format(name))

    def _let_pass(self, dropout, tensor):
        """Feeds a probability so that all units are kept: 1 where it is kept, 0 where dropped."""
        kind = self._feeds[tensor].dtype
        for value in (1.0, 0.0):
            self._feeds[tensor] = np.full(np.shape(self._feeds[tensor]), value, kind)
            if self._passes(dropout):
                return

    def _passes(self, dropout):
        """Whether a dropout hands its input on, or lies in a branch that is not taken."""
        found = self._run({"input": dropout.input, "output": dropout.output})
        return len(found) < 2 or np.array_equal(found["input"], found["output"])

    def _check_examples(self, found):
        """Undecided where the first example's outputs hang on the others, as by batch norm."""
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
        """`{key: array}` of tensors, `{key: name}`, but for those of a branch that is not taken."""
        found = {}
        for key, name in names.items():
            try:
                found[key] = np.array(self._replay.session.run(
                    self._replay.tensor_name(name), self._feeds))
            except tf.errors.InvalidArgumentError:
                continue
        return found
