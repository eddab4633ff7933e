"""Edits of a captured graph: a constant or an attribute that is another one.

An edit is a function of a GraphDef that returns the edited one; `Replay(captured, edits=[...])`
computes what the reference would be with it.
"""

import numpy as np
import tensorflow.compat.v1 as tf

from parity.reference import precision


def _node(graph_def, name):
    for node in graph_def.node:
        if node.name == name:
            return node
    raise KeyError("{}: expected an operation of the captured graph, received no such name".format(
        name))


def constant(name, value):
    """The edit after which the constant `name` is `value`, in the type that it has.

    Raises, when it is applied:
      KeyError: there is no such operation.
      ValueError: it is no constant.
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
    """The edit after which each number of a constant is one unit in the last place larger."""
    def edit(graph_def):
        value = tf.make_ndarray(_node(graph_def, name).attr["value"].tensor)
        return constant(name, np.nextafter(value, np.array(np.inf, value.dtype)))(graph_def)
    return edit


def rounded_one_ulp_up(graph_def):
    """The edit after which what float32 rounds of written numbers is one unit in the last place up.

    So 0.999 is another number, and 0.5 is not.
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
    """The edit after which operations take an input that is larger by 2**-23 of itself.

    Args:
      inputs: `{operation: tensor}`, of float32.
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
    """The edit after which an attribute of an operation is `value`.

    Args:
      name: the operation.
      key: the attribute: padding, strides, epsilon, transpose_a, ...
      value: a bool, a whole number, a float, bytes, or a list of whole numbers.

    Raises, when it is applied:
      KeyError: there is no such operation, or it has no such attribute.
    """
    def edit(graph_def):
        node = _node(graph_def, name)
        if key not in node.attr:
            raise KeyError("{}: expected one of {}, received {}".format(
                name, ", ".join(sorted(node.attr)), key))
        node.attr[key].Clear()
        if isinstance(value, bool):
            node.attr[key].b = value
        elif isinstance(value, int):
            node.attr[key].i = value
        elif isinstance(value, float):
            node.attr[key].f = value
        elif isinstance(value, bytes):
            node.attr[key].s = value
        else:
            node.attr[key].list.i.extend(value)
        return graph_def
    return edit
