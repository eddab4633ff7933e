"""Rows of the reports' table of rungs: verdict and worst difference in each precision."""

from typing import NamedTuple

from parity.common.rungs import NAMES
from parity.judge import differences


class Cell(NamedTuple):
    """A rung in one precision: its verdict, and the difference of its worst tensor or ""."""

    verdict: str
    size: str


class Rung(NamedTuple):
    """A rung of a pair.

    Attributes:
      number, name: its number and name.
      cells: `{dtype: Cell}`.
      tensors: the number of tensors that were compared.
    """

    number: int
    name: str
    cells: dict
    tensors: int


def worst(findings):
    """The worst finding, by its verdict, then by its difference; None of none."""
    return max(findings, key=lambda finding: (
        differences.ORDER.index(finding.verdict), finding.relative), default=None)


def rungs(result):
    """The `Rung`s of a `parity.judge.findings.Result`, in both precisions."""
    return [Rung(number, NAMES[number], {dtype: _cell(result, number, dtype) for dtype in
                                         ("float32", "float64")},
                 len({finding.tensor for finding in result.findings if finding.rung == number
                      and finding.verdict != differences.NOT_RUN})) for number in result.rungs]


def _cell(result, number, dtype):
    found = worst([finding for finding in result.findings
                   if (finding.rung, finding.dtype) == (number, dtype)])
    size = f"{found.relative:.1e}" if found and found.relative else ""
    return Cell(result.rung(number, dtype), size)
