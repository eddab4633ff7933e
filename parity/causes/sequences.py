"""Changes of the step that is taken from a sequence of outputs."""

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry
from parity.common.rungs import FORWARD, LOSSES
from parity.reference.reading import tensors


def changes(place):
    """Yields another step of a sequence, [batch, steps, features], its mean or its largest."""
    # Their inputs count, too: the taken step may be an output that is alike on both sides.
    near = {given.op for op in place.operations() for given in op.inputs}
    for op in sorted(near, key=place.graph.order):
        shape = tensors.shape_of(op.inputs[0]) if op.type == "StridedSlice" else None
        after = tensors.shape_of(op.outputs[0]) if shape else None
        if not after or len(shape) != 3 or after != [shape[0], shape[2]]:
            continue
        for words, make in (("the first step", lambda x: x[:, 0]),
                            ("the last step", lambda x: x[:, -1]),
                            ("the mean of all steps", lambda x: tf.reduce_mean(x, 1)),
                            ("the largest of all steps", lambda x: tf.reduce_max(x, 1))):
            yield Change("step of a sequence", "{} is taken, in the reference another".format(
                words), "the step that the reference takes, as sequence[:, -1]",
                         (rewiring.substituted([op.outputs[0].name], lambda old, make=make: make(
                             old.op.inputs[0])),), True)


ENTRIES = [Entry("step of a sequence", (FORWARD, LOSSES),
                 "the first or last step, or the mean, of a sequence", changes, "sequence[:, -1]")]
