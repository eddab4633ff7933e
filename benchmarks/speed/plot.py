"""A plot of the steps' times: a line a row, a point a contestant, on a logarithmic axis."""

from benchmarks.speed import rows
from parity.common import files

_STYLES = {
    "legacy": {"color": "#3182bd", "marker": "s"},
    "modern": {"color": "#a63603", "marker": "o"},
    "keras_fit": {"color": "#fd8d3c", "marker": "D"},
    "torch_eager": {"color": "#756bb1", "marker": "^"},
    "torch_compile": {"color": "#54278f", "marker": "v"},
    "limit": {"color": "#222222", "marker": "|", "markersize": 14, "markeredgewidth": 2},
    "inputs": {"color": "#999999", "marker": "x"},
}
_INCHES = (9.0, 1.2, 0.34)  # width; height, and more of it a row


def _points(measured, kind):
    """`[(place, median, lowest, highest)]` of a contestant, the first row at the top."""
    return [(-place, result.median, min(result.milliseconds), max(result.milliseconds))
            for place, (_, results) in enumerate(measured) for result in results
            if result.kind == kind and not result.failure]


def write(path, measured):
    """Writes the plot, a PNG, of `[(row, [race.Result])]`; bars are from lowest to highest."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height, more = _INCHES
    figure = Figure(figsize=(width, height + more * len(measured)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(xscale="log", xlabel="milliseconds a step")
    for kind, style in _STYLES.items():
        points = _points(measured, kind)
        if points:
            places, medians, lowest, highest = zip(*points)
            errors = [[median - low for median, low in zip(medians, lowest)],
                      [high - median for median, high in zip(medians, highest)]]
            axes.errorbar(medians, places, xerr=errors, linestyle="none", elinewidth=1,
                          label=rows.NAMES[kind], **style)
    axes.set_yticks([-place for place in range(len(measured))],
                    [str(row) for row, _ in measured])
    axes.set_ylim(0.5 - len(measured), 0.5)
    axes.grid(axis="x", which="both", alpha=0.3)
    axes.spines[["top", "right", "left"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=len(_STYLES), frameon=False, fontsize=8)
    with files.whole(path) as part:
        figure.savefig(part, format="png", dpi=120, metadata={"Software": None})
