"""Changes of an LSTM's cell: the order of its gates, and its forget bias."""

import functools
from typing import NamedTuple

from parity.causes.change import Change, Entry, Family, number
from parity.common.rungs import FORWARD, LOSSES
from parity.reference import edits
from parity.reference.reading import tensors

_GATES = "ijfo"  # of `tf.nn.rnn_cell.LSTMCell`: input, candidate, forget, output
_FORGET = _GATES.index("f")
# Of Keras, PyTorch and cuDNN; of ONNX, of Chainer, and of cells that are written by hand.
_ORDERS = ("ifjo", "iofj", "jifo", "ifoj", "fijo", "fioj")
# As a cell without the bias has it, and one that adds it twice.
_BIASES = (0.0, 1.0, 2.0)


class _ForgetBias(NamedTuple):
    """The number that is added to a forget gate: the name of its constant, and its value."""

    constant: str
    value: float


def _splits(place):
    """Operations near the place that cut a product into the gates of an LSTM."""
    return [op for op in place.operations()
            if op.type == "Split" and op.get_attr("num_split") == len(_GATES) and any(
                use.type == "Sigmoid" for use in op.outputs[-1].consumers())]


def order(place):
    """Yields the gates of an LSTM in other orders that are in use, that of Keras first."""
    for split in _splits(place):
        names = frozenset(each.name for each in place.siblings(split))
        for other in _ORDERS:
            yield Change(
                "order of gates", "the kernel's columns are taken as the gates {}, in the "
                "reference as {}".format(", ".join(other), ", ".join(_GATES)),
                "{} = keras.ops.split(gates, 4, axis=-1)".format(", ".join(_GATES)),
                (functools.partial(_reordered, names, other),), True)


def _reordered(names, letters, graph_def):
    """The GraphDef in which each gate takes the columns of another.

    Args:
      names: names of the operations that cut a product into gates.
      letters: the gate of each quarter of the columns.
      graph_def: the GraphDef.

    Raises:
      KeyError: it holds none of the operations.
    """
    if not names & {node.name for node in graph_def.node}:
        raise KeyError("expected one of {} in the graph".format(", ".join(sorted(names))))
    for node in graph_def.node:
        node.input[:] = [_taken(given, names, letters) for given in node.input]
    return graph_def


def _taken(given, names, letters):
    name, _, gate = given.partition(":")
    if name not in names:
        return given
    column = letters.index(_GATES[int(gate or 0)])
    return "{}:{}".format(name, column) if column else name


def _forget_biases(place):
    """[[`_ForgetBias`] of a layer wherever it is used]."""
    found = []
    for split in _splits(place):
        biases = [_bias(each) for each in place.siblings(split)]
        if all(biases):
            found.append(biases)
    return found


def _bias(split):
    for use in split.outputs[_FORGET].consumers():
        if use.type in tensors.ADDITIONS and tensors.with_constant(use):
            constant = next(tensors.through(given).op for given in use.inputs
                            if tensors.scalar(given) is not None)
            if constant.type == "Const":
                return _ForgetBias(constant.name, float(tensors.with_constant(use).number))
    return None


def forget(place):
    """Yields an LSTM's forget bias left out, or added another number of times."""
    for family in forgets(place):
        for value in _BIASES:
            if value != family.present:
                yield family.change(value)


def forgets(place):
    """Yields an LSTM's forget bias as any other number."""
    for biases in _forget_biases(place):
        yield Family(biases[0].value, functools.partial(_of_bias, biases))


def _of_bias(biases, value):
    present = number(biases[0].value)
    return Change(
        "forget bias", "the forget gate is given {} in each step, in the reference {}".format(
            number(value) if value else "no bias", present),
        "keras.ops.sigmoid(f + {})".format(present),
        tuple(edits.constant(each.constant, value) for each in biases), True)


ENTRIES = [
    Entry("order of gates", (FORWARD, LOSSES), "an LSTM's gates in another order", order,
          "i, j, f, o = keras.ops.split(gates, 4, axis=-1)"),
    Entry("forget bias", (FORWARD, LOSSES), "no forget bias, or twice that, or another number",
          forget, "keras.ops.sigmoid(f + ...)", forgets)]
