"""The section of a page on free runs: plots where the curves part, else a sentence."""

import math

from parity.report import elements
from parity.report import plots


def section(curves):
    """The section on a `Result`'s curves; "" where there was no free run."""
    if not curves:
        return ""
    said, figures = _losses(curves.get("losses", {}))
    words, figure = _drift(curves.get("drift", {}))
    figures = "".join(figure + figures)
    return "<h3>Free runs</h3>" + words + elements.listed(said) + (
        f'<div class="figures">{figures}</div>' if figures else "")


def _drift(drift):
    """(a sentence on the drift, figures of it), of which one is empty."""
    steps = max((len(values) for values in drift.values()), default=1) - 1
    largest = max((value for values in drift.values() for value in values), default=0.0)
    if not largest:
        return f"<p>No drift: the free runs are equal at each of {steps} steps.</p>", []
    # The noise floor is measured only where the drift is more than rounding.
    if not any(name.endswith(plots.NOISE_FLOOR) for name in drift):
        return (f"<p>No drift beyond rounding: the free runs are {largest:.1e} of the way moved "
                f"apart at most, in {steps} steps.</p>"), []
    return "", [_figure(plots.drift(drift), "distance of the free runs at each step", (
        "Distance of the free runs, as a part of the way moved"
        + "".join(_equal(name, values) for name, values in drift.items())
        + "; floor: the reference, nudged by a unit in the last place before each step. The "
        "distance is no verdict; a jump from within rounding is one."))]


def _equal(name, values):
    """Words for the steps at which a curve is 0 or infinite, which the plot does not show."""
    equal = next((step for step, value in enumerate(values) if value), len(values))
    lost = next((step for step, value in enumerate(values[1:], 1) if not math.isfinite(value)),
                None)
    said = [f"equal up to step {equal - 1}"] if equal > 1 else []
    said += [f"no finite number at step {lost}"] if lost is not None else []
    return f"; {elements.words(name)}: {', '.join(said)}" if said else ""


def _losses(losses):
    """(sentences on losses whose curves coincide in a plot, figures of the others)."""
    said, figures = [], []
    for name, (theirs, ours) in losses.items():
        step = plots.first_apart(theirs, ours)
        if step is None:
            said.append(f"{elements.code(name)}: {theirs[0]:.6g} to {theirs[-1]:.6g}, "
                        + _how_alike(theirs, ours))
        else:
            until = f"; the curves coincide up to step {step - 1}" if step else ""
            figures.append(_figure(plots.losses(theirs, ours), f"{name} on both sides",
                                   elements.code(name) + until))
    return said, figures


def _how_alike(theirs, ours):
    """Words for the largest distance of two curves that coincide in a plot."""
    apart = [abs(one - other) for one, other in zip(theirs, ours)
             if math.isfinite(one) and math.isfinite(other)]
    largest = max(apart, default=0.0)
    return f"the curves coincide, {largest:.1e} apart at most" if largest else (
        "equal on both sides")


def _figure(svg, alternative, caption):
    return (f"<figure>{elements.picture(svg, alternative)}"
            f"<figcaption>{caption}</figcaption></figure>")
