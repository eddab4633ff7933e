"""The report as one self-contained HTML file: no network, and readable without its script."""

from typing import NamedTuple

from parity.judge import differences
from parity.pair import remarks
from parity.report import departure
from parity.report import elements
from parity.report import free_runs
from parity.report import ladder
from parity.report import layers
from parity.report import sentences
from parity.report import style


class Request(NamedTuple):
    """What was asked for: the command line by which it can be asked again, and when it was."""

    command: str
    date: str


def text(results, request=None):
    """The page on some `parity.judge.findings.Result`s, and on the `Request`."""
    grouped = [layers.of(result) for result in results]
    listed = any(grouped)
    parts = ["<h1>Is the port the same model?</h1>",
             f'<p class="lead">{elements.words(sentences.of_all(results))}</p>',
             _asked(request) if request else "", _legend(), style.filters() if listed else ""]
    cases = list(zip(results, grouped))
    parts += [_content(*cases[0])] if len(cases) == 1 else [
        _overview(results), _not_compared(results),
        *(_case(number, *case) for number, case in enumerate(cases, 1))]
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
            'content="width=device-width, initial-scale=1"><title>Parity</title>'
            f"<style>{style.css()}</style></head><body>\n" + "\n".join(filter(None, parts))
            + (style.script() if listed else "") + "\n</body></html>\n")


def _asked(request):
    return (f"<h3>Asked on {elements.words(request.date)}</h3>"
            f'<pre class="asked">{elements.words(request.command)}</pre>')


def _overview(results):
    """A line for each case."""
    return elements.table(("case", "verdict", "first difference"), [elements.row((
        f'<a href="#case-{number}">{elements.words(result.case)}</a>',
        elements.verdict(result.verdict), _in_short(result)))
        for number, result in enumerate(results, 1)])


def _in_short(result):
    """The causes of a first difference, else its place."""
    first = result.first_difference
    said = [cause.sentence for cause in result.causes] or (
        [f"rung {first.rung}, {first.tensor}"] if first else [])
    return elements.words("; ".join(said))


def _not_compared(results):
    """Why something was not run, each reason once, with the cases that it is about."""
    cases = {}
    for result in results:
        for line in remarks.left_out(result):
            cases.setdefault(" ".join(line.split()), []).append(result.case)
    entries = [elements.words(line) + (f" <small>({_of_cases(named)})</small>"
                                       if len(results) > len(named) else "")
               for line, named in cases.items()]
    return "<h3>What was not compared</h3>" + elements.listed(entries) if entries else ""


def _of_cases(names):
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return elements.words(", ".join(names[:3]) + more)


def _legend():
    """What the verdicts mean."""
    signs = " ".join(f'<span class="{elements.kind(each)}">{elements.SIGNS[each]} {each}</span>'
                     for each in sentences.MEANINGS)
    rows = [elements.row((elements.verdict(verdict), elements.words(meaning)))
            for verdict, meaning in sentences.MEANINGS.items()]
    return elements.folded(f"Legend: {signs}", elements.table((), rows))


def _case(number, result, found):
    """One of several cases, folded where its port is right."""
    good = result.verdict in (differences.IDENTICAL, differences.ROUNDING, differences.CONSTANTS)
    return (f'<section id="case-{number}">' + elements.folded(
        _title(result), f"<p>{elements.words(sentences.of(result))}</p>"
        + _of_pair(result, found), "case", not good) + "</section>")


def _content(result, found):
    """The only case."""
    return _title(result) + _of_pair(result, found, _not_compared([result]))


def _title(result):
    return f"<h2>{elements.words(result.case)}: {elements.verdict(result.verdict)}</h2>"


def _of_pair(result, found, not_compared=""):
    return "\n".join(filter(None, [
        departure.section(result), "<h3>Rungs</h3>" + _rungs(result), not_compared,
        _findings(result, found), free_runs.section(result.curves), _ran(result)]))


def _rungs(result):
    rows = [elements.row([f"{rung.number} {rung.name}"] + [
        elements.verdict(rung.cells[dtype].verdict) + (
            f' <span class="number">{rung.cells[dtype].size}</span>' if rung.cells[dtype].size
            else "") for dtype in result.headers] + [str(rung.tensors)])
        for rung in ladder.rungs(result)]
    return elements.table(("rung", *result.headers, "tensors"), rows)


def _findings(result, found):
    """What is not identical, by layer; that of the first difference is unfolded."""
    if not found:
        return ""
    first = result.first_difference
    opened = layers.layer(first) if first else None
    same = len({(finding.rung, finding.tensor) for finding in result.findings}) - sum(
        map(len, found.values()))
    return (f"<h3>Findings by layer</h3><p>{same} tensors at a rung are identical in both "
            "precisions; the others:</p>" + "".join(
                _layer(name, rows, list(result.headers), name == opened)
                for name, rows in found.items()))


def _layer(name, rows, dtypes, is_open):
    head = ("rung", "tensor", *dtypes, "step", "note")
    lines = [elements.row([str(row.rung), elements.code(row.tensor)] + [
        _finding(row.cells.get(dtype)) for dtype in dtypes] + [
            str(row.step), elements.words(row.note)], classes=style.row_classes(row))
             for row in rows]
    worst = differences.worst(row.verdict for row in rows)
    return elements.folded(
        f"{elements.code(name)} {elements.verdict(worst)}, {_count(len(rows))}",
        elements.table(head, lines), "layer", is_open)


def _count(number):
    return "1 finding" if number == 1 else f"{number} findings"


def _finding(finding):
    if finding is None:
        return ""
    size = f' <span class="number">{finding.relative:.1e}</span>' if finding.relative else ""
    return elements.verdict(finding.verdict) + size


def _ran(result):
    """What ran on both sides, once for both precisions where it is the same."""
    found = {}
    for dtype, sides in result.headers.items():
        for side, header in sides.items():
            found.setdefault(_side(side, header), []).append(dtype)
    return "<h3>What ran</h3>" + elements.listed(
        [f"{said}, {' and '.join(dtypes)}" for said, dtypes in found.items()])


def _side(side, header):
    """What ran on a side: its program, on what, and on how many threads."""
    threads = header.get("threads")
    said = [header.get("interpreter", ""), *(f"{name} {version}" for name, version in
                                             sorted(header.get("versions", {}).items())),
            f"{threads} thread{'s' if threads != 1 else ''}" if threads else "",
            header.get("cpu", "")]
    return ", ".join([f"{side}: {elements.code(header.get('program', ''))}",
                      *(elements.words(part) for part in said if part)])
