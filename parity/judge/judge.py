"""Findings on a pair, from the compared tensors of one precision or of both."""

from typing import NamedTuple

from parity.judge import differences
from parity.judge import findings
from parity.judge import repeated
from parity.judge import verdicts
from parity.judge import zeros
from parity.judge.compared import BIASED, Judged


class Comparison(NamedTuple):
    """A comparison of both sides' steps in one precision; the traces may go after it.

    Attributes:
      rows: a `Compared` for each tensor.
      zero: port paths of the variables whose gradients may be zero but for rounding.
    """

    rows: list
    zero: set


def comparison(rows, sides, dtype, unrepeatable=()):
    """The `Comparison` of both sides in one precision.

    Args:
      rows: `Compared`s of the `Sides`.
      sides: the `Sides`.
      dtype: the precision.
      unrepeatable: `parity.judge.repeated.Unrepeatable`s, whose tensors become inconclusive.
    """
    return Comparison(repeated.marked(rows, unrepeatable), zeros.vanishing(sides, dtype))


def apart(rows, dtype, kind):
    """The `Compared` rows that are not bit for bit the same, and that no other row excuses.

    Args:
      rows: `Compared`s in the precision `dtype`.
      kind: the `Kind` of pair.
    """
    judged = [Judged(row, dtype, differences.IDENTICAL if row.difference.identical
                     else differences.DIFFERENT) for row in rows]
    return [each.row for each in kind.cleared(judged) if each.verdict != differences.IDENTICAL]


def different(compared, dtype, kind):
    """The `Compared` rows that are different by their own precision alone.

    Args:
      compared: the `Comparison` in the precision `dtype`.
      kind: the `Kind` of pair.
    """
    judged = [Judged(row, dtype, verdicts.in_one(row, dtype)) for row in compared.rows
              if row.at_best != differences.INCONCLUSIVE]
    return [each.row for each in kind.cleared(judged) if each.verdict == differences.DIFFERENT]


def judge(case, both, others, headers, kind):
    """The `Result` of a pair.

    Args:
      case: the pair's name in the report.
      both: `{dtype: Comparison}`, of one precision or of both.
      others: `Finding`s that do not come from the tensors of the steps.
      headers: `{dtype: {"legacy": header, "modern": header}}`: programs and versions that ran.
      kind: the `Kind` of pair.
    """
    judged = sorted(kind.cleared(_judged(both)), key=lambda each: (
        each.row.rung, each.row.step, each.dtype, each.row.phase))
    found = others + [
        findings.Finding(row.rung, dtype, row.tensor, verdict, row.difference.relative, row.note,
                         row.step, row.numbers) for row, dtype, verdict in judged]
    found += [findings.Finding(rung, dtype, "nothing", differences.INCONCLUSIVE,
                               note="nothing was compared") for rung in kind.required
              for dtype in headers if not any((finding.rung, finding.dtype) == (rung, dtype)
                                              for finding in found)]
    found.sort(key=lambda finding: finding.rung)
    return findings.Result(case, found, [], {}, {}, headers)


def _judged(both):
    """`[Judged]` of `{dtype: Comparison}`: float64 decides, and float32 follows it."""
    zero = set.intersection(*(each.zero for each in both.values())) if len(both) > 1 else set()
    rows = {dtype: [zeros.excused(row, zero) for row in each.rows] for dtype, each in both.items()}
    narrow, wide = rows.get("float32", ()), rows.get("float64", ())
    alike = {row.key for row in narrow if row.note != BIASED
             and verdicts.alone(row) in (differences.IDENTICAL, differences.ROUNDING)}
    judged = [Judged(row, "float64", verdicts.float64_verdict(row, alike)) for row in wide]
    if not wide:
        return [Judged(row, "float32", verdicts.alone(row)) for row in narrow]
    known = {row.key: (verdict, row.noise_floor.constants) for row, _, verdict in judged}
    above = verdicts.above_after_every_step(narrow)
    return judged + [Judged(row, "float32", verdicts.float32_verdict(
        row, *known.get(row.key, (differences.DIFFERENT, 0.0)), above)) for row in narrow]
