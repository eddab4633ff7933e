"""Changes of an activation."""

import functools
import math
from typing import Any, NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry, Family, number
from parity.common.rungs import FORWARD, LOSSES
from parity.reference.reading import activations as reading

# Arguments of layers that name an activation.
_ARGUMENTS = ("activation", "recurrent_activation")
_SLOPES = (0.2, 0.3, 0.01, 0.1)


class _Activation(NamedTuple):
    """An activation in the graph.

    Attributes:
      before: the tensor that it takes.
      after: name of the tensor that it gives.
      name: its name in Keras.
      slope: its slope for negative numbers; None where it has no such argument.
    """

    before: Any
    after: str
    name: str
    slope: Optional[float] = None


def _rounded(value, dtype):
    """A constant of a number rounded to float32, in float64, too: TensorFlow's formulas hold such.
    """
    return tf.cast(tf.constant(float(np.float32(value)), tf.float64), dtype)


def _gelu(x):
    return 0.5 * x * (1.0 + tf.erf(x * _rounded(math.sqrt(0.5), x.dtype)))


def _gelu_by_tanh(x):
    factor = tf.cast(tf.constant(math.sqrt(2.0 / math.pi), tf.float64), x.dtype)
    return 0.5 * x * (1.0 + tf.tanh(factor * (x + _rounded(0.044715, x.dtype) * x ** 3)))


# {name in Keras: function of a tensor}
FUNCTIONS = {
    "linear": lambda x: x, "relu": tf.nn.relu, "tanh": tf.tanh, "sigmoid": tf.sigmoid,
    "softmax": tf.nn.softmax, "elu": tf.nn.elu, "selu": tf.nn.selu, "softplus": tf.nn.softplus,
    "silu": lambda x: x * tf.sigmoid(x), "relu6": tf.nn.relu6, "gelu": _gelu,
    "gelu(approximate=True)": _gelu_by_tanh, "softsign": tf.nn.softsign, "exponential": tf.exp,
    "hard_sigmoid": lambda x: tf.nn.relu6(x + 3.0) / 6.0,
    "hard_silu": lambda x: x * tf.nn.relu6(x + 3.0) / 6.0, "log_softmax": tf.nn.log_softmax,
    "abs": tf.abs, "squared": tf.square}
_KERAS = {"swish": "silu", "gelu_by_tanh": "gelu(approximate=True)", "": "linear"}


def _leaky(slope):
    """A leaky ReLU by TensorFlow's kernel, which holds its slope in float32 in either precision."""
    return lambda x: tf.nn.leaky_relu(x, slope)


def _written(name, slope):
    """The code of an activation in Keras."""
    if name == "leaky_relu":
        return "keras.layers.LeakyReLU(negative_slope={})".format(number(slope))
    if name.endswith(")"):
        return "activation=lambda x: keras.activations." + name.replace("(", "(x, ")
    return "no activation" if name == "linear" else 'activation="{}"'.format(name)


def _others(place):
    """Yields (name, function of a tensor) of all activations that a port may have."""
    slopes = [slope for slope in dict.fromkeys(
        place.numbers("negative_slope", "alpha") + list(_SLOPES)) if slope]
    yield from list(FUNCTIONS.items())[:3]
    for slope in slopes:
        yield "a leaky ReLU with slope {}".format(number(slope)), _leaky(slope)
    yield from list(FUNCTIONS.items())[3:]


def _present(place):
    """[`_Activation`] near the place; where none gives its tensor, a linear one does."""
    found, inputs, ops = [], set(), place.following() + place.operations()
    for op in ops:
        for tensor in op.inputs:
            if tensor.name in inputs or not tensor.dtype.is_floating or tensor.shape.ndims == 0:
                continue
            inputs.add(tensor.name)
            after = reading.after(place.graph, tensor, set(ops))
            if after.name:
                found.append(_Activation(tensor, after.output, _KERAS.get(after.name, after.name),
                                         after.slope))
    target = place.tensor()
    if not any(each.after == target.name for each in found):
        found.append(_Activation(target, target.name, "linear"))
    return found


def changes(place):
    """Yields each activation of the place as another one."""
    declared = {config[key] for config in place.layers for key in _ARGUMENTS
                if isinstance(config.get(key), str)}
    for present in _present(place):
        pairs, ours = _used(place, present), _called(present.name, present.slope)
        for other, function in _others(place):
            if other != ours:
                yield _change(pairs, present, other, function, declared)


def families(place):
    """Yields each leaky ReLU of the place with any other slope."""
    for present in _present(place):
        if present.slope is not None:
            yield Family(present.slope, functools.partial(
                _sloped, _used(place, present), present))


def _sloped(pairs, present, slope):
    return _change(pairs, present, _called("", slope), _leaky(slope), ())


def _called(name, slope):
    """Words for an activation."""
    return name if slope is None else "a leaky ReLU with slope {}".format(number(slope))


def _change(pairs, present, other, function, declared):
    """The `Change` of an activation to another one.

    Args:
      pairs: [(tensor before, tensor after)], as `_used` returns them.
      present: the `_Activation` of the reference.
      other: words for the other activation.
      function: the other activation, a function of a tensor.
      declared: names of the activations in the configurations of the port's layers.
    """
    ours = _called(present.name, present.slope)
    return Change("activation", "the activation is {}, in the reference {}".format(
        "none" if other == "linear" else other, "none" if ours == "linear" else ours),
                  _written(present.name, present.slope),
                  tuple(_edit(one, two, function) for one, two in pairs), True,
                  declared=other in declared)


def _used(place, present):
    """[(name of the tensor before, of that after)] of an activation wherever its layer is used."""
    pairs, op = [(present.before.name, present.after)], place.graph.tensor(present.after).op
    for sibling in place.siblings(op):
        output = sibling.outputs[0].name
        if output != present.after and len(sibling.inputs) == len(op.inputs) and (
                present.name != "linear"):
            start = [given.name for mine, given in zip(op.inputs, sibling.inputs)
                     if mine.name == present.before.name]
            pairs.extend((each, output) for each in start)
    return pairs


def _edit(before, after, function):
    """The edit that computes the tensor `after` from the tensor `before` by another function."""
    if before == after:
        return rewiring.substituted([after], function)

    def make(tensor):
        return function(tensor.graph.get_tensor_by_name(before))
    return rewiring.substituted([after], make)


ENTRIES = [Entry("activation", (FORWARD, LOSSES), "another activation, or none, or another slope",
                 changes, 'activation="...", keras.layers.LeakyReLU(negative_slope=...)', families)]
