"""Searches for the causes of different learning rates at far steps: changes of the schedule."""

from parity.common import rungs
from parity.judge import findings
from parity.judge import verdicts
from parity.judge.rungs import rates
from parity.pair import far_rates

# Names of the causes that change a learning rate.
NAMES = ("schedule's stairs", "schedule's count", "schedule", "learning rate")
# Seconds that listing the changes may take.
MOST = 15.0


def causes(sides, found, dtype, answers, ask):
    """(first `Compared` of a rate that is different, or None; list of its `findings.Cause`s).

    Args:
      sides: the `parity.judge.sides.Sides`.
      found: the `parity.pair.mapping.Mapping`.
      dtype: the precision.
      answers: answers of both recorders to the job "rates", the reference's first.
      ask: function (job, **arguments) that calls the reference's recorder.
    """
    theirs, ours = answers
    for each in far_rates.paired(sides, found, theirs, ours):
        apart = _different(each, dtype)
        if apart:
            place = _place(each, found)
            listed = ask("candidates", place=place, step=sides.first_step, seconds=MOST,
                         how="listed")
            return apart[0], [_cause(candidate, each) for candidate in listed if _explains(
                ask("changed_rates", place=place, change=candidate["change"]),
                each.name, dtype, lambda told: far_rates.paired(sides, found, told, ours))]
    return None, []


def _different(both, dtype):
    """List of the `Compared` of a `Rates` that are different."""
    return [row for row in rates.compared(both, dtype)
            if verdicts.is_apart(row, dtype)]


def _explains(changed, name, dtype, paired):
    """True where the rates of this name equal the port's after a change of the schedule."""
    if not isinstance(changed, list):  # the change cannot be made
        return False
    told = [both for both in paired(changed) if both.name == name]
    return bool(told) and not any(both.reason or _different(both, dtype) for both in told)


def _cause(candidate, both):
    return findings.Cause(
        candidate["name"], candidate["sentence"], candidate["write"],
        f"so changed, the reference has the port's rate at all of {len(both.steps)} steps up to "
        f"{both.steps[-1]:,}")


def _place(both, found):
    """Arguments of `parity.causes.place.Place` for a `Rates` that is different."""
    optimizer = next(found.port["optimizers"][found.optimizers[row.port]]
                     for row in found.variables.rows if row.port in found.optimizers
                     and both.variable in found.joins.get(row.reference, [row.reference]))
    return {"rung": rungs.TRAINING, "phase": both.phase, "target": both.variable,
            "alike": [], "ratio": _ratio(both), "layers": [], "batch": 0,
            "optimizer": optimizer["config"]}


def _ratio(both):
    """Factor from the reference's first rate to the port's; None where they begin alike."""
    first, ours = both.reference[0], both.port[0] * both.scale
    return ours / first if first and ours and both.starts_apart() else None
