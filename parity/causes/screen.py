"""Screening of changes: one tensor of the forward pass is computed under each, and nothing else."""

import numpy as np
import tensorflow.compat.v1 as tf

from parity.reference import float64_graph
from parity.reference import precision
from parity.reference import importing
from parity.reference.reading import tensors

# The number of the port's arrays that a tensor may become.
_PARTNERS = 3
# A changed tensor may be the port's at this relative distance, or at this share of the distance
# of the unchanged one.
_NEAR, _SHARE = 1e-6, 1e-2


class Screen(object):
    """A tensor of the reference's forward pass, computed from a state.

    Args:
      captured: a `parity.reference.captured.Captured`.
      tensor: name of the tensor in the captured graph.
      dtype: the precision.
      state: `{variable: array}`.
      taken: `{placeholder: array}` of inputs and draws.
    """

    def __init__(self, captured, tensor, dtype, state, taken):
        self._tensor, self._dtype = tensor, dtype
        # An edit may take variables that the tensor does not need, as moving statistics.
        self._graph_def = _with_placeholders(importing.needed(
            _without_writes(captured.graph_def()), [tensor] + sorted(captured.variables)))
        self._given = dict(state, **taken)

    def value(self, edits=None):
        """The tensor as an array after some edits, or as it is without any.

        Args:
          edits: functions of a GraphDef, or None.

        Returns:
          the array; None where no edit touches an operation that the tensor needs, or where the
          graph cannot be computed.
        """
        graph_def, made = self._graph_def, edits is None
        for edit in edits or ():
            copy = tf.GraphDef()
            copy.CopyFrom(graph_def)
            try:
                graph_def = edit(copy)
                made += 1
            except KeyError:  # of a part of the program that the tensor does not need
                continue
            except Exception:  # TensorFlow may raise anything on an impossible graph
                return None
        try:
            return self._computed(graph_def) if made else None
        except Exception:  # as above
            return None

    def _computed(self, graph_def):
        graph_def = importing.importable(importing.needed(graph_def, [self._tensor]))
        renamed = {}
        if self._dtype == "float64":
            graph_def, _, renamed = float64_graph.to_float64(graph_def, precision.shortest)
        graph = tf.Graph()
        with graph.as_default():
            tf.import_graph_def(graph_def, name="")
        feeds = {}
        for op in graph.get_operations():
            if op.type == "Placeholder" and op.name in self._given:
                value, wanted = self._given[op.name], op.outputs[0].dtype
                feeds[op.outputs[0]] = value.astype(wanted.as_numpy_dtype) if (
                    value.dtype.kind == "f") else value
        name = renamed[self._tensor] + ":0" if self._tensor in renamed else self._tensor
        with tf.Session(graph=graph, config=importing.session_config()) as session:
            return np.asarray(session.run(graph.get_tensor_by_name(name), feeds))


def _without_writes(graph_def):
    """Takes away that operations wait for writes of variables: the state before the step is given.
    """
    writing = {node.name for node in graph_def.node if node.op.startswith("Assign")}
    for node in graph_def.node:
        kept = [given for given in node.input if given.lstrip("^") not in writing
                or not given.startswith("^")]
        if len(kept) < len(node.input):
            del node.input[:]
            node.input.extend(kept)
            if node.op == "NoOp" and not kept:
                writing.add(node.name)
    return graph_def


def _with_placeholders(graph_def):
    """Turns variables into placeholders, so that no state has to be loaded."""
    handles = {node.name: node.attr["dtype"].type for node in graph_def.node
               if node.op == "VarHandleOp"}
    for node in graph_def.node:
        if node.op in tensors.VARIABLE_TYPES:
            kept = tf.NodeDef()
            kept.CopyFrom(node)
            node.op = "Placeholder"
            node.attr.clear()
            node.attr["dtype"].type = kept.attr["dtype"].type
            node.attr["shape"].CopyFrom(kept.attr["shape"])
    for node in list(graph_def.node):
        source = node.input[0] if node.input else ""
        if node.op == "ReadVariableOp" and source in handles:
            node.op = "Identity"
            node.attr.clear()
            node.attr["T"].type = handles[source]
        elif node.op == "ResourceGather" and source in handles:
            _as_gather(graph_def, node, handles[source])
    return graph_def


def _as_gather(graph_def, node, dtype):
    """Turns a ResourceGather into a GatherV2 along the first axis."""
    axis = graph_def.node.add(name=node.name + "/parity_axis", op="Const")
    axis.attr["dtype"].type = tf.int32.as_datatype_enum
    axis.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(0, tf.int32))
    indices = node.attr["Tindices"].type
    node.op = "GatherV2"
    node.attr.clear()
    node.attr["Tparams"].type, node.attr["Tindices"].type = dtype, indices
    node.attr["Taxis"].type = tf.int32.as_datatype_enum
    node.input.append(axis.name)


def distance(value, ours):
    """Relative distance of an array from the nearest of the port's arrays of its size.

    It is inf where there is none, or where none is finite.

    Args:
      value: an array of any shape.
      ours: the port's arrays.
    """
    value = np.ravel(np.asarray(value, np.float64))
    apart = [np.linalg.norm(np.ravel(each) - value) for each in ours if each.size == value.size]
    found = min((each for each in apart if np.isfinite(each)), default=np.inf)
    if not found or not np.isfinite(found):
        return found
    size = np.linalg.norm(value)
    return found / size if size else np.inf


def nearest(value, ours):
    """The port's arrays nearest to an array of their size and not equal to it, of one axis each."""
    flat = np.ravel(np.asarray(value, np.float64))
    found = [np.ravel(np.asarray(each, np.float64)) for each in ours if each.size == flat.size]
    apart = [each for each in found if np.isfinite(each).all() and np.any(each != flat)]
    return sorted(apart, key=lambda each: np.linalg.norm(each - flat))[:_PARTNERS]


def least(unchanged):
    """The relative distance below which a changed tensor may be the port's.

    Args:
      unchanged: the relative distance of the unchanged tensor.
    """
    return min(_NEAR, _SHARE * unchanged)
