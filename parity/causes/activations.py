"""Changes of an activation."""

import functools
import math

import numpy as np
import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry, Family, number
from parity.reference.reading import activations as reading
from parity.reference.reading import tensors

# Arguments of layers that name an activation.
_ARGUMENTS = ("activation", "recurrent_activation")
_SLOPES = (0.2, 0.3, 0.01, 0.1)


def _rounded(value, dtype):
    """A number as float32 rounds it, in float64 too: so TensorFlow's own formulas have some."""
    return tf.cast(tf.constant(float(np.float32(value)), tf.float64), dtype)


def _gelu(x):
    return 0.5 * x * (1.0 + tf.erf(x * _rounded(math.sqrt(0.5), x.dtype)))


def _gelu_by_tanh(x):
    factor = tf.cast(tf.constant(math.sqrt(2.0 / math.pi), tf.float64), x.dtype)
    return 0.5 * x * (1.0 + tf.tanh(factor * (x + _rounded(0.044715, x.dtype) * x ** 3)))


# {what Keras calls it: function of a tensor}
FUNCTIONS = {
    "linear": lambda x: x, "relu": tf.nn.relu, "tanh": tf.tanh, "sigmoid": tf.sigmoid,
    "softmax": tf.nn.softmax, "elu": tf.nn.elu, "selu": tf.nn.selu, "softplus": tf.nn.softplus,
    "silu": lambda x: x * tf.sigmoid(x), "relu6": tf.nn.relu6, "gelu": _gelu,
    "gelu(approximate=True)": _gelu_by_tanh, "softsign": tf.nn.softsign, "exponential": tf.exp,
    "hard_sigmoid": lambda x: tf.nn.relu6(x + 3.0) / 6.0,
    "hard_silu": lambda x: x * tf.nn.relu6(x + 3.0) / 6.0, "log_softmax": tf.nn.log_softmax,
    "abs": tf.abs, "squared": tf.square}
_KERAS = {"swish": "silu", "": "linear"}


def _leaky(slope):
    """The function of a tensor, by the kernel: its slope is a float32 in either precision."""
    return lambda x: tf.nn.leaky_relu(x, slope)


def _written(name, slope):
    """An activation as an argument in Keras."""
    if name == "leaky_relu":
        return "keras.layers.LeakyReLU(negative_slope={})".format(number(slope))
    return "no activation" if name == "linear" else 'activation="{}"'.format(name)


def _others(place):
    """(name, function) of all activations that a port may have."""
    slopes = [slope for slope in dict.fromkeys(
        place.numbers("negative_slope", "alpha") + list(_SLOPES)) if slope]
    yield from list(FUNCTIONS.items())[:3]
    for slope in slopes:
        yield "a leaky ReLU with slope {}".format(number(slope)), _leaky(slope)
    yield from list(FUNCTIONS.items())[3:]


def _pairs(place):
    """[(tensor before, tensor after, name, slope)] of activations near the place, and of none."""
    found, inputs = [], set()
    for op in place.following() + place.operations():
        for tensor in op.inputs:
            if tensor.name in inputs or not tensor.dtype.is_floating or tensor.shape.ndims == 0:
                continue
            inputs.add(tensor.name)
            after = reading.after(place.graph, tensor, {op})
            if after.name:
                found.append((tensor, after.output, _KERAS.get(after.name, after.name),
                              after.slope))
            gelu = _gelu_after(place.graph, tensor, op)
            if gelu:
                found.append((tensor,) + gelu)
    target = place.tensor()
    if not any(after == target.name for _, after, _, _ in found):
        found.append((target, target.name, "linear", None))
    return found


def _gelu_after(graph, tensor, op):
    """(output, name, None) of x * (1 + erf(...)) or the like by tanh, that starts at a tensor."""
    ends = [use for use in tensor.consumers() if use.type == "Mul" and not graph.is_backward(use)]
    for end in ends:
        for _ in range(3):
            kinds = {each.type for each in _behind(end, tensor)}
            if "Erf" in kinds:
                return end.outputs[0].name, "gelu", None
            if "Tanh" in kinds and ("Pow" in kinds or "Square" in kinds):
                return end.outputs[0].name, "gelu(approximate=True)", None
            following = [use for use in end.outputs[0].consumers()
                         if use.type == "Mul" and not graph.is_backward(use)]
            if len(following) != 1:
                break
            end = following[0]
    return None


def _behind(op, start):
    """Operations between a tensor and a product that it is a part of."""
    return tensors.behind([op], lambda each: any(
        given.name == start.name for given in each.inputs) and each.type != "Mul")


def changes(place):
    """Yields each activation of the place as another one."""
    declared = {config[key] for config in place.layers for key in _ARGUMENTS
                if isinstance(config.get(key), str)}
    for before, after, name, slope in _pairs(place):
        pairs, ours = _used(place, before, after, name), _called(name, slope)
        for other, function in _others(place):
            if other != ours:
                yield _change(pairs, (name, slope), ours, other, function, declared)


def families(place):
    """Yields each leaky ReLU of the place with any other slope."""
    for before, after, name, slope in _pairs(place):
        if slope is not None:
            yield Family(slope, functools.partial(
                _sloped, _used(place, before, after, name), (name, slope)))


def _sloped(pairs, mine, slope):
    return _change(pairs, mine, _called(*mine), _called("", slope), _leaky(slope), ())


def _called(name, slope):
    return name if slope is None else "a leaky ReLU with slope {}".format(number(slope))


def _change(pairs, mine, ours, other, function, declared):
    """The change of an activation, (name, slope), called `ours`, to another one."""
    return Change("activation", "the activation is {}, in the reference {}".format(
        "none" if other == "linear" else other, "none" if ours == "linear" else ours),
                  _written(*mine), tuple(_edit(one, two, function) for one, two in pairs), True,
                  declared=other in declared)


def _used(place, before, after, name):
    """[(tensor before, tensor after)] of an activation wherever its layer is used."""
    pairs, op = [(before.name, after)], place.graph.tensor(after).op
    for sibling in place.siblings(op):
        if sibling.outputs[0].name != after and len(sibling.inputs) == len(op.inputs) and (
                name != "linear"):
            start = [given.name for mine, given in zip(op.inputs, sibling.inputs)
                     if mine.name == before.name]
            pairs.extend((each, sibling.outputs[0].name) for each in start)
    return pairs


def _edit(before, after, function):
    """The edit that computes `after` from `before` by another function."""
    if before == after:
        return rewiring.substituted([after], function)

    def make(tensor):
        return function(tensor.graph.get_tensor_by_name(before))
    return rewiring.substituted([after], make)


ENTRIES = [Entry("activation", (3, 4), "another activation, or none, or another slope", changes,
                 'activation="...", keras.layers.LeakyReLU(negative_slope=...)', families)]
