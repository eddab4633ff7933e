"""Norms of gradients with repeated rows, which a batch uses more than once, for clipping.

A norm is another one when the gradients of all uses of a row were added up before it is taken.
Which of the two a program takes depends on how it reads its rows: TensorFlow and Keras leave those
of `tf.gather` apart, and a product with one-hot rows adds them up.
"""

import tensorflow.compat.v1 as tf

from parity.reference.reading import tensors


def uses(place, update):
    """Names of an update's gradient and, where its repeated rows are added up later, of how.

    Returns:
      [gradient], or [gradient of each use, number of its row, count of rows], as tensors' names.
    """
    added = tensors.through(place.graph.tensor(update.gradient)).op
    return [given.name for given in added.inputs] if added.type == "UnsortedSegmentSum" else [
        update.gradient]


def added_up(place, computed):
    """Function of gradients that returns them with repeated rows added up; None if none are later.

    Args:
      place: the `place.Place`.
      computed: names of the gradients as the backward pass computed them.
    """
    how = {update.computed[0]: uses(place, update)[1:] for update in place.updates()
           if len(update.computed) == 1}
    if not any(how.get(name) for name in computed):
        return None
    return lambda gradients: [tf.unsorted_segment_sum(each, *[
        each.graph.get_tensor_by_name(name) for name in how[each.name]])
                              if how.get(each.name) else each for each in gradients]


def each_use(place, computed):
    """Function of gradients that returns those of each use of a row; None if there is only one.

    Arguments as for `added_up`.
    """
    apart = {name: _apart(place.graph.tensor(name)) for name in computed}
    if not any(apart.values()):
        return None
    return lambda gradients: [each.graph.get_tensor_by_name(apart[each.name])
                              if apart.get(each.name) else each for each in gradients]


def _apart(gradient):
    """Name of the tensor [uses, ...] of which a gradient [rows, ...] is the sum by rows, or ""."""
    op = tensors.through(gradient).op
    if op.type == "UnsortedSegmentSum":
        return op.inputs[0].name
    if op.type == "MatMul" and op.get_attr("transpose_a") and not op.get_attr("transpose_b") and (
            _is_one_hot(op.inputs[0])):
        return op.inputs[1].name
    return ""


def _is_one_hot(tensor):
    """True of a tensor that `tf.one_hot` made, also in another shape."""
    while tensor.op.type in ("Cast", "Identity", "Reshape"):
        tensor = tensor.op.inputs[0]
    return tensor.op.type == "OneHot"
