"""What the ladder finds: one finding a rung, precision and tensor."""

from typing import NamedTuple

from parity.judge import differences
from parity.judge import furthest

RUNGS = {0: "replay", 1: "structure", 2: "initialisers", 3: "forward", 4: "losses", 5: "gradients",
         6: "first update", 7: "slots and state", 8: "training", 9: "checkpoint"}


# Initialisers.
BESIDE = 2


class Finding(NamedTuple):
    """The verdict on one tensor at one rung."""

    rung: int
    dtype: str
    tensor: str
    verdict: str
    relative: float = 0.0
    note: str = ""
    step: int = 0  # rung 8: the step from whose state the step was taken
    numbers: furthest.Numbers | None = None


class Cause(NamedTuple):
    """A change of the reference that explains where the port departs first.

    Attributes:
      name: of the catalogue's entry.
      sentence: what the port does otherwise: "Adam's epsilon is 1e-7, in the reference 1e-8".
      write: the line of Keras that mends it; "" where none can be said.
      proof: what was equal once the reference was changed alike.
    """

    name: str
    sentence: str
    write: str
    proof: str


class Result(NamedTuple):
    """All that is known of one pair."""

    case: str
    findings: list[Finding]
    causes: list[Cause]  # of the first difference: each explains it alone; none: not recognised
    sources: dict[str, str]  # {"legacy", "modern"}: lines where the first difference is made
    curves: dict  # for the report: drift and floors
    headers: dict  # {dtype: {"legacy": header, "modern": header}}
    measured: tuple = ()  # where no cause was recognised: sentences with the numbers of both sides
    lines: dict = {}  # {"legacy"}: what its line of `sources` said where it was captured

    @property
    def verdict(self):
        """The worst verdict of all."""
        return differences.worst(finding.verdict for finding in self.findings)

    @property
    def first_difference(self):
        """The finding where the port departs first, or None.

        Initialisers stand beside the ladder: weights are copied, so that nothing comes from them.
        """
        ladder = sorted(self.findings, key=lambda finding: finding.rung == BESIDE)
        for wanted in (differences.DIFFERENT, differences.INCONCLUSIVE, differences.CONSTANTS):
            for finding in ladder:
                if finding.verdict == wanted:
                    return finding
        return None

    @property
    def rungs(self):
        """Numbers of the rungs that a report shows: the replay's only where there is one."""
        replayed = any(finding.rung == 0 for finding in self.findings)
        return [number for number in RUNGS if number or replayed]

    def rung(self, number, dtype):
        """Verdict of a rung in one precision."""
        return differences.worst(finding.verdict for finding in self.findings
                                 if (finding.rung, finding.dtype) == (number, dtype))


def exit_status(results, require_identical=False):
    """0 the same; 1 different; 2 other structure; 3 inconclusive."""
    structure = any(finding.rung == 1 and finding.verdict == differences.DIFFERENT
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
