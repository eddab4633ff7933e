"""Writes Keras 3 code for losses that are recognised in the graph, and comments for others."""

from parity.reference.keras_frame import keras_optimizers
from parity.reference.reading import losses
from parity.reference.reading import structure
from parity.reference.reading import tensors

# A penalty on weights is written with the layers.
_PENALTY = {"L2Loss"}
_ARITHMETIC = {"Mul", "Add", "AddV2", "AddN"}
# Operations of the mean that tf.losses computes with weights of one.
_WEIGHTED_MEAN = {"Mul", "Sum", "DivNoNan", "Equal", "Fill", "Select", "SelectV2", "Shape", "Size",
                  "Cast", "ZerosLike", "OnesLike", "StridedSlice", "Pack"}
# Operations with which tf.nn.softmax_cross_entropy_with_logits reshapes logits to a matrix.
_FLAT = {"ConcatV2", "Pack", "Reshape", "Shape", "Slice", "Sub"}
_SIGMOID = {"GreaterEqual", "Select", "SelectV2", "Neg", "Exp", "Log1p", "ZerosLike"}
_KINDS = (({"SparseSoftmaxCrossEntropyWithLogits"},
           "SparseCategoricalCrossentropy(from_logits=True)"),
          ({"SoftmaxCrossEntropyWithLogits"}, "CategoricalCrossentropy(from_logits=True)"),
          ({"SquaredDifference"}, "MeanSquaredError()"))


def loss(captured, found, ends):
    """`Line` of a loss; its code is "" where it is no plain mean of a loss that Keras has.

    Args:
      captured: a `parity.reference.captured.Captured`.
      found: a `losses.Loss`, or None.
      ends: names of the tensors at which networks end.
    """
    if found is None:
        return keras_optimizers.Line("", ["to be filled in: the loss, not found in the graph"])
    if not found.captured:
        return keras_optimizers.Line("", ["to be filled in: the loss `{}`, which the program never "
                                          "ran, only its gradient".format(found.tensor)])
    graph = structure.of(captured)
    types = losses.computed_by(graph, found.tensor, set(ends))
    for kind, code in _KINDS:
        if sum(each in kind for each in types) == 1 and _is_mean(graph, found, set(types), kind):
            return keras_optimizers.Line("keras.losses." + code, [])
    counted = ["{} {}".format(types.count(each), each) if types.count(each) > 1 else each
               for each in dict.fromkeys(types)]
    comments = ["to be filled in: the loss `{}`, in TensorFlow 1 computed by {}".format(
        found.tensor, ", ".join(counted))]
    if {"GreaterEqual", "Exp", "Log1p"} <= set(types):
        comments.append("Log1p, Exp and GreaterEqual: sigmoid cross-entropy with logits, {} of "
                        "them".format(types.count("Log1p")))
    lines = captured.source(found.tensor.rpartition(":")[0])[:1]
    comments.extend("{}, line {}: {}".format(made.path, made.line, made.text) for made in lines)
    return keras_optimizers.Line("", comments)


def _is_mean(graph, found, types, kind):
    """True where a loss is a mean of one kind over the batch, beside penalties on weights."""
    types = types - kind - _PENALTY - _FLAT
    ops = tensors.ancestors([graph.tensor(found.tensor)], graph.is_backward)
    means = {"Mean"} if "Mean" in types else _WEIGHTED_MEAN if "DivNoNan" in types else set()
    return bool(means) and types <= means | _ARITHMETIC and not any(
        _scales(graph, op, kind) for op in ops)


def _scales(graph, op, kind):
    """True where an operation multiplies a loss of a kind by a number other than one."""
    found = tensors.with_constant(op) if op.type == "Mul" else None
    if not found or found.number == 1 or found.other.shape.ndims != 0:
        return False
    return bool({each.type for each in tensors.ancestors([found.other], graph.is_backward)} & kind)
