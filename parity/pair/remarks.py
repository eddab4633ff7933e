"""Lines of a report below its table: the reason for a difference, and what was not compared."""

from parity.judge import differences
from parity.judge import uncompared


def lines(result):
    """List of lines: note on the first difference, variables without partner, rungs not run."""
    return list(filter(None, [_reason(result.first_difference)])) + left_out(result)


def left_out(result):
    """List of lines on what was not compared or not run, with reasons."""
    found = [uncompared.line(result)]
    if "float64" not in result.headers:
        found.append("  float64 was not run: what is above measured rounding is called different, "
                     "and what\n  rounded constants explain cannot be told from a small fault")
    found += [f"  {finding.tensor}: {finding.note}" for finding in result.findings
              if finding.verdict == differences.NOT_RUN and finding.note != uncompared.NO_PARTNER]
    return [line for line in dict.fromkeys(found) if line]


def _reason(first):
    """Line with the note on the first difference, if that is a sentence and no name of a layer."""
    return f"  {first.tensor}: {first.note}" if first and " " in first.note else ""
