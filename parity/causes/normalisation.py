"""Changes of a normalisation: its epsilon, and batch statistics for moving ones."""

import functools
from typing import NamedTuple

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry, Family, number
from parity.common.rungs import FORWARD, GRADIENTS, LOSSES
from parity.reference import batch_norm
from parity.reference import edits
from parity.reference.reading import assignments
from parity.reference.reading import tensors

# Epsilons of tf.layers and Keras, of slim's layer norm, and others in common use.
EPSILONS = (1e-3, 1e-5, 1e-4, 1e-6, 1e-7, 1e-8, 1e-12)
_STATISTICS = ("moving_mean", "moving_variance")


class _Epsilon(NamedTuple):
    """The constant of 1 / sqrt(variance + epsilon): its name, and its value."""

    constant: str
    value: float


def _is_fused(op):
    return op.type.startswith("FusedBatchNorm") and "Grad" not in op.type


def _epsilons(place, present):
    values = place.numbers("epsilon") + list(EPSILONS)
    return [value for value in dict.fromkeys(values) if value and value != present]


def _added(op):
    """The `_Epsilon` that an operation's square root takes, or None."""
    if op.type not in ("Rsqrt", "Sqrt") or not op.inputs:
        return None
    added = tensors.through(op.inputs[0]).op
    found = tensors.with_constant(added) if added.type in tensors.ADDITIONS else None
    if not found or not 0 < found[1] < 0.1:
        return None
    constant = next((tensors.through(given).op for given in added.inputs
                     if tensors.scalar(given) is not None), None)
    return _Epsilon(constant.name, found[1]) if constant.type == "Const" else None


def epsilon(place):
    """Yields a normalisation with another epsilon, the port's first."""
    for family in epsilons(place):
        for value in _epsilons(place, family.present):
            yield family.change(value)


def epsilons(place):
    """Yields a normalisation with any other epsilon."""
    for op in place.operations():
        if _is_fused(op):
            names = [each.name for each in place.siblings(op)]
            present = float("{:.7g}".format(op.get_attr("epsilon")))
            edit = functools.partial(edits.attribute, key="epsilon")
        elif _added(op):
            names = sorted({_added(each).constant for each in place.siblings(op) if _added(each)})
            present, edit = _added(op).value, edits.constant
        else:
            continue
        yield Family(present, functools.partial(
            _of_epsilon, place.numbers("epsilon"), present, names, edit))


def _of_epsilon(declared, present, names, edit, value):
    """The `Change` of an epsilon.

    Args:
      declared: epsilons in the configurations of the port's layers.
      present: the reference's epsilon.
      names: names of the operations that hold it.
      edit: function (name, value=...) that returns the edit of an operation.
      value: the other epsilon.
    """
    return Change("normalisation's epsilon", "the epsilon under the root is {}, in the reference "
                  "{}".format(number(value), number(present)),
                  "epsilon={}".format(number(present)),
                  tuple(edit(name, value=value) for name in names), True,
                  declared=value in declared)


def mode(place):
    """Yields a batch norm with moving statistics for those of the batch, and the other way."""
    averaged = _averaged(place)
    for op in place.operations():
        if _is_fused(op) and op.get_attr("is_training"):
            moving = _moving(place, op)
            if moving:
                yield from _moved(place, op, lambda each, moving=moving: _with_moving(each, moving),
                                  around=(batch_norm.biased,))
        elif _added(op) and _variance(op) in averaged:
            yield from _moved(place, op, lambda each: _by_averages(averaged.get(_variance(each))))
        elif _is_fused(op):
            yield Change(
                "batch norm's mode", "batch norm takes the batch's statistics, in the reference "
                "the moving ones", "layer(x, training=False)", tuple(
                    edits.attribute(each.name, "is_training", True)
                    for each in place.siblings(op)), True)


def _moved(place, op, edit, around=()):
    """Yields a batch norm with moving statistics, in a whole step and in one of its updates alone.

    Args:
      place: the `Place`.
      op: the operation that normalises.
      edit: function of such an operation that returns the edit of it, or None.
      around: edits of the updates before that one: what Keras's averages take of a fused norm.
    """
    uses = tuple(filter(None, map(edit, place.siblings(op))))
    whole = Change("batch norm's mode", "batch norm takes the moving statistics, in the reference "
                   "the batch's", "layer(x, training=True), and the layer trainable", uses, True)
    yield whole
    if place.phase:
        yield whole._replace(
            sentence="in update {} of a step {}".format(place.phase + 1, whole.sentence),
            only=place.position(), around=around)


def _variance(op):
    """Name of the variance tensor of which an operation takes the root."""
    added = tensors.with_constant(tensors.through(op.inputs[0]).op)
    return tensors.through(added.other, assignments.PASSING).name


def _averaged(place):
    """`{variance tensor: {batch's statistic: its moving average}}` of batch norms without kernel.

    The averages of each batch that a norm sees stand in one order for mean and variance.
    """
    found, of_scope = {}, {}
    for each in assignments.moving_averages(place.captured):
        scope, _, leaf = each.variable.rpartition("/")
        of_scope.setdefault(scope, {}).setdefault(leaf, []).append(each)
    for averages in of_scope.values():
        for both in zip(*(averages.get(leaf, ()) for leaf in _STATISTICS)):
            found[both[1].source] = {each.source: each.variable for each in both}
    return found


def _by_averages(statistics):
    """The edit that gives moving averages for a batch's `{statistic: average}`, or None."""
    if not statistics:
        return None

    def make(old):
        average = old.graph.get_operation_by_name(statistics[old.name])
        return tf.reshape(read(average), tf.shape(old))
    return rewiring.substituted(sorted(statistics), make)


def _moving(place, op):
    """Names of a batch norm's moving mean and variance, [mean, variance], or None.

    They stand in the scope of its gamma or beta.
    """
    owner = next(filter(None, (tensors.variable_of(given) for given in op.inputs[1:3])), "")
    scope = owner.rpartition("/")[0]
    names = ["{}/{}".format(scope, leaf) for leaf in _STATISTICS]
    return names if all(name in place.graph.variables for name in names) else None


def _with_moving(op, moving):
    """The edit that computes a batch norm from moving statistics, by the names of both.

    What it gives as the batch's are the moving ones, too, so that these do not move.
    """
    added = float(op.get_attr("epsilon"))
    channels_first = op.get_attr("data_format") == b"NCHW"
    x, gamma, beta = (given.name for given in list(op.inputs)[:3])
    outputs = [output.name for output in op.outputs[:3]]

    def make(old):
        graph = old.graph
        mean, variance = (read(graph.get_operation_by_name(name)) for name in moving)
        if old.name in outputs[1:]:
            return (mean, variance)[outputs.index(old.name) - 1]
        taken = [graph.get_tensor_by_name(name) for name in (x, gamma, beta)]
        shape = [1, -1, 1, 1] if channels_first else [1, 1, 1, -1]
        gamma_, beta_, mean, variance = (
            tf.reshape(value, shape) for value in (taken[1], taken[2], mean, variance))
        return (taken[0] - mean) * tf.rsqrt(variance + added) * gamma_ + beta_
    return rewiring.substituted(outputs, make)


def read(op):
    """The tensor that reads a variable, given its operation."""
    if op.type == "VarHandleOp":
        return tf.raw_ops.ReadVariableOp(resource=op.outputs[0], dtype=op.get_attr("dtype"))
    return tf.identity(op.outputs[0])


ENTRIES = [
    Entry("normalisation's epsilon", (FORWARD, LOSSES, GRADIENTS), "the epsilon of batch, layer, "
          "group or instance norm as another", epsilon, "epsilon=...", epsilons),
    Entry("batch norm's mode", (FORWARD, LOSSES),
          "moving statistics for the batch's, or the other way", mode, "layer(x, training=True)")]
