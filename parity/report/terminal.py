"""The report on a terminal: what differs first, then a table of rungs; 80 columns."""

import sys
import textwrap

from parity.judge import differences
from parity.judge.findings import RUNGS

_COLOURS = {differences.IDENTICAL: "32", differences.ROUNDING: "32", differences.CONSTANTS: "33",
            differences.INCONCLUSIVE: "33", differences.DIFFERENT: "31"}

# The rung whose findings say in words what differs.
_STRUCTURE = 1


def _coloured(verdict, width, colour):
    text = f"{verdict:<{width}}"
    return f"\033[{_COLOURS[verdict]}m{text}\033[0m" if colour and verdict in _COLOURS else text


def _worst_finding(findings):
    return max(findings, key=lambda finding: (
        differences.ORDER.index(finding.verdict), finding.relative), default=None)


def _row(result, rung, colour):
    cells = []
    for dtype in ("float32", "float64"):
        findings = [finding for finding in result.findings
                    if (finding.rung, finding.dtype) == (rung, dtype)]
        verdict = result.rung(rung, dtype)
        worst = _worst_finding(findings)
        size = f"{worst.relative:.1e}" if worst and worst.relative else ""
        cells.append(_coloured(verdict, 13, colour) + f"{size:<9}")
    count = len({finding.tensor for finding in result.findings
                 if finding.rung == rung and finding.verdict != differences.NOT_RUN})
    return f"  {rung} {RUNGS[rung]:<17}{cells[0]}{cells[1]}{count:>6} tensors"


def _wrapped(text, indent):
    return textwrap.fill(text, 80, initial_indent=indent, subsequent_indent=indent,
                         break_on_hyphens=False)


def _title(result, colour):
    wrapped = _wrapped(f"{result.case}: {result.verdict}", "")
    return wrapped[:-len(result.verdict)] + _coloured(result.verdict, 0, colour)


def summary(result):
    """Lines that say where a port departs first, and why; none for an equal pair."""
    first = result.first_difference
    if first is None:
        return []
    lines = [_wrapped(f"first: rung {first.rung} ({RUNGS[first.rung]}), {first.tensor}, in "
                      f"{first.dtype}" + (f", by {first.relative:.1e}" if first.relative else ""),
                      "  ")]
    for cause in result.causes:
        lines += [_wrapped(f"{title}: {words}", "  ") for title, words in (
            ("cause", cause.sentence), ("write", cause.write), ("proof", cause.proof)) if words]
    if not result.causes:
        lines += [_wrapped(words, "  ") for words in (
            [first.note] if first.rung == _STRUCTURE else []) + list(result.measured)]
    lines += [_wrapped(f"{side}: {line}", "  ") for side, line in result.sources.items() if line]
    introduced = {(finding.rung, finding.tensor) for finding in result.findings
                  if finding.verdict == first.verdict}
    later = sorted({rung for rung, _ in introduced if rung > first.rung})
    if later:
        lines.append("  inherited from there: rungs " + ", ".join(map(str, later)))
    return lines


def text(result, colour=None):
    """The report on one pair."""
    colour = sys.stdout.isatty() if colour is None else colour
    lines = [_title(result, colour)] + summary(result)
    lines.append(f"  {'rung':<19}{'float32':<22}{'float64':<22}")
    lines += [_row(result, rung, colour) for rung in result.rungs]
    return "\n".join(lines) + "\n"
