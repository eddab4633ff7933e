"""Changes of a loss: its scale, its terms, its labels, logits for probabilities."""

import functools

import tensorflow.compat.v1 as tf

from parity.causes import cross_entropies
from parity.causes import rewiring
from parity.causes.change import Change, Entry, Family, number
from parity.common.rungs import GRADIENTS, LOSSES
from parity.reference.reading import tensors

SCALE = "scale of the loss"
_SMOOTHINGS = (0.1, 0.2, 0.05)


def terms(place):
    """Yields a term of the loss that is left out, halved, doubled or has another sign."""
    for op, number_ in _terms(place):
        for factor in (0.0, -1.0, 0.5, 2.0):
            yield _term(op, number_, factor)


def term_families(place):
    """Yields a term of the loss times any number."""
    for op, number_ in _terms(place):
        yield Family(1.0, functools.partial(_term, op, number_))


def _terms(place):
    """[(sum, position of its input)] of the terms of the loss."""
    return [(op, number_) for op in place.operations()
            if op.type in ("Add", "AddV2", "AddN", "Sub") and op.outputs[0].shape.ndims == 0
            and op.outputs[0].dtype.is_floating for number_ in range(len(op.inputs))]


def _term(op, number_, factor):
    words = {0.0: "is left out", -1.0: "has the other sign", 0.5: "counts half",
             2.0: "counts twice"}.get(factor, "counts {} times".format(number(factor)))
    return Change("term of the loss", "the term {} {}".format(op.inputs[number_].op.name, words),
                  "the term as it is in the reference",
                  (rewiring.given_instead([op.name], number_, _times(factor)),), True)


def _times(factor):
    return lambda old: old * factor


def scale(place):
    """Yields a loss that is a multiple of the reference's, as a sum is of a mean."""
    if not place.ratio:
        return
    factor, batch = float("{:.6g}".format(place.ratio)), place.batch
    known = {batch: "summed over the batch of {}, in the reference averaged".format(batch),
             1.0 / (batch or 1): "averaged over the batch of {}, in the reference summed".format(
                 batch)}
    words = next((text for value, text in known.items() if abs(factor - value) <= 1e-5 * value),
                 "{} times the reference's".format(number(factor)))
    write = 'reduction="sum_over_batch_size"' if factor > 1 else 'reduction="sum"'
    yield Change(SCALE, "the loss is {}".format(words),
                 write if words in known.values() else "the loss divided by {}".format(
                     number(factor)),
                 (rewiring.substituted([place.tensor().name], _times(factor)),), True)


def labels(place):
    """Yields labels that are shifted, smoothed, or not smoothed."""
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
    for family in smoothings(place):
        for share in (0.0,) + _SMOOTHINGS:
            if share != family.present:
                yield family.change(share)


def smoothings(place):
    """Yields labels of a cross-entropy, smoothed by any share."""
    for op in place.operations():
        sigmoid = cross_entropies.of_sigmoid(op)
        if op.type == "SoftmaxCrossEntropyWithLogits":
            given, classes = 1, tensors.shape_of(op.inputs[0])[-1]
        elif sigmoid:
            op, given, classes = sigmoid.product, sigmoid.labels, 2
        else:
            continue
        present = _present(op.inputs[given])
        if classes:
            yield Family(present, functools.partial(_smoothed, op, given, present, classes))


def _smoothed(op, given, present, classes, share):
    """The `Change` of labels to another smoothing.

    Args:
      op: the operation that takes the labels; given: position of the labels among its inputs.
      present: the share by which the reference smooths them.
      classes: the number of classes.
      share: the share by which the changed reference smooths them.
    """
    def make(old):
        plain = (old - present / classes) / (1.0 - present)
        return plain * (1.0 - share) + share / classes
    return Change("labels", "labels are smoothed by {}, in the reference by {}".format(
        number(share), number(present)), "label_smoothing={}".format(number(present)),
                  (rewiring.given_instead([op.name], given, make),), True)


def _present(labels_):
    """The share by which labels are smoothed, multiplied by 1 - share; 0.0 if they are not."""
    for each in tensors.ancestors([labels_]):
        found = tensors.with_constant(each) if each.type == "Mul" else None
        if found and 0.5 < found[1] < 1.0:
            return float("{:.6g}".format(1.0 - found[1]))
    return 0.0


def logits(place):
    """Yields a loss that takes logits for probabilities, or probabilities for logits."""
    for op in place.operations():
        sigmoid = cross_entropies.of_sigmoid(op)
        if sigmoid:
            yield Change("logits", "the loss takes the logits for probabilities",
                         "from_logits=True", (rewiring.substituted(
                             [op.outputs[0].name],
                             cross_entropies.from_probabilities(sigmoid)),), True)
            yield Change("logits", "the loss takes the sigmoid of the logits for logits",
                         "from_logits=True without sigmoid before", (rewiring.substituted(
                             [op.outputs[0].name], cross_entropies.twice(sigmoid)),), True)
        for function in cross_entropies.FROM_PROBABILITIES.get(op.type, ()):
            yield Change("logits", "the loss takes the logits for probabilities",
                         "from_logits=True", (rewiring.substituted(
                             [op.outputs[0].name], function),), True)
        if op.type in cross_entropies.FROM_PROBABILITIES:
            yield Change("logits", "the loss takes softmax of the logits for logits",
                         "from_logits=True without softmax before", (rewiring.given_instead(
                             [op.name], 0, tf.nn.softmax),), True)


ENTRIES = [
    Entry("logits", (LOSSES,), "probabilities for logits, softmax or sigmoid twice", logits,
          "from_logits=True"),
    Entry("labels", (LOSSES,), "labels shifted, smoothed, of another row", labels,
          "label_smoothing=...", smoothings),
    Entry(SCALE, (LOSSES,), "a sum for a mean, another multiple", scale,
          'reduction="sum_over_batch_size"'),
    Entry("term of the loss", (LOSSES, GRADIENTS),
          "a term left out, of the other sign, times any number", terms, "the reference's sum",
          term_families)]
