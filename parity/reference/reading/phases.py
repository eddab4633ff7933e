"""Phases of a training step: the updates of each call of Session.run, in order."""

from typing import NamedTuple, Tuple

from parity.reference.reading import assignments
from parity.reference.reading import folding
from parity.reference.reading import structure
from parity.reference.reading import updates


class Phase(NamedTuple):
    """Equal calls that follow each other within a step.

    Attributes:
      count: number of calls.
      role: "train", "gather" or "write".
      updates: groups of `Update`s that a call applies, each behind the groups that it waits for.
      waits: for each group, True where it waits for an earlier one; else both see one state.
      clips: names of the variables that it sets to themselves within bounds.
      writes: names of the others that it writes and that no optimiser writes.
      fed, drawn, fetched: names of tensors.
    """
    count: int
    role: str
    updates: Tuple[Tuple[updates.Update, ...], ...]
    waits: Tuple[bool, ...]
    clips: Tuple[str, ...]
    writes: Tuple[str, ...]
    fed: Tuple[str, ...]
    drawn: Tuple[str, ...]
    fetched: Tuple[str, ...]


def read(captured):
    """List of the `Phase`s in the first step of a capture, in order."""
    found = []
    for call in _first_step(captured):
        phase = _of_call(captured, call)
        if found and found[-1]._replace(count=1) == phase:
            found[-1] = found[-1]._replace(count=found[-1].count + 1)
        else:
            found.append(phase)
    return found


def folded(found):
    """List of (times, [Phase]): phases that follow each other again and again stand once."""
    return [(times, found[start:start + size]) for start, size, times in folding.blocks(found)]


def _first_step(captured):
    """Calls of the first step, with writes after its last training call."""
    length, seen, calls = captured.header["calls_a_step"], 0, []
    for call in captured.calls:
        seen += call.role == "train"
        if seen > length or (seen == length and call.role == "gather"):
            break
        calls.append(call)
    return calls


def _of_call(captured, call):
    trained = updates.read(captured)
    written = set(call.writes)
    graph = structure.of(captured)
    reached = _reached(graph, call)
    applied = [update for update in trained if update.operation in call.applies
               or (update.operation in reached and update.variable in written)]
    touched = {update.variable for update in applied}
    touched.update(name for update in applied for name in update.slots.values())
    clips = {other.variable for other in assignments.others(captured)
             if other.kind in assignments.CLIPS and other.operation in reached}
    groups = _in_order(graph, applied)
    return Phase(1, call.role, tuple(group for group, _ in groups),
                 tuple(waits for _, waits in groups), tuple(sorted(clips)),
                 tuple(sorted(written - touched - clips)), tuple(call.feeds),
                 tuple(call.stateful), tuple(call.fetches))


def _reached(graph, call):
    """Names of the operations that a call runs."""
    known = {op.name: op for op in graph.operations}
    names = call.targets + call.behind + [name.rpartition(":")[0] for name in call.fetches]
    return {op.name for name in names if name in known for op in _needed(known[name])}


def _needed(op):
    """Set of an operation and all operations that run before it."""
    seen, waiting = set(), [op]
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            waiting.extend(each.control_inputs)
            waiting.extend(tensor.op for tensor in each.inputs)
    return seen


def _in_order(graph, applied):
    """List of (updates of one optimiser and loss, True where they wait for others), in order."""
    groups = {}
    for update in applied:
        groups.setdefault((update.scope, update.losses), []).append(update)
    groups = [tuple(group) for group in groups.values()]
    before = {index: {other for other, earlier in enumerate(groups) if other != index
                      and _waits(graph, groups[index], earlier)} for index in range(len(groups))}
    return [(groups[index], bool(before[index]))
            for index in sorted(before, key=lambda index: len(before[index]))]


def _waits(graph, group, earlier):
    """True where a group of updates runs only after an earlier one was written."""
    first = graph.graph.get_operation_by_name(group[0].operation)
    needed = {op.name for op in _needed(first)}
    return any(update.operation in needed for update in earlier)
