"""Why a learning rate is another at far steps: changes of the reference's schedule."""

from parity.common import rungs
from parity.judge import findings
from parity.judge import verdicts
from parity.judge.rungs import rates
from parity.pair import far_rates

# Causes that are changes of a learning rate.
NAMES = ("schedule's stairs", "schedule's count", "schedule", "learning rate")
# Seconds in which changes are listed.
_MOST = 15.0


def causes(sides, found, dtype, answers, ask):
    """(the first `Compared` of a rate that is different or None, its `findings.Cause`s).

    Args:
      sides: the `parity.judge.sides.Sides`.
      found: the `parity.pair.mapping.Mapping`.
      dtype: the precision.
      answers: what both recorders answered on rates, the reference's first.
      ask: function (job, **arguments) of the reference's recorder.
    """
    theirs, ours = answers
    for each in far_rates.paired(sides, found, theirs, ours):
        apart = _different(each, dtype)
        if apart:
            place = _place(each, found)
            listed = ask("candidates", place=place, step=sides.first_step, seconds=_MOST,
                         how="listed")
            return apart[0], [_cause(candidate, each) for candidate in listed if _explains(
                ask("changed_rates", place=place, change=candidate["change"]),
                each.name, dtype, lambda told: far_rates.paired(sides, found, told, ours))]
    return None, []


def _different(both, dtype):
    """The `Compared` of a `Rates` that are different."""
    return [row for row in rates.compared(both, dtype)
            if verdicts.is_apart(row, dtype)]


def _explains(changed, name, dtype, paired):
    """Whether rates of this name are the port's once the schedule was changed."""
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
    """What `parity.causes.place.Place` takes."""
    optimizer = next(found.port["optimizers"][found.optimizers[row.port]]
                     for row in found.variables.rows if row.port in found.optimizers
                     and both.variable in found.joins.get(row.reference, [row.reference]))
    return {"rung": rungs.TRAINING, "phase": both.phase, "target": both.variable,
            "alike": [], "ratio": _ratio(both), "layers": [], "batch": 0,
            "optimizer": optimizer["config"]}


def _ratio(both):
    """How many times the reference's first rate the port's is, or None."""
    first, ours = both.reference[0], both.port[0] * both.scale
    return ours / first if first and ours and both.starts_apart() else None
