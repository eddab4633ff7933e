"""Imports the graph of a capture: order, forward and backward passes, distributions."""

import functools
import re

import tensorflow.compat.v1 as tf

from parity.reference import importing

_DISTRIBUTIONS = {"RandomUniform": "uniform", "RandomUniformInt": "uniform whole numbers",
                  "RandomStandardNormal": "normal", "TruncatedNormal": "truncated normal",
                  "RandomShuffle": "a random order", "Multinomial": "categorical",
                  "RandomGamma": "gamma", "RandomPoisson": "Poisson",
                  "RandomPoissonV2": "Poisson",
                  "ParameterizedTruncatedNormal": "truncated normal",
                  "StatelessRandomUniform": "uniform", "StatelessRandomNormal": "normal",
                  "StatelessTruncatedNormal": "truncated normal"}
_SEED_NAME = re.compile(r"grad_ys_\d+$")


class Structure(object):
    """A captured graph.

    Args:
      captured: a `parity.reference.captured.Captured`.

    Attributes:
      graph: the imported tf.Graph, with stateful inputs as placeholders.
      operations: its operations in the order in which the program made them.
      gradient_scopes: name scopes of the calls of tf.gradients.
      variables: `captured.variables`.
    """

    def __init__(self, captured):
        graph_def = importing.importable(captured.graph_def())
        self.captured, self.variables = captured, captured.variables
        self.graph = tf.Graph()
        with self.graph.as_default():
            tf.import_graph_def(graph_def, name="")
        self._order = {node.name: index for index, node in enumerate(graph_def.node)}
        self._order.update(self._places_of_inputs())
        self.operations = sorted(self.graph.get_operations(), key=self.order)
        self._inputs = {entry["tensor"]: name for name, entry in captured.inputs.items()}
        self.gradient_scopes = _gradient_scopes(set(self._order))

    def _places_of_inputs(self):
        """`{input: place before the first operation that takes it}`.

        A capture begins with all inputs, in the order of their names; the program made a random
        draw just before what takes it.
        """
        found = {}
        for name in self.captured.inputs:
            uses = [self._order[use.name] for output in
                    self.graph.get_operation_by_name(name).outputs for use in output.consumers()]
            if uses:
                found[name] = min(uses) - 0.5
        return found

    def order(self, op):
        """Position of an operation in the program's graph."""
        return self._order.get(op.name, len(self._order))

    def tensor(self, name):
        """Tensor that the program called `name`."""
        if name in self._inputs:
            return self.graph.get_tensor_by_name(self._inputs[name] + ":0")
        return self.graph.get_tensor_by_name(name)

    def gradient_scope(self, op):
        """Scope of the call of tf.gradients that made an operation, or None."""
        parts = op.name.split("/")
        for length in range(1, len(parts)):
            if "/".join(parts[:length]) in self.gradient_scopes:
                return "/".join(parts[:length])
        return None

    def is_backward(self, op):
        """True where an operation belongs to a backward pass."""
        return self.gradient_scope(op) is not None

    def is_seed(self, op):
        """True of the start of a backward pass, the derivative of a loss by itself.

        TensorFlow 1 calls it `gradients/Fill`, later versions `gradients/grad_ys_0`.
        """
        if not self.is_backward(op):
            return False
        names = [op.name] + [tensor.op.name for tensor in op.inputs]
        return op.type in ("Fill", "Const") and any(_SEED_NAME.search(name) for name in names)

    def forward_of(self, op):
        """Name of the forward operation whose derivative an operation helps compute, or None.

        The operation itself may not have run: a mean's value is not needed for its derivative.
        """
        scope = self.gradient_scope(op)
        parts = op.name[len(scope) + 1:].split("/")
        ends = [index for index, part in enumerate(parts) if part.endswith("_grad")]
        names = ["/".join(parts[:end] + [parts[end][:-len("_grad")]]) for end in reversed(ends)]
        return next((name for name in names if name in self._order), (names + [None])[0])

    def has(self, name):
        """True where an operation was captured."""
        return name in self._order

    def distribution(self, op):
        """Distribution of a random operation, as "uniform" or "normal"; None of others."""
        kind = op.type
        if kind == "Placeholder":
            entry = self.captured.inputs.get(op.name, {})
            kind = entry["type"] if entry.get("random") else ""
        return _DISTRIBUTIONS.get(kind[:-2] if kind.endswith("V2") else kind,
                                  _DISTRIBUTIONS.get(kind))

    def first_value(self, variable):
        """Array of a variable before the first captured call, or None."""
        return self.captured.calls[0].before().get(variable)


@functools.lru_cache(maxsize=4)
def of(captured):
    """`Structure` of a capture; the last few are cached."""
    return Structure(captured)


def _gradient_scopes(names):
    """Scopes of tf.gradients: those of start values, and prefixes of forward names in "_grad"."""
    scopes = {name.rpartition("/")[0] for name in names if _SEED_NAME.search(name)}
    for name in names:
        parts = name.split("/")
        last = [index for index, part in enumerate(parts) if part.endswith("_grad")][-1:]
        for index in last:
            for start in range(1, index + 1):
                forward = "/".join(parts[start:index] + [parts[index][:-len("_grad")]])
                if forward in names:
                    scopes.add("/".join(parts[:start]))
                    break
    return scopes - {""}
