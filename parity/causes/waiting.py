"""Changes of gradients that wait for another update of the same call."""

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry
from parity.common.rungs import GRADIENTS
from parity.reference import steps
from parity.reference.reading import tensors
from parity.reference.reading import updates


def early(place):
    """Yields gradients through weights as they are before another update of the same call.

    TensorFlow 1 reads a reference variable where it lies: gradients that wait for an update go back
    through the updated weights, beside activations of the old ones.
    """
    own, call = place.own(), steps.grouped(place.captured)[0][place.position()]
    others = {update.variable for update in updates.of_call(place.captured, call)
              if update.scope != own.scope}
    reads = [op.outputs[0].name for op in place.graph.operations
             if op.type == "Identity" and op.inputs[0].dtype.name.endswith("_ref")
             and tensors.variable_of(op.inputs[0]) in others]
    if reads:
        yield Change("weights of a gradient", "gradients go back through weights as they are "
                     "before the step's other update, in the reference through updated ones",
                     "layers whose gradients take the updated weights ...",
                     (rewiring.substituted(reads, lambda old: old + tf.zeros_like(old)),))


ENTRIES = [Entry("weights of a gradient", (GRADIENTS,),
                 "gradients through weights before another update of the call, for those after it",
                 early, "a layer whose gradient takes the updated weights")]
