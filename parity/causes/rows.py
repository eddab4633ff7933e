"""Changes of sparse updates: rows that a batch uses more than once, and rows that it does not."""

import tensorflow.compat.v1 as tf

from parity.causes import normalisation
from parity.causes import rewiring
from parity.causes.change import Change, Entry
from parity.common.rungs import STATE, TRAINING, UPDATE
from parity.reference.reading import tensors

# {rule that squares gradients: its input that holds the squares}
_SQUARES = {"Adagrad": "accum", "RMSProp": "ms", "centered RMSProp": "ms"}
# Rules that, applied to a whole table, also change what belongs to rows without a gradient.
_DECAYING = ("Momentum", "Nesterov momentum", "RMSProp", "centered RMSProp")
_SUMMED = "[tf.convert_to_tensor(gradient) for gradient in grads] in the optimiser's apply"
_LEFT_ALONE = "tf.where(used, ..., ...) in the optimiser's update_step, for used rows alone"
_EACH_USE = "the gradient of each use of a row is squared by itself, in the reference their sum"
_UNUSED = "rows that the batch does not use are updated, too, in the reference not"


def repeated(place):
    """Yields squares of the gradients of each use of a row, in the place of their sum's square."""
    sparse = [update for update in place.updates() if update.sparse]
    squares = [name for update in sparse for name in _squares(place.graph, update.gradient)]
    if squares:
        yield Change("repeated rows", _EACH_USE, _SUMMED,
                     (rewiring.substituted(squares, _of_each_use),))
    fused = [update for update in sparse if update.kind in _SQUARES]
    if fused:
        edits = tuple(_corrected(update) for update in fused)
        yield Change("repeated rows", _EACH_USE, _SUMMED, edits)
        if fused[0].kind in _DECAYING:
            yield Change("repeated rows", "{}; and {}".format(_EACH_USE, _UNUSED),
                         "{}, and {}".format(_SUMMED, _LEFT_ALONE),
                         edits + tuple(_of_all_rows(update) for update in fused))


def unused(place):
    """Yields the rule of a whole table, which also moves rows without a gradient."""
    sparse = [update for update in place.updates() if update.sparse and update.kind in _DECAYING]
    if sparse:
        yield Change("unused rows", _UNUSED, _LEFT_ALONE, tuple(map(_of_all_rows, sparse)))


def _squares(graph, gradient):
    """Names of the tensors that are the square of a gradient whose repeated rows are added up."""
    summed = tensors.through(graph.tensor(gradient))
    if summed.op.type != "UnsortedSegmentSum":
        return []
    return [use.outputs[0].name for use in dict.fromkeys(summed.consumers())
            if use.type == "Square" or use.type == "Mul" and use.inputs[0] is use.inputs[1]]


def _of_each_use(square):
    """The sum of the squares, from the square of the sum."""
    gradients, rows, count = tensors.through(square.op.inputs[0]).op.inputs
    return tf.unsorted_segment_sum(tf.square(gradients), rows, count)


class _Applied(object):
    """The operation of an `Update` that applies a gradient to rows, in a graph for new operations.

    Attributes:
      graph: the tf.Graph.
      inputs: `{name of an input of its type: tensor}`, in order.
    """

    def __init__(self, graph_def, update):
        self._graph_def, self._update = graph_def, update
        self.graph = rewiring.imported(graph_def)
        self._before = {op.name for op in self.graph.get_operations()}
        op = self.graph.get_operation_by_name(update.operation)
        self.inputs = dict(zip([argument.name for argument in op.op_def.input_arg], op.inputs))

    def node(self):
        """The operation's node, after new operations were added to its GraphDef."""
        self._graph_def.node.extend(node for node in self.graph.as_graph_def().node
                                    if node.name not in self._before)
        return next(node for node in self._graph_def.node if node.name == self._update.operation)


def _corrected(update):
    """The edit after which a rule has added the squares of each use to its mean or sum of squares.

    The rule itself adds the square of the sum; the difference is added before it.
    """
    def edit(graph_def):
        applied = _Applied(graph_def, update)
        with applied.graph.as_default(), tf.name_scope("parity_cause_squares/"):
            square = tf.square(applied.inputs["grad"])
            missing = _of_each_use(square) - square
            if "rho" in applied.inputs:
                missing *= (1.0 - applied.inputs["rho"]) / applied.inputs["rho"]
            added = _added(applied.inputs[_SQUARES[update.kind]], applied.inputs["indices"],
                           missing)
        applied.node().input.append("^" + added.name)
        return graph_def
    return edit


def _added(slot, rows, values):
    """The operation that adds values to rows of a variable, a reference or a resource."""
    if slot.dtype == tf.resource:
        return tf.raw_ops.ResourceScatterAdd(resource=slot, indices=rows, updates=values)
    return tf.raw_ops.ScatterAdd(ref=slot, indices=rows, updates=values).op


def _of_all_rows(update):
    """The edit that applies the gradient to the whole table, with zeros for unused rows."""
    def edit(graph_def):
        applied = _Applied(graph_def, update)
        with applied.graph.as_default(), tf.name_scope("parity_cause_rows/"):
            table = normalisation.read(applied.graph.get_operation_by_name(update.variable))
            dense = tf.unsorted_segment_sum(
                applied.inputs["grad"], applied.inputs["indices"], tf.shape(table)[0])
        node, names = applied.node(), list(applied.inputs)
        node.op = node.op.replace("Sparse", "")
        node.input[names.index("grad")] = dense.op.name
        del node.input[names.index("indices")]
        del node.attr["Tindices"]
        return graph_def
    return edit


ENTRIES = [
    Entry("repeated rows", (UPDATE, STATE, TRAINING), "the gradient of each use of a row of an "
          "embedding squared by itself", repeated, _SUMMED),
    Entry("unused rows", (UPDATE, STATE, TRAINING),
          "slots of rows that a batch does not use decayed, too", unused, _LEFT_ALONE)]
