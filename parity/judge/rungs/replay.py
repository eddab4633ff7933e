"""Rung 0: the replay against what was computed where the program was captured."""

import math

from parity.judge import differences
from parity.judge import findings
from parity.judge.rungs.structure import DTYPES

RUNG = 0
_REPLAYED = {"identical": differences.IDENTICAL, "rounding": differences.ROUNDING}
# Numbers in all variables together; a replay keeps several states of them at a time.
_LARGE = 10_000_000
_TOO_LARGE = ("more than ten million numbers, of which the replay is not bit for bit what was "
              "captured: `python -m parity.capture --replay` tells how far it is off")


def found(answer, forward):
    """Findings on a replay; of one that is not what was captured no port can be right or wrong.

    A capture is in float32. That a program which trains is only near it in float64 is no finding.

    Args:
      answer: `{dtype: {"verdict", "tensor", "call", "error", "unordered"}}`.
      forward: whether the program only runs forward, so that its outputs are compared.
    """
    for name in sorted({name for worst in answer.values() for name in worst["unordered"]}):
        for dtype in DTYPES:
            yield findings.Finding(RUNG, dtype, name, differences.INCONCLUSIVE,
                                   note="the reference writes it twice in no order")
    for dtype, worst in answer.items():
        verdict = _REPLAYED.get(worst["verdict"], differences.INCONCLUSIVE)
        if forward or dtype == "float32" or verdict == differences.INCONCLUSIVE:
            yield findings.Finding(RUNG, dtype, worst["tensor"], verdict, worst["error"],
                                   f"call {worst['call']}, replayed: {worst['verdict']}")


def is_large(described):
    """Whether a program's variables are too many to keep several states of them at a time."""
    return sum(math.prod(entry["shape"]) for entry in described["variables"]
               if entry["shape"] and None not in entry["shape"]) > _LARGE


def not_run(dtypes):
    """Findings that say why it is not known how far the replay is off."""
    return [findings.Finding(RUNG, dtype, "replay", differences.NOT_RUN, note=_TOO_LARGE)
            for dtype in dtypes]
