"""The report as one self-contained HTML file: no network, and readable without its script."""

from typing import NamedTuple

from parity.common import words
from parity.judge import differences
from parity.pair import remarks
from parity.report import departure
from parity.report import elements
from parity.report import found
from parity.report import free_runs
from parity.report import ladder
from parity.report import sentences
from parity.report import style

_RIGHT = (differences.IDENTICAL, differences.ROUNDING, differences.CONSTANTS)


class Request(NamedTuple):
    """The command line by which a report can be made again, and the date of the report."""

    command: str
    date: str


def text(results, request=None):
    """The page on some `Result`s.

    Args:
      results: `parity.judge.findings.Result`s, at least one.
      request: the `Request`, or None.
    """
    parts = ["<h1>Is the port the same model?</h1>",
             f'<p class="lead">{elements.words(sentences.of_all(results))}</p>',
             _asked(request) if request else "", _legend()]
    parts += [_title(results[0]) + _of_pair(results[0], _not_compared(results))] if (
        len(results) == 1) else _several(results)
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
            'content="width=device-width, initial-scale=1"><title>Parity</title>'
            f"<style>{style.css()}</style></head><body>\n" + "\n".join(filter(None, parts))
            + style.script() + "\n</body></html>\n")


def _several(results):
    """Parts of a page on several `Result`s: overview, wrong cases, omissions, right cases."""
    wrong, right = [], []
    for number, result in enumerate(results, 1):
        (right if result.verdict in _RIGHT else wrong).append(_case(number, result))
    return [_overview(results), *wrong, _not_compared(results), *right]


def _asked(request):
    return (f"<h3>Asked on {elements.words(request.date)}</h3>"
            f'<pre class="asked">{elements.words(request.command)}</pre>')


def _overview(results):
    """The table of all cases, a row each."""
    return elements.table(("case", "verdict", "first difference"), [elements.row((
        f'<a href="#case-{number}">{elements.words(result.case)}</a>',
        elements.verdict(result.verdict), _in_short(result)))
        for number, result in enumerate(results, 1)])


def _in_short(result):
    """The causes of a `Result`'s first difference, else its place; "" of an equal pair."""
    first = result.first_difference
    said = [cause.sentence for cause in result.causes] or (
        [f"rung {first.rung}, {first.tensor}"] if first else [])
    return elements.words("; ".join(said))


def _not_compared(results):
    """The section on comparisons that were not run: each reason once, with its cases."""
    cases = {}
    for result in results:
        for line in remarks.left_out(result):
            cases.setdefault(" ".join(line.split()), []).append(result.case)
    entries = [elements.words(line) + (f" <small>({elements.words(words.some(named, 3))})</small>"
                                       if len(results) > len(named) else "")
               for line, named in cases.items()]
    return "<h3>What was not compared</h3>" + elements.listed(entries) if entries else ""


def _legend():
    """The folded table of the verdicts' meanings."""
    signs = " ".join(f'<span class="{elements.kind(each)}">{elements.SIGNS[each]} {each}</span>'
                     for each in sentences.MEANINGS)
    rows = [elements.row((elements.verdict(verdict), elements.words(meaning)))
            for verdict, meaning in sentences.MEANINGS.items()]
    return elements.folded(f"Legend: {signs}", elements.table((), rows))


def _case(number, result):
    """The section on one of several cases; of a right port it is folded, and shorter."""
    content = f"<p>{elements.words(sentences.of(result))}</p>"
    if result.verdict in _RIGHT:
        content += "\n".join(filter(None, [_rungs(result), found.by_rung(result),
                                           free_runs.section(result.curves), _ran(result)]))
    else:
        content += _of_pair(result)
    return (f'<section id="case-{number}">' + elements.folded(
        _title(result), content, "case", result.verdict not in _RIGHT) + "</section>")


def _title(result):
    return f"<h2>{elements.words(result.case)}: {elements.verdict(result.verdict)}</h2>"


def _of_pair(result, not_compared=""):
    return "\n".join(filter(None, [
        departure.section(result), "<h3>Rungs</h3>" + _rungs(result), not_compared,
        found.by_layer(result), free_runs.section(result.curves), _ran(result)]))


def _rungs(result):
    rows = [elements.row([f"{rung.number} {rung.name}"] + [
        elements.measured(*rung.cells[dtype]) for dtype in result.headers] + [str(rung.tensors)])
        for rung in ladder.rungs(result)]
    return elements.table(("rung", *result.headers, "tensors"), rows)


def _ran(result):
    """The section on the programs and versions of both sides, once where precisions agree."""
    ran = {}
    for dtype, sides in result.headers.items():
        for side, header in sides.items():
            ran.setdefault(_side(side, header), []).append(dtype)
    return "<h3>What ran</h3>" + elements.listed(
        [f"{said}, {' and '.join(dtypes)}" for said, dtypes in ran.items()])


def _side(side, header):
    """The program of a side, its interpreter and versions, threads and processor."""
    threads = header.get("threads")
    said = [header.get("interpreter", ""), *(f"{name} {version}" for name, version in
                                             sorted(header.get("versions", {}).items())),
            f"{threads} thread{'s' if threads != 1 else ''}" if threads else "",
            header.get("cpu", "")]
    return ", ".join([f"{side}: {elements.code(header.get('program', ''))}",
                      *(elements.words(part) for part in said if part)])
