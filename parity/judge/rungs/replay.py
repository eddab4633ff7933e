"""Rung 0: the replay against what was fetched where the graph was captured."""

from parity import differences
from parity import findings

RUNG = 0
_REPLAYED = {"identical": differences.IDENTICAL, "rounding": differences.ROUNDING}


def found(answer):
    """Findings on a replay; of one that is not what was captured no port can be right or wrong.

    Args:
      answer: `{dtype: {"verdict", "tensor", "call", "error"}}`.
    """
    for dtype, worst in answer.items():
        verdict = _REPLAYED.get(worst["verdict"], differences.INCONCLUSIVE)
        yield findings.Finding(RUNG, dtype, worst["tensor"], verdict, worst["error"],
                               f"call {worst['call']}, replayed: {worst['verdict']}")
