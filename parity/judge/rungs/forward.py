"""Rung 3: outputs of layers in the first compared step, each with the nearest of the port."""

from parity.judge import differences
from parity.judge import findings
from parity.judge.compared import ABSENT, Compared, NOT_TRAINING
from parity.judge.nearest import nearest

RUNG = 3
ACTIVATION = "/activation"
NO_PARTNER = "no layer's partner is told by the training pass"
# Of the training pass: a tensor that comes so near is the same one.
_SAME = {"float32": 1e-4, "float64": 1e-9}


def compared(sides):
    """A `Compared` for each layer that has a partner of its size."""
    step = sides.first_step
    ours = outputs(sides.port, step)
    for phase, layer, name in sides.reference.by_phase("output", step):
        found = nearest(sides.reference[name], ours)
        if found:
            yield Compared(RUNG, layer, step, found[0], sides.floor(name), found[1],
                           phase=phase).of(sides.reference[name], ours[found[1]])


def outputs(port, step):
    """`{place: array}` of what the port's layers give in a step, and take from elsewhere."""
    given = {place: port[name] for place, name in port.part("output", step).items()}
    return dict(given, **{f"input of {place}": port[name]
                          for place, name in port.part("taken", step).items()})


def inference(sides, dtype, theirs, ours):
    """A `Compared` of the pass without training for each layer whose partner training tells.

    Args:
      sides: the `Sides` of the training steps.
      dtype: their precision.
      theirs: `{layer: array}` of the reference.
      ours: `{"output/<step>/<place>": array}` of the port.
    """
    step = sides.first_step
    places = outputs(sides.port, step)
    for _, layer, name in sides.reference.by_phase("output", step):
        if layer not in theirs:
            continue
        found = nearest(sides.reference[name], places)
        called = f"output/{step}/{found[1]}" if found else ""
        if found and found[0].relative <= _SAME[dtype] and called in ours:
            difference, place = nearest(theirs[layer], {found[1]: ours[called]}) or (
                ABSENT, "of another shape in the port")
            yield Compared(RUNG, layer + NOT_TRAINING, step, difference, sides.floor(name),
                           place).of(theirs[layer], ours[called])


def not_run(dtype, reason):
    """A finding that says why the pass without training was not compared."""
    return findings.Finding(RUNG, dtype, "inference", differences.NOT_RUN, note=reason)


def cleared(judged, following):
    """Rows without layers that have no partner, where what follows agrees all the same.

    Where a layer ends and the next begins is the library's affair: an activation or a bias may
    stand on one side or the other of it. What follows is the activation, the losses, gradients.

    Args:
      judged: `[(Compared, dtype, verdict)]`.
      following: whether losses or gradients agree.
    """
    agree = {(row.tensor, row.phase, dtype) for row, dtype, verdict in judged
             if row.rung == RUNG and verdict != differences.DIFFERENT}
    judged = [(row, dtype, verdict) for row, dtype, verdict in judged if row.rung != RUNG
              or (row.tensor + ACTIVATION, row.phase, dtype) not in agree]
    if not following:
        return judged
    return [each for each in judged if each[0].rung != RUNG or each[2] != differences.DIFFERENT
            or each[0].tensor.endswith(NOT_TRAINING)]
