"""References that do not move: agreement with one proves nothing of training."""

import numpy as np

from parity.common import keys
from parity.common import rungs
from parity.judge import differences
from parity.judge import findings

# A graph whose learning rate the program around it would have set.
RATE = "its learning rate is 0"


def still(sides):
    """`{phase: reason}` of the phases in whose steps no variable of the reference changes.

    Args:
      sides: a `parity.judge.sides.Sides`.
    """
    trained = {}
    for name in sides.reference:
        if name.startswith("gradient/"):
            _, step, phase, variable = name.split("/", 3)
            trained.setdefault(int(phase), []).append((int(step), variable))
    return {phase: _reason(sides.reference, phase, pairs)
            for phase, pairs in sorted(trained.items())
            if not any(_moves(sides.reference, *pair) for pair in pairs)}


def _moves(reference, step, variable):
    before = reference[keys.before(step, variable)]
    return before.tobytes() != reference[keys.after(step, variable)].tobytes()


def _reason(reference, phase, pairs):
    """Words for the reason why no variable of a phase moves.

    Args:
      reference: the reference's `Trace`.
      phase: number of the phase.
      pairs: [(step, variable)] of the phase's gradients.
    """
    gradients = [reference[keys.gradient(step, phase, variable)]
                 for step, variable in pairs]
    if not any(np.any(gradient) for gradient in gradients):
        return "all its gradients are 0"
    names = [keys.rate(step, phase, variable) for step, variable in pairs]
    rates = [float(reference[name]) for name in names if name in reference]
    if rates and not any(rates):
        return RATE
    return "no update changes a variable"


def note(reason):
    """The remark on compared steps in which the reference does not move, for this reason."""
    return f"the reference does not move in the compared steps: {reason}"


def found(sides):
    """Yields a finding on the first update for each phase in which the reference does not move.

    Args:
      sides: `{dtype: Sides}`.
    """
    for dtype, each in sides.items():
        for phase, reason in still(each).items():
            yield findings.Finding(
                rungs.UPDATE, dtype, f"phase {phase + 1}", differences.INCONCLUSIVE,
                note=note(reason))
