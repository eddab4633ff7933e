"""A reference that does not move: whatever agrees with it, nothing of training is proved."""

import numpy as np

from parity.judge import differences
from parity.judge import findings


# As of a graph alone, whose rate the program around it sets.
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
            trained.setdefault(int(phase), []).append((step, variable))
    return {phase: _reason(sides.reference, phase, pairs)
            for phase, pairs in sorted(trained.items())
            if not any(_moves(sides.reference, *pair) for pair in pairs)}


def _moves(reference, step, variable):
    before, after = (reference[f"{when}/{step}/{variable}"] for when in ("before", "after"))
    return before.tobytes() != after.tobytes()


def _reason(reference, phase, pairs):
    gradients = [reference[f"gradient/{step}/{phase}/{variable}"] for step, variable in pairs]
    if not any(np.any(gradient) for gradient in gradients):
        return "all its gradients are 0"
    rates = [float(reference[name]) for step, variable in pairs
             for name in [f"rate/{step}/{phase}/{variable}"] if name in reference]
    if rates and not any(rates):
        return RATE
    return "no update changes a variable"


def note(reason):
    """What is said of steps in which the reference does not move."""
    return f"the reference does not move in the compared steps: {reason}"


def found(sides):
    """A finding of rung 6 for each phase in which the reference does not move.

    Args:
      sides: `{dtype: Sides}`.
    """
    for dtype, each in sides.items():
        for phase, reason in still(each).items():
            yield findings.Finding(
                6, dtype, f"phase {phase + 1}", differences.INCONCLUSIVE, note=note(reason))
