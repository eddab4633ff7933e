"""The section of a page on the first difference: cause, line to write, both programs, numbers."""

from parity.common import rungs
from parity.judge import differences
from parity.report import digits
from parity.report import elements
from parity.report import excerpts

_TITLES = {differences.DIFFERENT: "Where it departs first",
           differences.INCONCLUSIVE: "What is uncertain first",
           differences.CONSTANTS: "Where constants show first"}
_SIDES = {"legacy": "TensorFlow 1", "modern": "port"}


def section(result):
    """The section on a `Result`; "" for an equal pair."""
    first = result.first_difference
    if first is None:
        return ""
    return (f"<h3>{_TITLES[first.verdict]}</h3>" + _causes(result) + _place(result, first)
            + _sources(result) + _numbers(first))


def _causes(result):
    """Each cause with the line to write and its proof; without a cause, what was measured."""
    if not result.causes:
        return elements.listed([elements.words(words) for words in result.measured])
    many = "<p>Each of these explains it alone:</p>" if len(result.causes) > 1 else ""
    return many + "".join(_cause(cause) for cause in result.causes)


def _cause(cause):
    write = f'<dt>write</dt><dd class="write">{elements.lines(cause.write)}</dd>'
    proof = f"<dt>proof</dt><dd>{elements.words(cause.proof)}</dd>"
    return (f"<dl><dt>cause</dt><dd><b>{elements.words(cause.sentence)}</b></dd>"
            + (write if cause.write else "") + (proof if cause.proof else "") + "</dl>")


def _place(result, first):
    rows = [("rung", f"{first.rung} {rungs.NAMES[first.rung]}, {first.dtype}"
             + (f", step {first.step}" if first.step else "")),
            ("tensor", elements.code(first.tensor))]
    if first.note:
        rows.append(("note" if " " in first.note else "in the port", elements.words(first.note)))
    if first.relative:
        rows.append(("relative difference", f"{first.relative:.3g}"))
    later = sorted({finding.rung for finding in result.findings
                    if finding.verdict == first.verdict and finding.rung > first.rung})
    if later:
        rows.append(("inherited from there", "rungs " + ", ".join(map(str, later))))
    return elements.table((), [elements.row(row) for row in rows])


def _sources(result):
    """Both programs side by side, a few lines around those that make the first difference."""
    shown = [_source(_SIDES.get(side, side), place, result.lines.get(side))
             for side, place in result.sources.items() if place]
    return f'<div class="sides">{"".join(shown)}</div>' if shown else ""


def _source(side, place, expected):
    """A figure of an excerpt, with its line marked; of its caption alone where there is none."""
    excerpt = excerpts.of(place, expected)
    caption = f"<figcaption>{elements.words(side)}: {elements.code(place)}</figcaption>"
    if excerpt is None:
        return f"<figure>{caption}</figure>"
    lines = [f"{number:>4} {elements.words(text)}" for number, text in excerpt.lines]
    marked = [f"<mark>{line}</mark>" if number == excerpt.line else line
              for line, (number, _) in zip(lines, excerpt.lines)]
    return f"<figure>{caption}<pre>" + "\n".join(marked) + "</pre></figure>"


def _numbers(first):
    """The table of the entries that are furthest apart, on both sides; "" where there are none."""
    if first.numbers is None or not first.numbers.entries:
        return ""
    numbers = first.numbers
    moved = ", by how far each moved in the step" if numbers.moved else ""
    rows = [elements.row([
        elements.code(list(entry.place) if entry.place else "the number"),
        *digits.both(entry), digits.ratio(entry)]) for entry in numbers.entries]
    some = "" if numbers.size == 1 else (
        f"<p>{numbers.apart} of {numbers.size} entries are not the same; those furthest apart"
        f"{moved}:</p>")
    return (some + elements.table(("entry", "TensorFlow 1", "port", "port / TensorFlow 1"), rows))
