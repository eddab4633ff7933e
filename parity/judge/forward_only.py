"""Pairs that only run forward: the outputs of a graph against those of a Keras model."""

from parity.common import rungs
from parity.judge import differences
from parity.judge import findings
from parity.judge import tensor_names
from parity.judge.compared import ABSENT, Compared, Kind
from parity.judge.nearest import Nearest, nearest
from parity.judge.rungs import forward

NOTE = "nothing of it was compared: the reference only runs forward"
_APART = (differences.DIFFERENT, differences.INCONCLUSIVE)


def untrained():
    """Findings that the rungs of training were not run."""
    return [findings.Finding(rung, dtype, "training", differences.NOT_RUN, note=NOTE)
            for rung in range(rungs.LOSSES, rungs.TRAINING + 1)
            for dtype in ("float32", "float64")]


def _compared(sides):
    """Yields a `Compared` for each layer, and for each output of the graph."""
    yield from _rows(sides, "output", sides.first_step,
                     forward.outputs(sides.port, sides.first_step))
    for step in sides.steps:
        yield from _outputs(sides, step)


def _cleared(judged):
    """Drops layers without a partner from `[Judged]`, where all outputs of the graph agree.

    Libraries draw the line between a layer and the next one differently, so a layer agrees if it
    does before its activation or after it. Outputs of the graph have a colon in their names.
    """
    apart = {each.row.tensor for each in judged if each.verdict in _APART}
    if not any(":" in tensor for tensor in apart):
        return [each for each in judged if each.row.tensor not in apart]
    agree = {each.row.tensor for each in judged} - apart
    halves = agree | {tensor + tensor_names.ACTIVATION for tensor in agree} | {
        tensor.removesuffix(tensor_names.ACTIVATION) for tensor in agree}
    return [each for each in judged if each.row.tensor in agree | apart - halves]


def _rows(sides, part, step, ours):
    """Yields a `Compared` for each tensor of the reference that has a partner of its size.

    Args:
      sides: the `Sides`.
      part: the part of the reference's trace, "output" or "fetched".
      step: number of the step.
      ours: `{place: array}` of the port, among which partners are looked for.
    """
    for _, tensor, name in sides.reference.by_phase(part, step):
        found = nearest(sides.reference[name], ours)
        if found:
            yield _row(sides, name, tensor, step, found, ours)


def _outputs(sides, step):
    """Yields a `Compared` for each output of the graph; one without a partner is different.

    Values that the port returns come first as partners. An inner layer stands for a value that the
    port does not return, but not for one in whose place it returns another.
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
        found = nearest(expected, left) or nearest(expected, ours) or Nearest(
            ABSENT, f"no output of the port has {expected.size} numbers of {expected.dtype}")
        yield _row(sides, name, tensor, step, found, ours)


def _row(sides, name, tensor, step, found, ours):
    return Compared(rungs.FORWARD, tensor, step, found.difference, sides.noise_floor(name),
                    found.place).of(sides.reference[name], ours.get(found.place))


def _is_near(row):
    """True where both sides of a row can be one tensor, whatever the precision."""
    return row.difference.relative <= max(
        differences.FLOAT32_ROUNDING, 2 * row.noise_floor.constants)


FORWARD = Kind(_compared, _cleared, (rungs.FORWARD,))
