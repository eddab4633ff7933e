"""The graph of a capture, ready for questions: constants, variables, forward and backward."""

import functools
import re

import numpy as np
import tensorflow.compat.v1 as tf

from parity import capture
from parity.reference import precision
from parity.reference import replay

# What hands its first input on unchanged.
PASSING = ("CheckNumerics", "Enter", "EnsureShape", "Exit", "Identity", "PreventGradient",
           "ReadVariableOp", "RefEnter", "RefIdentity", "RefSwitch", "Snapshot", "StopGradient",
           "Switch")
SHAPING = ("ExpandDims", "Reshape", "Squeeze", "Transpose")
ADDITIONS = ("Add", "AddV2", "BiasAdd")
MEANS = ("Mean", "Sum")
_UPDATED = ("AssignAdd", "AssignSub", "ScatterAdd", "ScatterSub")  # give the variable again
_FOLDED = {"Add": np.add, "AddV2": np.add, "Div": np.divide, "Exp": np.exp, "Mul": np.multiply,
           "Neg": np.negative, "Pow": np.power, "RealDiv": np.divide, "Sqrt": np.sqrt,
           "Square": np.square, "Sub": np.subtract}
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
      graph: the imported tf.Graph, stateful inputs as placeholders.
      operations: its operations in the order in which the program made them.
      gradient_scopes: name scopes of the calls of tf.gradients.
      variables: `captured.variables`.
    """

    def __init__(self, captured):
        graph_def = replay.importable(captured.graph_def())
        self.captured, self.variables = captured, captured.variables
        self.graph = tf.Graph()
        with self.graph.as_default():
            tf.import_graph_def(graph_def, name="")
        self._order = {node.name: index for index, node in enumerate(graph_def.node)}
        self.operations = sorted(self.graph.get_operations(), key=self.order)
        self._inputs = {entry["tensor"]: name for name, entry in captured.inputs.items()}
        self.gradient_scopes = _gradient_scopes(set(self._order))

    def order(self, op):
        """Position of an operation in the program's graph."""
        return self._order.get(op.name, len(self._order))

    def tensor(self, name):
        """The tensor that the program called `name`."""
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
        """Whether an operation belongs to a backward pass."""
        return self.gradient_scope(op) is not None

    def is_seed(self, op):
        """Whether an operation is where a backward pass starts: the derivative of a loss by itself.

        TensorFlow 1 calls it `gradients/Fill`, later ones `gradients/grad_ys_0`.
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
        """Whether an operation was captured."""
        return name in self._order

    def distribution(self, op):
        """What a random operation draws from, as "uniform" or "normal", or None for others."""
        kind = op.type
        if kind == "Placeholder":
            entry = self.captured.inputs.get(op.name, {})
            kind = entry["type"] if entry.get("random") else ""
        return _DISTRIBUTIONS.get(kind[:-2] if kind.endswith("V2") else kind,
                                  _DISTRIBUTIONS.get(kind))

    def first_value(self, variable):
        """A variable's array before the first captured call, or None."""
        return self.captured.calls[0].before().get(variable)


@functools.lru_cache(maxsize=4)
def of(captured):
    """The `Structure` of a capture; the last few are kept."""
    return Structure(captured)


def _gradient_scopes(names):
    """Scopes of tf.gradients: of its start values, and before the names of forward operations."""
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


def through(tensor, types=PASSING):
    """The tensor behind operations that hand their first input on."""
    while tensor.op.type in types and tensor.op.inputs:
        tensor = tensor.op.inputs[0]
    return tensor


def variable_of(tensor, types=PASSING + _UPDATED):
    """Name of the variable whose value a tensor is, or None."""
    op = through(tensor, types).op
    return op.name if op.type in capture.VARIABLE_TYPES else None


def constant(tensor, depth=12):
    """A constant tensor's value in float64, float32 as the shortest decimals; else None.

    Sums, products and the like of constants are constants.
    """
    tensor = through(tensor, PASSING + ("Cast", "PlaceholderWithDefault"))
    op = tensor.op
    if op.type in ("Const", "Fill", "Pack", "Range"):
        value = tf.get_static_value(tensor)
        if value is None or np.asarray(value).dtype.kind not in "fiub":
            return None
        return precision.shortest(value) if value.dtype == np.float32 else np.asarray(value)
    if op.type not in _FOLDED or not depth:
        return None
    values = [constant(each, depth - 1) for each in op.inputs]
    if any(value is None for value in values):
        return None
    return np.asarray(_FOLDED[op.type](*[np.asarray(value, np.float64) for value in values]))


def scalar(tensor):
    """A constant tensor's one number, or None; an array of equal numbers counts."""
    value = constant(tensor)
    if value is None or value.size == 0 or np.ptp(np.asarray(value, np.float64)):
        return None
    return value.ravel()[0].item()


def number(value):
    """A number as its shortest decimal: "1e-08", "0.001", "100"."""
    text = "{:.7g}".format(float(value))
    return text if "e" in text or "." in text or not isinstance(value, float) else text + ".0"


def with_constant(op):
    """(the other input, the number) of an operation with one constant scalar input, or None."""
    for given, other in ((0, 1), (1, 0)):
        if len(op.inputs) == 2 and scalar(op.inputs[given]) is not None:
            return op.inputs[other], scalar(op.inputs[given])
    return None


def ancestors(tensors, stop=lambda op: False, controls=False):
    """Operations that tensors are computed from; those where `stop` holds end the walk.

    Args:
      tensors: where the walk starts.
      stop: function of an operation: whether what lies behind it is left out.
      controls: whether control inputs count.
    """
    seen, waiting = set(), [tensor.op for tensor in tensors]
    while waiting:
        op = waiting.pop()
        if op in seen:
            continue
        seen.add(op)
        if not stop(op):
            waiting.extend(tensor.op for tensor in op.inputs)
            waiting.extend(op.control_inputs if controls else ())
    return seen


def shape_of(tensor):
    """A tensor's shape as a list with None for open sizes; None if its rank is open."""
    return None if tensor.shape.ndims is None else tensor.shape.as_list()


def keeps_shape(op):
    """Whether an operation is a change of shape to the shape that there is already."""
    if op.type != "Reshape":
        return False
    before, after = shape_of(op.inputs[0]), shape_of(op.outputs[0])
    return bool(before) and before == after and before.count(None) < 2
