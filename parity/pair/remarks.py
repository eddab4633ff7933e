"""What a report on a pair says below its table: one line for each thing that was not compared."""

from parity import differences
from parity.pair import mapping


def lines(result):
    """What has no partner, in one line; then of all else that was not compared why."""
    found = [mapping.uncompared_line(result)]
    if "float64" not in result.headers:
        found.append("  float64 was not run: what is above measured rounding is called different, "
                     "and what\n  rounded constants explain cannot be told from a small fault")
    found += [f"  {finding.tensor}: {finding.note}" for finding in result.findings
              if finding.verdict == differences.NOT_RUN and finding.note != mapping.NO_PARTNER]
    return [line for line in dict.fromkeys(found) if line]
