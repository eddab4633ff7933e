"""Pairs that only run forward: what a graph gives against what a Keras model gives."""

from parity.judge import differences
from parity.judge import findings
from parity.judge.compared import ABSENT, Compared, Kind
from parity.judge.nearest import nearest
from parity.judge.rungs import forward

NOTE = "nothing of it was compared: the reference only runs forward"
_APART = (differences.DIFFERENT, differences.INCONCLUSIVE)


def untrained():
    """Findings of the rungs of training: nothing was compared, and it is said."""
    return [findings.Finding(rung, dtype, "training", differences.NOT_RUN, note=NOTE)
            for rung in (4, 5, 6, 7, 8) for dtype in ("float32", "float64")]


def _compared(sides):
    """A `Compared` for each layer, and for each value that the graph gives."""
    yield from _rows(sides, "output", sides.first_step,
                     forward.outputs(sides.port, sides.first_step))
    for step in sides.steps:
        yield from _given(sides, step)


def _cleared(judged):
    """Rows without layers that have no partner, where all that the graph gives agrees.

    Where one layer ends and the next begins is the library's affair; a layer that agrees before
    its activation agrees, and so does one that does after it. What the graph gives has a colon in
    its name.
    """
    apart = {row.tensor for row, _, verdict in judged if verdict in _APART}
    if not any(":" in tensor for tensor in apart):
        return [each for each in judged if each[0].tensor not in apart]
    agree = {row.tensor for row, _, _ in judged} - apart
    halves = agree | {tensor + forward.ACTIVATION for tensor in agree} | {
        tensor[:-len(forward.ACTIVATION)] for tensor in agree
        if tensor.endswith(forward.ACTIVATION)}
    return [each for each in judged if each[0].tensor in agree | apart - halves]


def _rows(sides, part, step, ours):
    """A `Compared` for each tensor of a part of the reference that has a partner of its size."""
    for _, tensor, name in sides.reference.by_phase(part, step):
        found = nearest(sides.reference[name], ours)
        if found:
            yield _row(sides, name, tensor, step, *found, ours)


def _given(sides, step):
    """A `Compared` for each value that the graph gives; one without a partner is different.

    What the port returns comes first. An inner layer stands for a value that the port does not
    return, but not for one in whose place it returns another.
    """
    ours = forward.outputs(sides.port, step)
    returned = {place: value for place, value in ours.items() if place.startswith("returned/")}
    near = {row.tensor: row for row in _rows(sides, "fetched", step, returned) if _is_near(row)}
    left = {place: value for place, value in returned.items()
            if place not in {row.note for row in near.values()}}
    for _, tensor, name in sides.reference.by_phase("fetched", step):
        if tensor in near:
            yield near[tensor]
            continue
        expected = sides.reference[name]
        found = nearest(expected, left) or nearest(expected, ours) or (
            ABSENT, f"no output of the port has {expected.size} numbers of {expected.dtype}")
        yield _row(sides, name, tensor, step, *found, ours)


def _row(sides, name, tensor, step, difference, place, ours):
    return Compared(forward.RUNG, tensor, step, difference, sides.floor(name),
                    place).of(sides.reference[name], ours.get(place))


def _is_near(row):
    """Whether a row can be the same tensor, in whichever precision."""
    return row.difference.relative <= max(differences.FLOAT32_ROUNDING, 2 * row.floor.constants)


FORWARD = Kind(_compared, _cleared, (forward.RUNG,))
