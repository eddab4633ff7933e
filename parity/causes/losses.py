"""Changes of a loss: its scale, its penalties, its labels, logits for probabilities."""

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry, number
from parity.reference.reading import tensors

_ENTROPIES = ("SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits")
_SMOOTHINGS = (0.1, 0.2, 0.05)


def penalties(place):
    """Yields a penalty of weights that is lost, halved or doubled."""
    for op in place.operations():
        if op.type in ("L2Loss", "Abs") and tensors.variable_of(op.inputs[0]):
            for factor, words in ((0.0, "lost"), (2.0, "doubled"), (0.5, "halved")):
                yield Change(
                    "penalty", "the penalty of {} is {}".format(
                        tensors.variable_of(op.inputs[0]), words), _penalty(op, factor),
                    (rewiring.substituted([op.outputs[0].name], _times(factor)),), True)
    found = [op for op in place.operations() if op.type == "L2Loss"
             and tensors.variable_of(op.inputs[0])]
    if len(found) > 1:
        for factor, words in ((0.0, "lost"), (2.0, "doubled"), (0.5, "halved")):
            yield Change("penalty", "all L2 penalties are {}".format(words),
                         _penalty(found[0], factor), (rewiring.substituted(
                             [op.outputs[0].name for op in found], _times(factor)),), True)


def _penalty(op, factor):
    if op.type == "L2Loss":
        return ("keras.regularizers.L2(scale / 2): tf.nn.l2_loss is half the sum of squares"
                if factor != 0.0 else "kernel_regularizer=keras.regularizers.L2(scale / 2)")
    return "kernel_regularizer=keras.regularizers.L1(scale)"


def _times(factor):
    return lambda old: old * factor


def terms(place):
    """Yields a term of a sum that is lost, or has another sign."""
    for op in place.operations():
        if op.type in ("Add", "AddV2", "AddN", "Sub") and op.outputs[0].shape.ndims == 0 and (
                op.outputs[0].dtype.is_floating):
            for number_, given in enumerate(op.inputs):
                for words, factor in (("is left out", 0.0), ("has the other sign", -1.0),
                                      ("counts half", 0.5), ("counts twice", 2.0)):
                    yield Change("term of the loss", "the term {} {}".format(
                        given.op.name, words), "the term as it is in the reference",
                                 (rewiring.given_instead([op.name], number_, _times(factor)),),
                                 True)


def scale(place):
    """Yields a loss that is a multiple: a sum for a mean, weights that do not count."""
    if not place.ratio:
        return
    factor, batch = float("{:.6g}".format(place.ratio)), place.batch
    known = {batch: "summed over the batch of {}, in the reference averaged".format(batch),
             1.0 / (batch or 1): "averaged over the batch of {}, in the reference summed".format(
                 batch)}
    words = next((text for value, text in known.items() if abs(factor - value) <= 1e-5 * value),
                 "{} times the reference's".format(number(factor)))
    write = 'reduction="sum_over_batch_size"' if factor > 1 else 'reduction="sum"'
    yield Change("scale of the loss", "the loss is {}".format(words),
                 write if words in known.values() else "the loss divided by {}".format(
                     number(factor)),
                 (rewiring.substituted([place.tensor().name], _times(factor)),), True)


def labels(place):
    """Yields labels that are shifted, smoothed, or not smoothed; weights that are left out."""
    for op in place.operations():
        if op.type == "SparseSoftmaxCrossEntropyWithLogits":
            for words, shift in (("one class further", 1), ("one class back", -1)):
                yield Change(
                    "labels", "labels are {}".format(words), "the reference's labels",
                    (rewiring.given_instead([op.name], 1, lambda old, shift=shift: tf.mod(
                        old + shift, tf.cast(tf.shape(old.consumers()[0].inputs[0])[-1],
                                             old.dtype))),), True)
            yield Change("labels", "labels belong to the row before", "the reference's labels",
                         (rewiring.given_instead([op.name], 1, lambda old: tf.roll(old, 1, 0)),),
                         True)
        elif op.type == "SoftmaxCrossEntropyWithLogits":
            yield from _smoothings(place, op)


def _smoothings(place, op):
    """Labels of a cross-entropy smoothed by another share."""
    classes, present = tensors.shape_of(op.inputs[0])[-1], _present(op)
    for share in dict.fromkeys((0.0,) + _SMOOTHINGS if classes else ()):
        if share != present:
            yield Change("labels", "labels are smoothed by {}, in the reference by {}".format(
                number(share), number(present)), "label_smoothing={}".format(number(present)),
                         (rewiring.given_instead(
                             [op.name], 1, _smoothed(share, present, classes)),), True)


def _present(op):
    """The share by which labels are smoothed: they are multiplied by what is left of 1."""
    for each in tensors.ancestors([op.inputs[1]]):
        found = tensors.with_constant(each) if each.type == "Mul" else None
        if found and 0.5 < found[1] < 1.0:
            return float("{:.6g}".format(1.0 - found[1]))
    return 0.0


def _smoothed(share, present, classes):
    def make(old):
        plain = (old - present / classes) / (1.0 - present)
        return plain * (1.0 - share) + share / classes
    return make


def logits(place):
    """Yields probabilities where the loss takes logits."""
    for op in place.operations():
        if op.type in _ENTROPIES:
            yield Change("logits", "the loss takes the logits for probabilities",
                         "from_logits=True", (rewiring.substituted(
                             [op.outputs[0].name], _of_probabilities),), True)
            yield Change("logits", "the loss takes softmax of the logits for logits",
                         "from_logits=True without softmax before", (rewiring.given_instead(
                             [op.name], 0, tf.nn.softmax),), True)


def _of_probabilities(old):
    """The cross-entropy of what are no probabilities, as Keras makes them some."""
    given, labels_ = old.op.inputs[0], old.op.inputs[1]
    shares = tf.clip_by_value(given / tf.reduce_sum(given, -1, keepdims=True), 1e-7, 1.0 - 1e-7)
    if labels_.dtype.is_integer:
        labels_ = tf.one_hot(labels_, tf.shape(given)[-1], dtype=given.dtype)
    return -tf.reduce_sum(labels_ * tf.log(shares), -1)


ENTRIES = [
    Entry("penalty", (4, 5), "a penalty of weights lost, halved or doubled", penalties,
          "keras.regularizers.L2(scale / 2)"),
    Entry("logits", (4,), "probabilities for logits, softmax twice", logits, "from_logits=True"),
    Entry("labels", (4,), "labels shifted, smoothed, of another row", labels,
          "the reference's labels"),
    Entry("scale of the loss", (4,), "a sum for a mean, another multiple", scale,
          'reduction="sum_over_batch_size"'),
    Entry("term of the loss", (4, 5), "a term left out, halved, doubled, of the other sign", terms,
          "the reference's sum")]
