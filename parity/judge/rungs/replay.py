"""The replay of the capture, against the numbers that were computed where it was taken."""

import math

from parity.common import rungs
from parity.common import words
from parity.judge import differences
from parity.judge import findings
from parity.judge.rungs.structure import DTYPES

_REPLAYED = {"identical": differences.IDENTICAL, "rounding": differences.ROUNDING}
_MOST = 4
_RACES = {"read_first": "what a call reads and writes in no order is read first",
          "in_turn": "what a call writes twice in no order is written one after the other, "
                     "in the order that fits the port best"}
# Numbers in all weights together; a replay keeps several states of them at a time.
_LARGE = 10_000_000
_TOO_LARGE = ("more than 200 million numbers, of which the replay is not bit for bit what was "
              "captured: `python -m parity.capture --replay` tells how far it is off")


def found(answer, forward):
    """Yields findings on a replay; beside one that is not what was captured all is inconclusive.

    A capture is in float32, so that a program which trains need not be near it in float64.

    Args:
      answer: `{dtype: {"verdict", "tensor", "call", "error", "unordered", "part"}}`.
      forward: True where the program only runs forward, and its outputs are compared.
    """
    for name in sorted({name for worst in answer.values() for name in worst["unordered"]}):
        for dtype in DTYPES:
            yield findings.Finding(rungs.REPLAY, dtype, name, differences.INCONCLUSIVE,
                                   note="the reference writes it in no order, "
                                        "and not every order was tried")
    for dtype, worst in answer.items():
        verdict = _REPLAYED.get(worst["verdict"], differences.INCONCLUSIVE)
        if forward or dtype == "float32" or verdict == differences.INCONCLUSIVE:
            yield findings.Finding(rungs.REPLAY, dtype, worst["tensor"], verdict, worst["error"],
                                   f"call {worst['call']}, replayed: {worst['verdict']}"
                                   + ("; one call of each kind" if worst.get("part") else ""))


def raced(races, error):
    """The finding, not run, on variables that the reference reads and writes in no order.

    Args:
      races: "races" of the reference's description, of which `is_raced` is true.
      error: how far updates in the capture are from those in the order of a port; None if not
        measured.
    """
    parts = [f"{sentence}: {words.some(races[kind], _MOST)}"
             for kind, sentence in _RACES.items() if races[kind]]
    if error is not None:
        parts.append("as where it was captured" if error == 0 else
                     f"where it was captured, an update came out otherwise by {error:.1e}")
    return findings.Finding(rungs.REPLAY, "float32", "races of the reference",
                            differences.NOT_RUN, note="; ".join(parts))


def is_raced(races):
    """True where "races" of a description name a variable."""
    return any(races.get(kind) for kind in _RACES)


def is_large(described):
    """True where a program's variables are too large to keep several states of them in memory."""
    return sum(math.prod(entry["shape"]) for entry in described["variables"]
               if entry["shape"] and None not in entry["shape"]) > _LARGE


def not_run(dtypes):
    """Findings that the replay of a large program was not compared."""
    return [findings.Finding(rungs.REPLAY, dtype, "replay", differences.NOT_RUN, note=_TOO_LARGE)
            for dtype in dtypes]
