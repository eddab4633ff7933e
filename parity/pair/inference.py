"""The forward pass of a trained pair as it is used: which tensor is which, training tells."""

from parity import differences
from parity import findings
from parity.pair import judgement
from parity.pair.nearest import nearest

OBJECT = "the port's step does not say what its model takes"
_ABSENT = differences.Difference(False, float("inf"))
# Of the training pass: a tensor that comes so near is the same one.
_SAME = {"float32": 1e-4, "float64": 1e-9}


def rows(sides, dtype, theirs, ours):
    """`(rows, "")`, or `([], why nothing was compared)`; see `_compared` for arguments."""
    start = f"output/{sides.steps[0]}/"
    found = list(_compared(sides, dtype, theirs, {
        name[len(start):]: ours[name] for name in ours if name.startswith(start)}))
    return found, "" if found else "no layer's partner is told by the training pass"


def _compared(sides, dtype, theirs, ours):
    """A `judgement.Compared` for each layer whose partner the training pass tells.

    Args:
      sides: the `Sides` of the training steps.
      dtype: their precision.
      theirs: `{layer: array}` of the reference.
      ours: `{place: array}` of the port.
    """
    start = f"output/{sides.steps[0]}/"
    places = {name[len(start):]: sides.port[name] for name in sides.port if name.startswith(start)}
    for name in sides.reference:
        layer, allowed = name.split("/", 3)[-1], "allowed_" + name
        if not name.startswith(start) or layer not in theirs:
            continue
        found = nearest(sides.reference[name], places)
        if found and found[0].relative <= _SAME[dtype] and found[1] in ours:
            difference, place = nearest(theirs[layer], {found[1]: ours[found[1]]}) or (
                _ABSENT, "of another shape in the port")
            yield judgement.Compared(3, layer + judgement.NOT_TRAINING, sides.steps[0], difference,
                                     float(sides.reference[allowed]) if (
                                         allowed in sides.reference) else 0.0, place)


def not_run(dtype, reason):
    """A finding that says why it was not compared."""
    return findings.Finding(3, dtype, "inference", differences.NOT_RUN, note=reason)
