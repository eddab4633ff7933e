"""Changes of tensors that are joined: their order."""

import itertools

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry
from parity.common.rungs import FORWARD

_MOST = 3  # of which all orders are tried; of more tensors, the reverse order


def order(place):
    """Yields other orders of the tensors that a concatenation joins."""
    for op in place.operations():
        if op.type != "ConcatV2":
            continue
        names = [tensor.name for tensor in op.inputs[:-1]]
        for places in _orders(len(names)):
            yield Change(
                "order of joined tensors", "{} are joined, in the reference {}".format(
                    ", ".join(names[number] for number in places), ", ".join(names)),
                "keras.layers.Concatenate()([...]) in the reference's order",
                tuple(_joined(each, places) for each in place.siblings(op)), True)


def _orders(count):
    """Orders of so many tensors, but for the one that they have."""
    present = tuple(range(count))
    if count > _MOST:
        return [present[::-1]]
    return [each for each in itertools.permutations(present) if each != present]


def _joined(op, places):
    """The edit that joins the tensors of a concatenation in another order."""
    names, axis = [tensor.name for tensor in op.inputs[:-1]], op.inputs[-1].name
    return rewiring.substituted([op.outputs[0].name], lambda old: tf.concat(
        [old.graph.get_tensor_by_name(names[number]) for number in places],
        axis=old.graph.get_tensor_by_name(axis)))


ENTRIES = [
    Entry("order of joined tensors", (FORWARD,), "tensors that are joined in another order", order,
          "keras.layers.Concatenate()([...])")]
