"""Finds races of a graph: two accesses to a variable that no path orders."""

import collections

from parity import capture

Race = collections.namedtuple("Race", "variable write other writes_too trains leads_to")
Race.__new__.__defaults__ = ((),)
Race.__doc__ = """Two operations on one variable in no order.

Attributes:
  variable, write, other: names of the variable and of the operations.
  writes_too: True where the other operation also writes, rather than reads.
  trains: True where an update depends on it, rather than only a fetched value.
  leads_to: names of the writes of the variable that need a read, sorted.
"""


# Operations that return the buffer of their first input.
_ALIASES = ("Bitcast", "CheckNumerics", "EnsureShape", "ExpandDims", "Identity", "PreventGradient",
            "Reshape", "Squeeze", "StopGradient")
_PASS_ON = _ALIASES + ("Switch", "RefSwitch", "Enter", "RefEnter", "Merge", "RefMerge")


def upstream(fetches, fed):
    """Operations that `fetches` need where tensors named in `fed` are fed, inputs first."""
    order, seen = [], set()
    waiting = [(getattr(fetch, "op", fetch), False) for fetch in fetches]
    while waiting:
        op, done = waiting.pop()
        if done:
            order.append(op)
        elif op not in seen:
            seen.add(op)
            waiting.append((op, True))
            inputs = [tensor.op for tensor in op.inputs if tensor.name not in fed]
            waiting.extend((each, False) for each in inputs + list(op.control_inputs))
    return order


def read_variables(op):
    """Variables whose value an operation uses.

    A read of a reference variable returns its buffer, which a later write may change before it is
    used, also in another shape: its users count as reads. A read of a resource variable returns a
    copy.
    """
    if op.type == "ReadVariableOp" or op.type.startswith("ResourceGather"):
        found = [capture.variable_of(op.inputs[0])]
    elif op.type in _PASS_ON + ("IsVariableInitialized",):
        found = []
    else:
        found = [_aliased(tensor) for tensor in op.inputs]
    return [variable for variable in found if variable is not None]


def _aliased(tensor):
    """Reference variable whose buffer a tensor is, or None."""
    while tensor.op.type in _ALIASES:
        tensor = tensor.op.inputs[0]
    return capture.variable_of(tensor) if tensor.dtype.name.endswith("_ref") else None


class _Order(object):
    """Partial order of operations by the paths of a graph.

    Args:
      order: operations, inputs first.
      fed: names of tensors that are fed.
      marked: the operations that are compared.
    """

    def __init__(self, order, fed, marked):
        self._bits = {op: 1 << number for number, op in enumerate(marked)}
        self._before = {}
        for op in order:
            mask = 0
            inputs = [tensor.op for tensor in op.inputs if tensor.name not in fed]
            for other in inputs + list(op.control_inputs):
                mask |= self._before.get(other, 0) | self._bits.get(other, 0)
            self._before[op] = mask

    def leads(self, first, second):
        """True where a path leads from the first of two operations to the second."""
        return bool(self._bits[first] & self._before[second])

    def between(self, first, second):
        """True where a path leads from one of two operations to the other."""
        return self.leads(first, second) or self.leads(second, first)


def writes_of(ops):
    """List of the operations that write a variable."""
    return [op for op in ops if capture.written_variables(op)]


def find(fetches, fed=()):
    """Sorted `Race`s of one `Session.run`.

    Args:
      fetches: operations and tensors that are run together.
      fed: names of tensors that are fed.
    """
    order = upstream(fetches, frozenset(fed))
    writes, reads = collections.defaultdict(list), collections.defaultdict(list)
    for op in order:
        written = capture.written_variables(op)
        for variable in written:
            writes[variable].append(op)
        for variable in read_variables(op):
            if variable not in written:
                reads[variable].append(op)
    marked = [op for variable, ops in writes.items() for op in ops + reads[variable]]
    paths = _Order(order, frozenset(fed), dict.fromkeys(marked))
    training = set(upstream(writes_of(order), frozenset(fed)))
    races = []
    for variable, ops in writes.items():
        for number, write in enumerate(ops):
            others = [(other, True) for other in ops[:number]]
            others += [(other, False) for other in dict.fromkeys(reads[variable])]
            races.extend(Race(variable.name, write.name, other.name, too, other in training,
                              () if too else _led_to(other, ops, paths))
                         for other, too in others
                         if other is not write and not paths.between(write, other))
    return sorted(races)


def _led_to(read, writes, paths):
    """Sorted names of the writes that need a read."""
    return tuple(sorted(write.name for write in writes if paths.leads(read, write)))


def unordered_writes(fetches):
    """Sorted names of variables that one `Session.run` of `fetches` writes twice in no order."""
    return sorted({race.variable for race in find(fetches) if race.writes_too})
