"""Edits of a captured graph: other constants or attributes.

An edit is a function of a GraphDef that returns the edited one; `Replay(captured, edits=[...])`
replays the edited program.
"""

import numpy as np
import tensorflow.compat.v1 as tf

from parity.reference import precision


# Fields of an attribute by the type of its value; a bool is an int, too.
_FIELDS = ((bool, "b"), (int, "i"), (float, "f"), (bytes, "s"))


def _node(graph_def, name):
    for node in graph_def.node:
        if node.name == name:
            return node
    raise KeyError("{}: expected an operation of the captured graph, received no such name".format(
        name))


def constant(name, value):
    """Edit that sets the constant `name` to `value`, in its own type.

    Raises, when it is applied:
      KeyError: there is no such operation.
      ValueError: the operation is no constant.
    """
    def edit(graph_def):
        node = _node(graph_def, name)
        if node.op != "Const":
            raise ValueError("{}: expected a constant, received {}".format(name, node.op))
        dtype = tf.as_dtype(node.attr["dtype"].type)
        node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value, dtype))
        return graph_def
    return edit


def one_ulp_up(name):
    """Edit that makes each number of a constant one ulp (unit in the last place) larger."""
    def edit(graph_def):
        value = tf.make_ndarray(_node(graph_def, name).attr["value"].tensor)
        return constant(name, np.nextafter(value, np.array(np.inf, value.dtype)))(graph_def)
    return edit


def rounded_one_ulp_up(graph_def):
    """Edit that makes constants one ulp larger where float32 rounds the number that was written.

    So 0.999 becomes another number, and 0.5 does not.
    """
    for node in graph_def.node:
        if node.op != "Const" or node.attr["dtype"].type != tf.float32.as_datatype_enum:
            continue
        value = tf.make_ndarray(node.attr["value"].tensor)
        rounded = precision.shortest(value) != value
        if rounded.any():
            constant(node.name, np.where(rounded, np.nextafter(value, np.float32(np.inf)), value))(
                graph_def)
    return graph_def


def one_ulp_larger(inputs):
    """Edit that multiplies an input of each of some operations by 1 + 2**-23.

    Args:
      inputs: `{operation: name of its float32 input}`.
    """
    def edit(graph_def):
        factor = graph_def.node.add(name="parity_one_ulp", op="Const")
        factor.attr["dtype"].type = tf.float32.as_datatype_enum
        factor.attr["value"].tensor.CopyFrom(
            tf.make_tensor_proto(np.float32(1) + np.finfo(np.float32).eps, tf.float32))
        for number, (name, tensor) in enumerate(sorted(inputs.items())):
            larger = graph_def.node.add(name="parity_larger_{}".format(number), op="Mul",
                                        input=[tensor, factor.name])
            larger.attr["T"].type = tf.float32.as_datatype_enum
            node = _node(graph_def, name)
            plain = tensor[:-2] if tensor.endswith(":0") else tensor
            node.input[:] = [larger.name if given in (tensor, plain) else given
                             for given in node.input]
        return graph_def
    return edit


def attribute(name, key, value):
    """Edit that sets an attribute of an operation.

    Args:
      name: name of the operation.
      key: name of the attribute: padding, strides, epsilon, transpose_a, ...
      value: a bool, an integer, a float, bytes, or a list of integers.

    Raises, when it is applied:
      KeyError: there is no such operation, or it has no such attribute.
    """
    def edit(graph_def):
        node = _node(graph_def, name)
        if key not in node.attr:
            raise KeyError("{}: expected one of {}, received {}".format(
                name, ", ".join(sorted(node.attr)), key))
        node.attr[key].Clear()
        field = next((name for kind, name in _FIELDS if isinstance(value, kind)), "")
        if field:
            setattr(node.attr[key], field, value)
        else:
            node.attr[key].list.i.extend(value)
        return graph_def
    return edit
