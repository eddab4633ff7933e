"""Writes to one variable that no control path orders: the graph does not say which comes last."""

import itertools

_WRITES = ("Assign", "ResourceApply", "ResourceScatter", "ResourceSparseApply", "Apply",
           "SparseApply", "Scatter")


def _inputs(op):
    return [tensor.op for tensor in op.inputs] + list(op.control_inputs)


def _written(op):
    """Names of the variables that an operation writes: an optimiser's has its slots among them."""
    if not op.type.startswith(_WRITES):
        return []
    return [tensor.op.name for tensor in op.inputs  # ScatterNd and the like are given values only
            if tensor.dtype.name == "resource" or tensor.dtype.name.endswith("_ref")]


def _ancestors(ops):
    """Of all that `ops` need: `{write: variables}`, and `{op: writes that come before it}`."""
    order, seen = [], set()
    waiting = [(op, False) for op in ops]
    while waiting:
        op, done = waiting.pop()
        if done:
            order.append(op)
        elif op not in seen:
            seen.add(op)
            waiting.append((op, True))
            waiting.extend((before, False) for before in _inputs(op))
    writes = {op: _written(op) for op in order if _written(op)}
    before = {}
    for op in order:
        found = set()
        for other in _inputs(op):
            found |= before.get(other, set())
            if other in writes:
                found.add(other)
        before[op] = found  # writes only: all that is asked of it
    return writes, before


def unordered_writes(fetches):
    """Names of the variables that one `Session.run` of `fetches` writes twice in no order.

    Args:
      fetches: operations and tensors that are run together.
    """
    ops = [getattr(fetch, "op", fetch) for fetch in fetches]
    writes, before = _ancestors(ops)
    by_variable = {}
    for op, names in writes.items():
        for name in names:
            by_variable.setdefault(name, []).append(op)
    return sorted(
        variable for variable, ops in by_variable.items()
        if any(first not in before[second] and second not in before[first]
               for first, second in itertools.combinations(ops, 2)))
