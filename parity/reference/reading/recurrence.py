"""Recognises loops of tf.nn.dynamic_rnn, and writes them as recurrent layers of Keras."""

from typing import List, NamedTuple

from parity.reference.keras_frame import keras_layers
from parity.reference.keras_frame import keras_optimizers
from parity.reference.reading import tensors

_WALK = tensors.PASSING + ("Transpose",)


class Recurrence(NamedTuple):
    """A loop over time: its input tensor, its cells in order, True where time is the first axis."""
    input: object
    layers: List[object]
    time_major: bool


def read(graph, tensor, layers):
    """`Recurrence` whose outputs a tensor holds, or None.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      tensor: a tensor outside the loop.
      layers: the `parity.reference.reading.layers.Layer`s of the network.
    """
    gathered = tensors.through(tensor, _WALK).op
    if not gathered.type.startswith("TensorArrayGather"):
        return None
    loop = tensors.ancestors([gathered.inputs[2]])
    read_from = [op for op in loop if op.type.startswith("TensorArrayScatter")]
    names = {op.name for op in loop}
    cells = [layer for layer in layers if makes_sequence(layer) and layer.operation in names]
    if len(read_from) != 1 or not cells:
        return None
    data = read_from[0].inputs[2]
    transposed = tensors.through(data).op.type == "Transpose"
    return Recurrence(tensors.through(data, _WALK), cells, not transposed)


def makes_sequence(layer):
    """True where a layer is a cell that Keras has as a recurrent layer, except a candidate."""
    return layer.kind in ("LSTM cell", "GRU cell (gates)", "RNN cell")


def unrolled(graph, tensor, layers, known):
    """True where a tensor is computed by cells that the program unrolls without a loop.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      tensor: a tensor between layers.
      layers: the layers of the network.
      known: names of tensors at which the search ends.
    """
    kernels = {layer.variables.get("kernel") for layer in layers if "cell" in layer.kind}
    if not kernels:
        return False
    ops = tensors.ancestors([tensor], lambda op: any(
        output.name in known for output in op.outputs))
    return any(op.type == "MatMul" and tensors.variable_of(op.inputs[1]) in kernels
               for op in ops)


def line(graph, layer, name, time_major):
    """`keras_optimizers.Line` of a recurrent layer that returns the whole sequence.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      layer: a `parity.reference.reading.layers.Layer` of a cell.
      name: its name in Keras.
      time_major: True where time is the first axis.
    """
    kind = {"LSTM cell": "LSTM", "RNN cell": "SimpleRNN"}.get(layer.kind, "GRU")
    comments = ["the state that it starts from, and whether it is carried on, is to be filled in"]
    arguments = [str(layer.settings["units"]), "return_sequences=True"]
    arguments += _of_kind(layer, kind, comments)
    if time_major:
        comments.append("to be filled in: TensorFlow 1 has time first, Keras the batch")
    if kind != "GRU":
        arguments += _initializers(graph, layer, comments)
    return keras_optimizers.Line('keras.layers.{}({}, name="{}")'.format(
        kind, ", ".join(arguments), name), comments)


def _of_kind(layer, kind, comments):
    """Arguments of a kind of recurrent layer; adds comments on differences in Keras."""
    if kind == "LSTM":
        comments.append("kernels: TensorFlow 1 has one [input + state, 4 units], gates in the "
                        "order i, j, f, o; Keras has two, in the order i, f, j, o")
        return _forget_bias(layer.settings["forget_bias"], comments)
    if kind == "GRU":
        comments.append("to be filled in: initial values; TensorFlow 1's gates start with bias 1")
        return ["reset_after=False"]
    return []


def _initializers(graph, layer, comments):
    """Arguments for the kernels' initialisers, where these do not depend on the kernel's size."""
    initial = keras_layers.initializer(graph, layer.variables["kernel"])
    if initial.code.startswith("keras"):
        return ["{}_initializer={}".format(role, initial.code)
                for role in ("kernel", "recurrent")]
    comments.append("to be filled in: initial values, drawn as one kernel {}".format(layer.shape))
    return []


def _forget_bias(value, comments):
    """Arguments for the forget bias, which TensorFlow 1 adds in each step and Keras to the bias."""
    if value == 1.0:
        comments.append("forget bias 1: added in each step in TensorFlow 1, in the bias here")
    elif value:
        comments.append("to be filled in: forget bias {}, to be added to the bias".format(
            tensors.number(value)))
    return ["unit_forget_bias={}".format(value == 1.0)]
