"""Plots as text that stands inside an HTML page."""

import html
import math

_WIDTH, _HEIGHT, _MARGIN = 560, 220, 46
_COLOURS = ("#1a6fb4", "#c2491d", "#7a7a7a", "#b9b9b9")


def _place(values, low, high, size):
    span = (high - low) or 1.0
    return [size * (value - low) / span for value in values]


def _line(points, colour):
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{path}"/>'


def curves(series, logarithmic):
    """An <svg> of `{name: values by step}`; zeros cannot stand on a logarithmic axis."""
    points = {name: [(step, math.log10(value) if logarithmic else value)
                     for step, value in enumerate(values)
                     if math.isfinite(value) and (value > 0 or not logarithmic)]
              for name, values in series.items()}
    every = [value for line in points.values() for _, value in line]
    if not every:
        return ""
    low, high = min(every), max(every)
    last = max(len(values) for values in series.values()) - 1
    parts = [f'<svg role="img" width="{_WIDTH}" height="{_HEIGHT}" '
             f'viewBox="0 0 {_WIDTH} {_HEIGHT}">']
    inner_width, inner_height = _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN
    for number, (name, line) in enumerate(points.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        xs = _place([step for step, _ in line], 0, last, inner_width)
        ys = _place([value for _, value in line], low, high, inner_height)
        parts.append(_line([(_MARGIN + x, _HEIGHT - _MARGIN - y) for x, y in zip(xs, ys)], colour))
        parts.append(f'<text x="{_MARGIN + 6}" y="{16 + 14 * number}" fill="{colour}">'
                     f"{html.escape(name)}</text>")
    shown = [f"1e{value:.0f}" if logarithmic else f"{value:.4g}" for value in (low, high)]
    parts.append(f'<text x="2" y="{_HEIGHT - _MARGIN}">{shown[0]}</text>'
                 f'<text x="2" y="{_MARGIN + 4}">{shown[1]}</text>'
                 f'<text x="{_MARGIN}" y="{_HEIGHT - 20}">step 0</text>'
                 f'<text x="{_WIDTH - _MARGIN - 30}" y="{_HEIGHT - 20}">{last}</text></svg>')
    return "".join(parts)
