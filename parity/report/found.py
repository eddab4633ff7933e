"""The section of a page on tensors that are not identical: by layers, or in short by rungs."""

from parity.common import rungs
from parity.judge import differences
from parity.report import elements
from parity.report import layers
from parity.report import style


def by_layer(result):
    """A folded table for each layer of a `Result`; that of the first difference is open."""
    found, first = layers.of(result), result.first_difference
    if not found:
        return ""
    opened = layers.layer(first) if first else None
    same = len({(finding.rung, finding.tensor) for finding in result.findings}) - sum(
        map(len, found.values()))
    return (f"<h3>Findings by layer</h3><p>Identical in both precisions: {same}; the others:</p>"
            f'<div class="found">{style.filters()}' + "".join(
                _layer(name, rows, list(result.headers), name == opened)
                for name, rows in found.items()) + "</div>")


def by_rung(result):
    """A list of the tensors of a `Result` that are not identical, an entry a rung and verdict."""
    names = {}
    for rows in layers.of(result).values():
        for row in rows:
            names.setdefault((row.rung, row.verdict), []).append(row.tensor)
    return elements.listed([
        f"{rung} {rungs.NAMES[rung]}, {elements.verdict(verdict)}: "
        + elements.words(", ".join(same)) for (rung, verdict), same in sorted(names.items())])


def _layer(name, rows, dtypes, is_open):
    """The folded table of a layer.

    Args:
      name: name of the layer.
      rows: its `parity.report.layers.Row`s.
      dtypes: the precisions of the report.
      is_open: True where it is shown from the start.
    """
    lines = [elements.row([str(row.rung), elements.words(row.tensor)] + [
        _cell(row.cells.get(dtype)) for dtype in dtypes] + [
            str(row.step or ""), elements.words(row.note)], classes=style.row_classes(row))
             for row in rows]
    worst = differences.worst(row.verdict for row in rows)
    count = "1 finding" if len(rows) == 1 else f"{len(rows)} findings"
    return elements.folded(
        f"{elements.code(name)} {elements.verdict(worst)}, {count}",
        elements.table(("rung", "tensor", *dtypes, "step", "note"), lines), "layer", is_open)


def _cell(finding):
    return "" if finding is None else elements.measured(
        finding.verdict, f"{finding.relative:.1e}" if finding.relative else "")
