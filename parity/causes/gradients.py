"""Changes of gradients: their scale, weight decay, and where they are stopped."""

import tensorflow.compat.v1 as tf

from parity.causes import normalisation
from parity.causes import rewiring
from parity.causes.change import Change, Entry, number
from parity.common.rungs import GRADIENTS


def scale(place):
    """Yields gradients that are a multiple of the reference's: all, or that of one variable."""
    if not place.ratio:
        return
    factor = float("{:.6g}".format(place.ratio))
    words = {place.batch: "summed over the batch of {}, in the reference averaged",
             1.0 / (place.batch or 1): "averaged over the batch of {}, in the reference summed"}
    known = next((text.format(place.batch) for value, text in words.items()
                  if abs(factor - value) <= 1e-5 * value), None)
    names = [update.gradient for update in place.updates()]
    yield Change("scale of gradients", "gradients are {}".format(known) if known else (
        "gradients are {} times the reference's".format(number(factor))),
                 "the loss, or the gradients, divided by {}".format(number(factor)),
                 (rewiring.substituted(names, lambda old: old * factor),))
    yield Change("scale of gradients", "the gradient of {} is {} times the reference's".format(
        place.target, number(factor)), "the gradient divided by {}".format(number(factor)),
                 (rewiring.substituted([place.own().gradient], lambda old: old * factor),))


def stopped(place):
    """Yields a gradient that is stopped at a layer, or one that is no longer stopped."""
    for op in place.upstream():
        if op.type in ("StopGradient", "PreventGradient"):
            yield Change("stopped gradient", "the gradient is not stopped where the reference "
                         "stops it{}".format(_at(place, op)), "ops.stop_gradient(...)",
                         (rewiring.of_another_type([op.name], "Identity"),), True)
    for name, tensor in place.outputs().items():
        if tensor.consumers():
            yield Change("stopped gradient", "the gradient is stopped at {}".format(name),
                         "no ops.stop_gradient there",
                         (rewiring.substituted([tensor.name], tf.stop_gradient),), True)


def _at(place, op):
    """Words for the line that made an operation, where it is known."""
    line = place.line(op)
    return ", in " + line if line else ""


def decay(place):
    """Yields weight decay in the gradients that is lost, halved or doubled."""
    for change in place.own().changes:
        for factor, words in ((0.0, "lost"), (0.5, "halved"), (2.0, "doubled")):
            if change.kind == "weight decay" and change.numbers:
                yield Change("weight decay", "weight decay is {}".format(words),
                             "the reference's weight decay",
                             (_decayed(place, change.numbers[0] * (factor - 1.0)),))


def _decayed(place, share):
    """The edit that adds a share of the variable to its gradient."""
    update = place.own()

    def make(old):
        return old + share * normalisation.read(
            old.graph.get_operation_by_name(update.variable))
    return rewiring.substituted([update.gradient], make)


ENTRIES = [
    Entry("scale of gradients", (GRADIENTS,), "a sum for a mean, or another multiple", scale,
          "the loss divided"),
    Entry("weight decay", (GRADIENTS,), "lost, halved, doubled", decay, "kernel_regularizer=..."),
    Entry("stopped gradient", (GRADIENTS,),
          "a gradient stopped at a layer, or one no longer stopped", stopped,
          "ops.stop_gradient(...)")]
