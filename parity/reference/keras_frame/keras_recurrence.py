"""Writes loops of cells as recurrent layers of Keras."""

from parity.reference.keras_frame import keras_layers
from parity.reference.keras_frame import keras_optimizers
from parity.reference.reading import tensors


def line(graph, layer, name, found=None):
    """`keras_optimizers.Line` of a recurrent layer.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      layer: a `parity.reference.reading.layers.Layer` of a cell.
      name: its name in Keras.
      found: the `parity.reference.reading.recurrence.Recurrence`; None where there is no loop.
    """
    kind = {"LSTM cell": "LSTM", "RNN cell": "SimpleRNN"}.get(layer.kind, "GRU")
    comments = ["the state that it starts from, and whether it is carried on, is to be filled in"]
    last = bool(found) and found.last
    arguments = [str(layer.settings["units"])] + ["return_sequences=True"] * (not last)
    if found and found.backwards and layer is found.layers[0]:  # others take the first one's order
        arguments.append("go_backwards=True")
    arguments += _of_kind(layer, kind, comments)
    if found and found.time_major:
        comments.append("to be filled in: TensorFlow 1 has time first, Keras the batch")
    if found and found.lengths:
        arguments += ["zero_output_for_mask=True"] * (not last)
        comments.append("to be filled in: mask=, True before the end of each sequence, from the "
                        "lengths `{}`".format(found.lengths))
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
