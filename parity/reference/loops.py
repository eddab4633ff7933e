"""Finds operations inside loops and branches, whose values cannot be fetched."""


def _onward(operations, ends):
    """Operations that depend on others, up to those of the types `ends`."""
    seen, waiting = set(), list(operations)
    while waiting:
        op = waiting.pop()
        if op not in seen and op.type not in ends:
            seen.add(op)
            waiting.extend(use for tensor in op.outputs for use in tensor.consumers())
    return seen


def inside(graph):
    """Names of the operations inside loops and branches of an imported graph.

    An imported graph has lost the contexts of its operations, but a loop lies between Enter and
    Exit, and a branch between Switch and Merge.
    """
    operations = graph.get_operations()
    enters = [op for op in operations if op.type in ("Enter", "RefEnter")]
    branches = [use for op in operations if op.type in ("Switch", "RefSwitch")
                for tensor in op.outputs for use in tensor.consumers()]
    found = _onward(enters, ("Exit", "RefExit"))
    found |= _onward(branches, ("Merge", "RefMerge", "Exit", "RefExit"))
    return {op.name for op in found}
