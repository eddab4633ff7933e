"""Text report on two graphs, 80 columns wide."""

import itertools
import textwrap

from parity.graph import comparison

_LINE = "  {:<18}{:<7} {:<33} {:>9} {:>8}"
_WIDTH = 33


def _counted(operations):
    """Words for a layer's operations, with equal ones in a row counted: "MatMul, 2 Select"."""
    runs = [(operation, len(list(run))) for operation, run in itertools.groupby(operations)]
    return ", ".join(f"{count} {name}" if count > 1 else name for name, count in runs)


def _shown(shape):
    if shape is None:
        return "unknown"
    return "x".join("?" if size < 0 else str(size) for size in shape) or "scalar"


def _rows(name, side, layer):
    """Lines of a layer on one side; a name that is too long for its column has a line of its own.

    Args:
      name: name of the layer, or "".
      side: "legacy", "modern" or "both".
      layer: the `Layer`, or None.
    """
    if layer is None:
        operations, output, parameters = ["none"], "", ""
    else:
        operations = textwrap.wrap(_counted(layer.operations), _WIDTH)
        output = _shown(layer.output)
        parameters = f"{layer.parameters:,}" if layer.parameters else ""
    rows = []
    if len(name) > 17:
        rows.append("  " + textwrap.shorten(name, 78, placeholder="..."))
        name = ""
    rows.append(_LINE.format(name, side, operations[0], output, parameters))
    rows += [_LINE.format("", "", rest, "", "") for rest in operations[1:]]
    return [row.rstrip() for row in rows]


def _source_rows(pair, layer):
    """Lines with a layer's sources, where the two graphs differ in them; else []."""
    if None in (pair.legacy, pair.modern) or pair.legacy.sources == pair.modern.sources:
        return []
    indent = " " * 28
    return textwrap.wrap("from " + ", ".join(layer.sources or ["nothing"]), 80,
                         initial_indent=indent, subsequent_indent=indent)


def _layer_rows(pair):
    name = pair.name or "(box itself)"
    if pair.verdict == comparison.SAME:
        return _rows(name, "both", pair.legacy)
    rows = _rows(name, "legacy", pair.legacy) + _source_rows(pair, pair.legacy)
    return rows + _rows("", "modern", pair.modern) + _source_rows(pair, pair.modern)


def text(pairs):
    """The report on `BoxPair`s: a line a layer, or two where the graphs differ."""
    layers = [layer for pair in pairs for layer in pair.layers]
    equal = sum(layer.verdict == comparison.SAME for layer in layers)
    lines = [f"graphs: {comparison.verdict(pairs)}",
             f"  {len(pairs)} boxes, {equal} of {len(layers)} layers the same", "",
             _LINE.format("layer", "in", "operations", "output", "weights")]
    for pair in pairs:
        lines += ["", textwrap.shorten(pair.name, 60, placeholder="...") + f": {pair.verdict}"]
        for layer in pair.layers:
            lines += _layer_rows(layer)
    return "\n".join(lines) + "\n"
