"""The matrix of the faults: each with the rung and tensor that first differ, and its cause."""

from parity.selftest.fault import UNKNOWN


def text(outcomes):
    """The matrix, a line for each fault.

    Args:
      outcomes: `parity.selftest.trials.Outcome`s of faults.
    """
    rows = [("fault", "rung", "tensor", "cause")]
    for outcome in outcomes:
        first = outcome.result and outcome.result.first_difference
        named = outcome.result.causes if outcome.result else []
        rows.append((outcome.trial.name, str(first.rung) if first else "-",
                     first.tensor if first else "-", outcome.wrong or _named(outcome, named)))
    widths = [max(map(len, column)) for column in zip(*rows)][:-1]
    lines = ["  ".join([cell.ljust(width) for cell, width in zip(row, widths)] + [row[-1]])
             for row in rows]
    return "\n".join(lines)


def _named(outcome, causes):
    """Words for the causes of a fault; without any, the word that stands in their place."""
    return ", ".join(dict.fromkeys(cause.name for cause in causes)) or outcome.trial.fault.cause


def summary(faults, ports):
    """Two lines: numbers of faults that were found and explained, and of ports that were right.

    Args:
      faults, ports: `parity.selftest.trials.Outcome`s of faults, and of correct ports.
    """
    explained = sum(not each.wrong and each.trial.fault.cause != UNKNOWN for each in faults)
    unknown = sum(not each.wrong and each.trial.fault.cause == UNKNOWN for each in faults)
    wrong = sum(bool(each.wrong) for each in faults)
    different = sum(bool(each.wrong) for each in ports)
    return (f"{len(faults)} planted faults: {explained} found where they are and explained, "
            f"{unknown} found and not recognised, {wrong} otherwise than they should\n"
            f"{len(ports)} verifications of correct ports: {len(ports) - different} the same "
            f"model, {different} not")
