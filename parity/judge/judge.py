"""From what the traces of a pair say to its findings."""

from typing import NamedTuple

from parity.judge import differences
from parity.judge import findings
from parity.judge import repeated
from parity.judge import verdicts
from parity.judge import zeros
from parity.judge.compared import BIASED


class Seen(NamedTuple):
    """What the traces of one precision say; of them nothing else is needed.

    Attributes:
      rows: a `Compared` for each tensor.
      zero: port paths of the variables whose gradient may be zero but for rounding.
    """

    rows: list
    zero: set


def seen(rows, sides, dtype, unrepeatable=()):
    """The `Seen` of the `Compared` of `Sides` in a precision; and of what differs from itself."""
    return Seen(repeated.marked(rows, unrepeatable), zeros.vanishing(sides, dtype))


def apart(rows, dtype, kind):
    """Those `Compared` that are not bit for bit the same, and not excused by what is."""
    judged = [(row, dtype, differences.IDENTICAL if row.difference.identical
               else differences.DIFFERENT) for row in rows]
    return [row for row, _, verdict in kind.cleared(judged) if verdict != differences.IDENTICAL]


def different(seen_, dtype, kind):
    """Those `Compared` of one precision alone that are different."""
    judged = [(row, dtype, verdicts.in_one(row, dtype)) for row in seen_.rows
              if row.at_best != differences.INCONCLUSIVE]
    return [row for row, _, verdict in kind.cleared(judged) if verdict == differences.DIFFERENT]


def judge(case, both, beside, headers, kind):
    """The `Result` of a pair.

    Args:
      case: what it is called in the report.
      both: `{dtype: Seen}`, of one precision or of both.
      beside: findings that do not come from the traces of the steps.
      headers: `{dtype: {"legacy": header, "modern": header}}`, what ran.
      kind: a `Kind`.
    """
    judged = sorted(kind.cleared(_judged(both)),
                    key=lambda each: (each[0].rung, each[0].step, each[1], each[0].phase))
    found = beside + [
        findings.Finding(row.rung, dtype, row.tensor, verdict, row.difference.relative, row.note,
                         row.step, row.numbers) for row, dtype, verdict in judged]
    found += [findings.Finding(rung, dtype, "nothing", differences.INCONCLUSIVE,
                               note="nothing was compared") for rung in kind.required
              for dtype in headers if not any((finding.rung, finding.dtype) == (rung, dtype)
                                              for finding in found)]
    found.sort(key=lambda finding: finding.rung)
    return findings.Result(case, found, [], {}, {}, headers)


def _judged(both):
    """`[(Compared, dtype, verdict)]` of `{dtype: Seen}`."""
    zero = set.intersection(*(each.zero for each in both.values())) if len(both) > 1 else set()
    rows = {dtype: [zeros.excused(row, zero) for row in each.rows] for dtype, each in both.items()}
    narrow, wide = rows.get("float32", ()), rows.get("float64", ())
    alike = {row.key for row in narrow if row.note != BIASED
             and verdicts.alone(row) in (differences.IDENTICAL, differences.ROUNDING)}
    judged = [(row, "float64", verdicts.float64_verdict(row, alike)) for row in wide]
    if not wide:
        return [(row, "float32", verdicts.alone(row)) for row in narrow]
    known = {row.key: (verdict, row.floor.constants) for row, _, verdict in judged}
    above = verdicts.above_after_every_step(narrow)
    return judged + [(row, "float32", verdicts.float32_verdict(
        row, *known.get(row.key, (differences.DIFFERENT, 0.0)), above)) for row in narrow]
