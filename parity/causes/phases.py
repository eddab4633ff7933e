"""Changes of the order in which the updates of a step are made."""

from parity.causes.change import Change, Entry
from parity.common.rungs import FORWARD, GRADIENTS, LOSSES
from parity.reference import steps


def changes(place):
    """Yields two training calls of a step that are exchanged, or that start from the same state."""
    calls = steps.grouped(place.captured)[0]
    trained = [number for number, call in enumerate(calls) if call.role == "train"]
    for number, (one, other) in enumerate(zip(trained, trained[1:]), 1):
        turned = list(range(len(calls)))
        turned[one], turned[other] = other, one
        for words, order in (
                ("is computed before update {} is made".format(number),
                 (tuple(range(other)), tuple(range(other, len(calls))))),
                ("is made before update {}".format(number), (tuple(turned),))):
            yield Change("order of the updates", "update {} of a step {}, in the reference after "
                         "it".format(number + 1, words), "the updates in the reference's order",
                         order=order)


ENTRIES = [Entry("order of the updates", (FORWARD, LOSSES, GRADIENTS),
                 "an update that does not see the one before it", changes,
                 "train_step in the reference's order")]
