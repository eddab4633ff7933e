"""Writes Keras 3 code for layers with parameters."""

from parity.reference.keras_frame import keras_optimizers
from parity.reference.reading import initial_values
from parity.reference.reading import tensors

_DEFAULTS = {"kernel": "'glorot_uniform'", "bias": "'zeros'", "beta": "'zeros'",
             "gamma": "'ones'", "embeddings": "'uniform'"}
_SHORT = {"Glorot": "glorot", "He": "he", "LeCun": "lecun"}
# Activations that Keras knows by name, with the same numbers as in TensorFlow 1.
_NAMED = ("relu", "relu6", "elu", "selu", "tanh", "sigmoid", "softplus", "softsign", "softmax",
          "log_softmax", "swish", "gelu")


def initializer(graph, variable):
    """`Line` of a variable's initialiser; its code is "" where Keras has none."""
    initial = initial_values.read(graph, variable)
    numbers = {name: tensors.number(value) for name, value in initial.numbers.items()}
    if initial.kind == "constant":
        value = float(initial.numbers["value"])
        code = {0.0: "'zeros'", 1.0: "'ones'"}.get(
            value, "keras.initializers.Constant({})".format(numbers["value"]))
    elif initial.scaling:
        code = "'{}_{}'".format(_SHORT[initial.scaling],
                                "uniform" if initial.kind == "uniform" else "normal")
    elif initial.kind == "uniform":
        code = "keras.initializers.RandomUniform({low}, {high})".format(**numbers)
    elif initial.kind in ("normal", "truncated normal"):
        code = "keras.initializers.{}({mean}, {stddev})".format(
            {"normal": "RandomNormal"}.get(initial.kind, "TruncatedNormal"), **numbers)
    elif initial.kind == "orthogonal":
        code = "'orthogonal'"
    else:
        return keras_optimizers.Line("", [
            "to be filled in: the initializer of `{}`, in TensorFlow 1 {}".format(
                variable, initial_values.words(initial))])
    return keras_optimizers.Line(code.replace("'", '"'), [])


def activation(found):
    """(argument, layer) for an `activations.Activation`: one of the two is ""."""
    if not found.name:
        return "", ""
    if found.name == "gelu_by_tanh":
        return "lambda x: keras.activations.gelu(x, approximate=True)", ""
    if found.name in _NAMED:
        return '"{}"'.format("silu" if found.name == "swish" else found.name), ""
    return "", "keras.layers.LeakyReLU(negative_slope={})".format(tensors.number(found.slope))


def layer(graph, found, name, decays, with_activation):
    """`Line` that makes a layer; its code is "" where the graph does not say how.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      found: a `parity.reference.reading.layers.Layer`.
      name: the layer's name in Keras.
      decays: decays of the moving averages of a batch norm.
      with_activation: True to pass the activation as an argument.
    """
    makers = {"dense": _dense, "convolution": _convolution, "embedding": _embedding,
              "transposed convolution": _transposed, "depthwise convolution": _depthwise,
              "batch norm": _batch_norm, "layer norm": _layer_norm}
    comments, more = [], [decays] if found.kind == "batch norm" else []
    made = makers[found.kind](found, comments, *more) if found.kind in makers and (
        found.shape) else None
    if not made:
        return _open(found)
    kind, arguments = made
    if "spectral_norm" in found.settings:
        comments.append("to be filled in: its kernel divided by its spectral norm, {} power "
                        "iteration(s); keras.layers.SpectralNormalization is another method, see "
                        "docs/own_pair.md".format(found.settings["spectral_norm"]))
    arguments += _shared(graph, found, comments, with_activation)
    return keras_optimizers.Line("keras.layers.{}({})".format(
        kind, ", ".join(arguments + ['name="{}"'.format(name)])), comments)


def _shared(graph, found, comments, with_activation):
    """Arguments that all kinds of layers have: activation, bias, initialisers, penalties."""
    arguments = []
    argument = activation(found.activation)[0]
    if argument and with_activation and "norm" not in found.kind:
        arguments.append("activation=" + argument)
    if found.kind not in ("batch norm", "layer norm", "embedding") and "bias" not in (
            found.variables):
        arguments.append("use_bias=False")
    arguments += _initializers(graph, found, comments)
    for role, weight in sorted(found.regularizers.items()):
        arguments.append("{}_regularizer=keras.regularizers.L2({})".format(
            role, tensors.number(weight / 2)))
        comments.append("tf.nn.l2_loss is half the sum of squares, Keras' L2 the whole")
    return arguments


def _open(found):
    return keras_optimizers.Line("", ["to be filled in: {} {} with {}".format(
        found.kind, found.shape, ", ".join("{} `{}`".format(role, variable)
                                           for role, variable in found.variables.items()))])


def _initializers(graph, found, comments):
    """Arguments for initialisers that are not Keras's defaults."""
    arguments = []
    for role, variable in found.variables.items():
        line = initializer(graph, variable)
        comments.extend(line.comments)
        role = "depthwise" if found.kind.startswith("depthwise") and role == "kernel" else role
        if line.code and line.code.replace('"', "'") != _DEFAULTS.get(role):
            arguments.append("{}_initializer={}".format(role, line.code))
    return arguments


def _sizes(values):
    """Code of sizes: a number where all are equal, else a tuple."""
    values = list(values)
    return str(values[0]) if len(set(values)) == 1 else str(tuple(values))


def _places(found, rank):
    """Arguments for strides, padding, dilation and data format of a convolution."""
    settings = found.settings
    arguments = ["strides=" + _sizes(settings["strides"]),
                 'padding="{}"'.format(settings["padding"].lower())]
    if set(settings["dilations"]) != {1}:
        arguments.append("dilation_rate=" + _sizes(settings["dilations"]))
    if settings["data_format"].startswith("NC"):
        arguments.append('data_format="channels_first"')
    return arguments


def _dense(found, comments):
    if len(found.shape) != 2:
        return None
    if found.settings.get("transposed"):
        comments.append("its kernel is transposed in TensorFlow 1: {}".format(found.shape))
    return "Dense", [str(found.shape[0 if found.settings.get("transposed") else 1])]


def _convolution(found, comments):
    rank = len(found.shape) - 2
    if found.settings["padding"] == "EXPLICIT" or rank not in (1, 2, 3):
        return None
    return "Conv{}D".format(rank), [str(found.shape[-1]), _sizes(found.shape[:-2])] + _places(
        found, rank)


def _depthwise(found, comments):
    if found.settings["padding"] == "EXPLICIT":
        return None
    return "DepthwiseConv2D", [_sizes(found.shape[:2]), "depth_multiplier={}".format(
        found.shape[-1])] + _places(found, 2)


def _transposed(found, comments):
    rank = len(found.shape) - 2
    if found.settings["padding"] == "EXPLICIT" or rank not in (2, 3):
        return None
    comments.append("its output in TensorFlow 1: {}; another size needs output_padding".format(
        found.settings["output_shape"]))
    return "Conv{}DTranspose".format(rank), [str(found.shape[-2]), _sizes(
        found.shape[:-2])] + _places(found, rank)


def _embedding(found, comments):
    if "combiner" in found.settings or len(found.shape) != 2:
        return None
    return "Embedding", list(map(str, found.shape))


def _batch_norm(found, comments, decays):
    axis = 1 if found.settings["data_format"] == "NCHW" else -1
    if found.settings["axes"] is None:
        comments.append("to be filled in: the axes of this norm, which the graph does not say")
    if found.settings.get("training") is False:
        comments.append("TensorFlow 1 trains with the moving statistics: training=False")
    arguments = ["axis={}".format(axis)] if axis != -1 else []
    if len(decays) == 1:
        arguments.append("momentum=" + tensors.number(decays[0]))
    else:
        arguments.append("momentum=1.0")
        comments.append("training never moves its averages in TensorFlow 1: momentum 1" if (
            not decays) else "to be filled in: momentum, one of {}".format(decays))
    arguments.append("epsilon=" + tensors.number(found.settings["epsilon"]))
    arguments += ["{}=False".format(argument) for role, argument in
                  (("beta", "center"), ("gamma", "scale")) if role not in found.variables]
    if found.settings["fused"] and decays:
        comments.append("fused: TensorFlow 1 averages the variance times n / (n - 1)")
    return "BatchNormalization", arguments


def _layer_norm(found, comments):
    axes = found.settings["axes"]
    if axes not in ([1], [2], [-1]) or len(found.shape) != 1:
        return None
    arguments = ["epsilon=" + tensors.number(found.settings["epsilon"])]
    arguments += ["{}=False".format(argument) for role, argument in
                  (("beta", "center"), ("gamma", "scale")) if role not in found.variables]
    return "LayerNormalization", arguments
