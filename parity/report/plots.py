"""Plots of both sides' curves as SVG texts, by matplotlib, which is imported for the first one."""

import io
import math
import re

# The reference lies broad and pale under the port, so that both are seen where they coincide.
_REFERENCE = {"color": "#9ecae1", "linewidth": 5.0, "solid_capstyle": "round"}
_PORT = {"color": "#a63603", "linewidth": 1.4, "linestyle": "--", "marker": "o", "markersize": 4.5}
_NOISE = {"color": "#666666", "linewidth": 1.4, "linestyle": ":", "marker": "s", "markersize": 3.5}
_SECOND = dict(_PORT, color="#54278f", linestyle="-.", marker="^")
_SIZE = (5.6, 2.7)  # inches of 72 points
_MARKERS = 12
# The share of the range of both curves below which a plot of this size does not show a distance.
_SEEN = 0.005
# End of the name of a curve of the reference's own noise.
NOISE_FLOOR = "floor"


def losses(reference, port):
    """The plot of a loss of both sides, [steps] each."""
    return _drawn([("TensorFlow 1", reference, _REFERENCE), ("port", port, _PORT)], "loss")


def drift(curves):
    """The plot of the drift of free runs, on a logarithmic axis.

    Args:
      curves: `{name: [steps + 1]}`; names of the reference's noise floors end in "floor".
    """
    ports = iter((_PORT, _SECOND))
    return _drawn([(name, values, _NOISE if name.endswith(NOISE_FLOOR) else next(ports))
                   for name, values in curves.items()], "distance", logarithmic=True)


def first_apart(reference, port):
    """The first step at which a plot shows two curves, [steps] each, apart; None if it never does.
    """
    finite = [value for value in [*reference, *port] if math.isfinite(value)]
    span = max(finite) - min(finite) if finite else 0.0
    for step, (theirs, ours) in enumerate(zip(reference, port)):
        alike = theirs == ours or (math.isnan(theirs) and math.isnan(ours))
        if not alike and not abs(theirs - ours) <= _SEEN * span:
            return step
    return None


def _drawn(curves, label, logarithmic=False):
    """The SVG of some curves, with gaps where values cannot be shown.

    Args:
      curves: `[(name, values, style of matplotlib's plot)]`.
      label: label of the y axis.
      logarithmic: True for a logarithmic y axis, which does not show 0.
    """
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
    """The SVG of a figure, without the metadata, comments and digits that a page does not need."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Type": None,
                                                "Format": None})
    text = out.getvalue()
    text = re.sub(r"<!--.*?-->", "", text[text.index("<svg"):], flags=re.DOTALL)
    for pattern, shorter in ((r"(\d\.\d\d)\d+", r"\1"), (r"\s*\n\s*", " "),
                             (r"font-family: [^;\"]+", "font-family: sans-serif")):
        text = re.sub(pattern, shorter, text)
    return text
