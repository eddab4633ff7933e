"""The report as one self-contained HTML file: no scripts, no network."""

import html

from parity.judge import differences
from parity.judge.findings import RUNGS
from parity.report import plots

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
       color: #1c1c1c; background: #fff }
table { border-collapse: collapse; margin: .6rem 0 }
td, th { border: 1px solid #d8d8d8; padding: .2rem .6rem; text-align: left; vertical-align: top }
th { background: #f4f4f4 } code, .number { font-family: ui-monospace, monospace; font-size: 13px }
.identical, .rounding { color: #176b2c } .constants, .inconclusive { color: #8a5a00 }
.different { color: #b3261e; font-weight: 600 } .not { color: #777 }
svg text { font: 11px system-ui, sans-serif }
figure { display: inline-block; margin: 0 1rem 1rem 0 } h2 { margin-top: 2.5rem }
"""


def _cell(tag, content):
    return f"<{tag}>{content}</{tag}>"


def _verdict(verdict):
    return f'<span class="{verdict.split()[0]}">{verdict}</span>'


def _table(head, rows):
    lines = ["<table><tr>" + "".join(_cell("th", name) for name in head) + "</tr>"]
    lines += ["<tr>" + "".join(_cell("td", value) for value in row) + "</tr>" for row in rows]
    return "\n".join(lines) + "</table>"


def _first(result):
    first = result.first_difference
    if first is None:
        return ""
    rows = [("rung", f"{first.rung} {RUNGS[first.rung]}, {first.dtype}"),
            ("tensor", f"<code>{html.escape(first.tensor)}</code>"),
            ("difference", f"{first.relative:.3g}")]
    said = [(title, words) for cause in result.causes for title, words in (
        ("cause", cause.sentence), ("write", cause.write), ("proof", cause.proof))]
    said += [("", words) for words in result.measured] + [("note", first.note)]
    rows += [(title, html.escape(words)) for title, words in said if words]
    rows += [(side, f"<code>{html.escape(line)}</code>")
             for side, line in result.sources.items() if line]
    return "<h3>Where it departs first</h3>" + _table(("", ""), rows)


def _rungs(result):
    rows = []
    for number in result.rungs:
        cells = [_verdict(result.rung(number, dtype)) for dtype in result.headers]
        rows.append([str(number), RUNGS[number]] + cells)
    return _table(["", "rung"] + list(result.headers), rows)


def _details(result):
    rows = [(str(finding.rung), finding.dtype, f"<code>{html.escape(finding.tensor)}</code>",
             _verdict(finding.verdict), f'<span class="number">{finding.relative:.2e}</span>',
             str(finding.step), html.escape(finding.note))
            for finding in result.findings if finding.verdict != differences.IDENTICAL]
    if not rows:
        return ""
    head = ("rung", "precision", "tensor", "verdict", "difference", "from step", "note")
    return (f"<details><summary>{len(rows)} findings that are not identical</summary>"
            + _table(head, rows) + "</details>")


def _ran(result):
    rows = []
    for dtype, sides in result.headers.items():
        for side, header in sides.items():
            versions = ", ".join(f"{name} {version}" for name, version in
                                 sorted(header.get("versions", {}).items()))
            rows.append((dtype, side, f"<code>{html.escape(header.get('program', ''))}</code>",
                         html.escape(f"{header.get('interpreter', '')}, {versions}"),
                         f"{header.get('threads', '')} thread, "
                         f"{html.escape(str(header.get('cpu', '')))}"))
    return _table(("precision", "side", "program", "ran on", "in parity mode"), rows)


def _drift(result):
    drift = result.curves["drift"]
    if not any(value for values in drift.values() for value in values):
        steps = len(next(iter(drift.values()), [0])) - 1
        return f"<p>No drift: the free runs are equal at each of {steps} steps.</p>"
    return ("<figure>" + plots.curves(drift, logarithmic=True) + "<figcaption>Distance of the free "
            "runs, as a part of the way moved; floor: the reference, nudged by a unit in the last "
            "place before each step. The distance is no verdict; a jump from within rounding is "
            "one.</figcaption></figure>")


def _losses(result):
    """Curves of the losses that are apart; of the others, where they begin and end."""
    equal = [f"<li><code>{html.escape(name)}</code>: {legacy[0]:.6g} to {legacy[-1]:.6g}, "
             "equal on both sides</li>" for name, (legacy, modern) in
             result.curves["losses"].items() if legacy == modern]
    figures = [f"<figure>{plots.curves({f'{name} legacy': legacy, 'modern': modern}, False)}"
               "</figure>" for name, (legacy, modern) in result.curves["losses"].items()
               if legacy != modern]
    return (f"<ul>{''.join(equal)}</ul>" if equal else "") + "".join(figures)


def _case(result):
    name = html.escape(result.case)
    parts = [f'<h2 id="{name}">{name}: {_verdict(result.verdict)}</h2>',
             _first(result), _rungs(result), _details(result), "<h3>What ran</h3>", _ran(result)]
    if result.curves:
        parts += ["<h3>Free runs</h3>", _drift(result), _losses(result)]
    return "\n".join(parts)


def text(results):
    """The page."""
    overview = _table(("case", "verdict", "first difference"), [
        ('<a href="#{0}">{0}</a>'.format(html.escape(result.case)), _verdict(result.verdict),
         html.escape("; ".join(cause.sentence for cause in result.causes)))
        for result in results])
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Parity</title>'
            f"<style>{_STYLE}</style></head><body>\n<h1>Is the port the same model?</h1>\n"
            + overview + "\n" + "\n".join(_case(result) for result in results)
            + "\n</body></html>\n")
