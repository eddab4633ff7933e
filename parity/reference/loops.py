"""Operations inside loops and branches, whose values cannot be fetched."""


def _onward(operations, ends):
    """Operations that follow from some, as far as those of certain types."""
    seen, waiting = set(), list(operations)
    while waiting:
        op = waiting.pop()
        if op not in seen and op.type not in ends:
            seen.add(op)
            waiting.extend(use for tensor in op.outputs for use in tensor.consumers())
    return seen


def inside(graph):
    """Names of the operations inside loops and branches of an imported graph.

    An imported graph has lost what its operations knew of them; their edges tell: a loop lies
    between Enter and Exit, a branch between Switch and Merge.
    """
    operations = graph.get_operations()
    enters = [op for op in operations if op.type in ("Enter", "RefEnter")]
    branches = [use for op in operations if op.type in ("Switch", "RefSwitch")
                for tensor in op.outputs for use in tensor.consumers()]
    found = _onward(enters, ("Exit", "RefExit"))
    found |= _onward(branches, ("Merge", "RefMerge", "Exit", "RefExit"))
    return {op.name for op in found}
