"""Curves of both sides as SVG texts, drawn by matplotlib, which is imported when one is drawn."""

import io
import math
import re

# The reference lies broad and pale under the port, so that both are seen where they coincide.
_REFERENCE = {"color": "#9ecae1", "linewidth": 5.0, "solid_capstyle": "round"}
_PORT = {"color": "#a63603", "linewidth": 1.4, "linestyle": "--", "marker": "o", "markersize": 4.5}
_FLOOR = {"color": "#666666", "linewidth": 1.4, "linestyle": ":", "marker": "s", "markersize": 3.5}
_SECOND = dict(_PORT, color="#54278f", linestyle="-.", marker="^")
_SIZE = (5.6, 2.7)  # inches of 72 points
_MARKERS = 12
# Of the range of both curves: less cannot be told in a picture of this size.
_SEEN = 0.005


def losses(reference, port):
    """Losses of both sides at each step."""
    return _drawn([("TensorFlow 1", reference, _REFERENCE), ("port", port, _PORT)], "loss")


def drift(curves):
    """Distances of free runs, `{name: [steps + 1]}`; the reference's own are called "... floor"."""
    ports = iter((_PORT, _SECOND))
    return _drawn([(name, values, _FLOOR if name.endswith("floor") else next(ports))
                   for name, values in curves.items()], "distance", logarithmic=True)


def first_apart(reference, port):
    """The first step at which a picture would show two curves apart; None where it never does."""
    finite = [value for value in [*reference, *port] if math.isfinite(value)]
    span = max(finite) - min(finite) if finite else 0.0
    for step, (theirs, ours) in enumerate(zip(reference, port)):
        alike = theirs == ours or (math.isnan(theirs) and math.isnan(ours))
        if not alike and not abs(theirs - ours) <= _SEEN * span:
            return step
    return None


def _drawn(curves, label, logarithmic=False):
    """The SVG of `[(name, values, style)]`, without what is not finite, and 0 on a logarithm."""
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "parity",
                                "font.family": "sans-serif", "font.size": 9}):
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot()
        for name, values, style in curves:
            shown = [value if math.isfinite(value) and (value > 0 or not logarithmic) else math.nan
                     for value in values]
            axes.plot(range(len(shown)), shown, label=name,
                      markevery=max(len(shown) // _MARKERS, 1), **style)
        if logarithmic:
            axes.set_yscale("log")
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.set_xlabel("step")
        axes.set_ylabel(label)
        axes.spines[["top", "right"]].set_visible(False)
        for text in axes.legend(frameon=False, handlelength=3.5).get_texts():
            text.set_parse_math(False)
        return _svg(figure)


def _svg(figure):
    """The figure without what an image inside a page does not need."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Type": None,
                                                "Format": None})
    text = out.getvalue()
    text = re.sub(r"<!--.*?-->", "", text[text.index("<svg"):], flags=re.DOTALL)
    for pattern, shorter in ((r"(\d\.\d\d)\d+", r"\1"), (r"\s*\n\s*", " "),
                             (r"font-family: [^;\"]+", "font-family: sans-serif")):
        text = re.sub(pattern, shorter, text)
    return text
