"""State and slots without a partner in the port: not compared, and named in the report."""

from parity.common import rungs
from parity.common import words
from parity.judge import differences
from parity.judge import findings
from parity.judge.rungs.structure import DTYPES

NO_PARTNER = "no partner in the port"


def found(mapping):
    """Yields findings on a `parity.pair.mapping.Mapping`: state and slots without a partner.

    Counters and moving averages need none in the port.
    """
    paired = {row.reference for row in mapping.slots + mapping.own}
    trained = {row.reference for row in mapping.variables.rows}
    names = [entry["name"] for entry in mapping.variables.reference_only
             if entry["name"] not in paired]
    names += [name for update in mapping.reference["updates"] if update["variable"] in trained
              for role, name in update["slots"].items()
              if name not in paired and not role.endswith("_power")]
    for name in dict.fromkeys(names):
        for dtype in DTYPES:
            yield findings.Finding(rungs.STATE, dtype, name, differences.NOT_RUN, note=NO_PARTNER)


def line(result):
    """The report's line on tensors without a partner; "" where there are none."""
    names = list(dict.fromkeys(finding.tensor for finding in result.findings
                               if finding.verdict == differences.NOT_RUN
                               and finding.note == NO_PARTNER))
    if not names:
        return ""
    return f"  not compared, for want of a partner: {words.some(names, 3)}"
