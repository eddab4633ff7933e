"""Findings of the ladder, one a rung, precision and tensor, and the result that they make up."""

from typing import NamedTuple

from parity.common import rungs
from parity.judge import differences
from parity.judge import furthest


class Finding(NamedTuple):
    """The verdict on one tensor at one rung.

    Attributes:
      rung, dtype, tensor: its place in the report.
      verdict: one of `parity.judge.differences.ORDER`.
      relative: the relative difference, 0 where none was measured.
      note: a remark for the report, or "".
      step: the compared step, from the reference's state before it.
      numbers: the `parity.judge.furthest.Numbers` of both sides, or None.
    """

    rung: int
    dtype: str
    tensor: str
    verdict: str
    relative: float = 0.0
    note: str = ""
    step: int = 0
    numbers: furthest.Numbers | None = None


class Cause(NamedTuple):
    """A change of the reference that explains where the port departs first.

    Attributes:
      name: the name of the catalogue's entry.
      sentence: the fault of the port: "Adam's epsilon is 1e-7, in the reference 1e-8".
      write: the line of Keras that mends it; "" where there is none.
      proof: the tensors that were equal once the reference was changed alike, in a sentence.
    """

    name: str
    sentence: str
    write: str
    proof: str


class Result(NamedTuple):
    """The result of verifying one pair.

    Attributes:
      case: the pair's name in the reports.
      findings: `Finding`s, rung by rung.
      causes: `Cause`s of the first difference, each of which explains it alone; [] where none was
        recognised.
      sources: {"legacy", "modern"}: the lines, "file.py:number", that make the first difference.
      curves: {"drift", "losses"}: numbers of the free runs, for the reports.
      headers: {dtype: {"legacy", "modern"}}: programs and versions that ran on both sides.
      measured: sentences with numbers of both sides, where no cause was recognised.
      lines: {"legacy"}: the text of its line of `sources` where it was captured.
    """

    case: str
    findings: list[Finding]
    causes: list[Cause]
    sources: dict[str, str]
    curves: dict
    headers: dict
    measured: tuple = ()
    lines: dict = {}

    @property
    def verdict(self):
        """The worst verdict of all findings."""
        return differences.worst(finding.verdict for finding in self.findings)

    @property
    def first_difference(self):
        """The finding where the port departs first, or None.

        Initialisers come last: weights are copied, so that no other difference comes from them.
        """
        climbed = sorted(self.findings, key=lambda finding: finding.rung == rungs.INITIALISERS)
        for wanted in (differences.DIFFERENT, differences.INCONCLUSIVE, differences.CONSTANTS):
            for finding in climbed:
                if finding.verdict == wanted:
                    return finding
        return None

    @property
    def rungs(self):
        """Numbers of the rungs that a report shows: all, but the replay only where it was run."""
        replayed = any(finding.rung == rungs.REPLAY for finding in self.findings)
        return [number for number in rungs.NAMES if number != rungs.REPLAY or replayed]

    def rung(self, number, dtype):
        """The worst verdict of a rung in one precision."""
        return differences.worst(finding.verdict for finding in self.findings
                                 if (finding.rung, finding.dtype) == (number, dtype))


def exit_status(results, require_identical=False):
    """The exit status of a command: 0 the same, 1 different, 2 another structure, 3 inconclusive.

    Args:
      results: `Result`s.
      require_identical: True where rounding and constants fail, too.
    """
    structure = any(
        finding.rung == rungs.STRUCTURE and finding.verdict == differences.DIFFERENT
        for result in results for finding in result.findings)
    verdict = differences.worst(result.verdict for result in results)
    if structure:
        return 2
    if verdict == differences.INCONCLUSIVE:
        return 3
    allowed = [differences.IDENTICAL]
    if not require_identical:
        allowed += [differences.ROUNDING, differences.CONSTANTS]
    return 0 if verdict in allowed else 1
