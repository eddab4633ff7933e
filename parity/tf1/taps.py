"""What leaves each layer of a TensorFlow 1 graph."""

_NO_TAPS = ("VarHandleOp", "ReadVariableOp", "Const", "Identity")


def layer_outputs(graph, networks):
    """`{"<scope>/<layer>": tensor}`, what leaves each layer's name scope, in the graph's order.

    Args:
      graph: the graph.
      networks: names of network scopes; the second use of one has the suffix `_1`, and so on.
    """
    taps = {}
    for op in graph.get_operations():
        parts = op.name.split("/")
        stem, _, number = parts[0].rpartition("_")
        inside = parts[0] in networks or (number.isdigit() and stem in networks)
        if len(parts) < 2 or not inside or op.type in _NO_TAPS:
            continue
        layer = "/".join(parts[:2])
        for tensor in op.outputs:
            uses = [use.name for use in tensor.consumers() if not use.name.startswith("train/")]
            if tensor.dtype.is_floating and not all(
                    use.startswith(layer + "/") for use in uses):
                taps[layer] = tensor
    return taps


def placeholders(tensor):
    """Names of the placeholders that a tensor is computed from."""
    found, waiting, seen = set(), [tensor.op], set()
    while waiting:
        op = waiting.pop()
        if op.name in seen:
            continue
        seen.add(op.name)
        if op.type == "Placeholder":
            found.add(op.name)
        waiting.extend(value.op for value in op.inputs)
    return found
