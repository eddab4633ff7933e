"""The report on a terminal, 80 columns wide: the first difference, then a table of rungs."""

import sys
import textwrap

from parity.common import rungs
from parity.judge import differences
from parity.report import digits
from parity.report import ladder

_COLOURS = {differences.IDENTICAL: "32", differences.ROUNDING: "32", differences.CONSTANTS: "33",
            differences.INCONCLUSIVE: "33", differences.DIFFERENT: "31"}


def _coloured(verdict, width, colour):
    text = f"{verdict:<{width}}"
    return f"\033[{_COLOURS[verdict]}m{text}\033[0m" if colour and verdict in _COLOURS else text


def _row(rung, colour):
    cells = [_coloured(cell.verdict, 13, colour) + f"{cell.size:<9}" for cell in
             rung.cells.values()]
    return f"  {rung.number} {rung.name:<17}{''.join(cells)}{rung.tensors:>6} tensors"


def _wrapped(text, indent):
    return textwrap.fill(text, 80, initial_indent=indent, subsequent_indent=indent,
                         break_on_hyphens=False)


def _title(result, colour):
    wrapped = _wrapped(f"{result.case}: {result.verdict}", "")
    return wrapped[:-len(result.verdict)] + _coloured(result.verdict, 0, colour)


def summary(result):
    """Lines on the cause and the place of the first difference; [] for an equal pair."""
    first = result.first_difference
    if first is None:
        return []
    lines = [line for cause in result.causes for line in _cause(cause)]
    lines.append(_wrapped(f"first: rung {first.rung} ({rungs.NAMES[first.rung]}), {first.tensor}, "
                          f"in {first.dtype}" + (f", by {first.relative:.1e}" if first.relative
                                                 else ""), "  "))
    lines += [_wrapped(f"{side}: {line}", "  ") for side, line in result.sources.items() if line]
    if not result.causes:
        lines += [_wrapped(words, "  ") for words in _measured(result, first)]
    introduced = {(finding.rung, finding.tensor) for finding in result.findings
                  if finding.verdict == first.verdict}
    later = sorted({rung for rung, _ in introduced if rung > first.rung})
    if later:
        lines.append("  inherited from there: rungs " + ", ".join(map(str, later)))
    return lines


def _cause(cause):
    """Yields lines on a cause, the lines to write (not wrapped, to be copied), and the proof."""
    yield _wrapped(f"cause: {cause.sentence}", "  ")
    if cause.write:
        yield textwrap.indent("write: " + cause.write.replace("\n", "\n       "), "  ")
    if cause.proof:
        yield _wrapped(f"proof: {cause.proof}", "  ")


def _measured(result, first):
    """Sentences where no cause is known: what was measured, else the entry furthest apart."""
    if result.measured or first.verdict != differences.DIFFERENT:
        return result.measured
    if first.rung == rungs.STRUCTURE:
        return [first.note]  # it says in words what differs
    if not first.numbers or not first.numbers.entries:
        return []
    numbers, entry = first.numbers, first.numbers.entries[0]
    place = f" at {list(entry.place)}" if entry.place else ""
    moved = "moves by " if numbers.moved else ""
    theirs, ours = digits.both(entry)
    return [f"furthest apart{place}: the reference {moved}{theirs}, the port {moved}{ours}; "
            f"{numbers.apart} of {numbers.size} entries are not the same"]


def text(result, colour=None):
    """The report on one pair.

    Args:
      result: a `parity.judge.findings.Result`.
      colour: True for colours; None where standard output decides.
    """
    colour = sys.stdout.isatty() if colour is None else colour
    lines = [_title(result, colour)] + summary(result)
    lines.append(f"  {'rung':<19}{'float32':<22}{'float64':<22}")
    lines += [_row(rung, colour) for rung in ladder.rungs(result)]
    return "\n".join(lines) + "\n"
