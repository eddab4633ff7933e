"""Losses and variables of both sides beside each other."""

import numpy as np

from parity.common import trace

# Rounding alone moves a float32 GAN this far in 20 steps; in float64 nothing but a fault does.
_ROUNDING = {"float32": 1e-4, "float64": 1e-9}


def difference(ours, reference):
    """Largest difference, as a part of the reference's largest value."""
    scale = np.max(np.abs(reference))
    gap = np.max(np.abs(np.float64(ours) - np.float64(reference)))
    return float(gap / scale) if scale else float(gap)


def _rows(pair):
    last = pair.legacy[0]["steps"]
    for name, values in trace.part(pair.legacy[1], "losses/").items():
        yield "loss " + name, values[-1], pair.modern[1]["losses/" + name][-1]
    for name, partner in pair.mapping.partners.items():
        yield (name, pair.legacy[1][f"state/{last}/{name}"],
               pair.modern[1][f"state/{last}/{partner}"])


def agrees(pair):
    """Whether every loss and variable agrees to rounding, and none is without partner."""
    return not pair.mapping.legacy_only[1:] and all(
        difference(modern, legacy) <= _ROUNDING[pair.dtype] for _, legacy, modern in _rows(pair))


def _shown(value):
    return f"{float(np.linalg.norm(np.float64(value))):.9g}"


def table(pair):
    """The table of one pair: name, size of both sides (norm), relative difference."""
    lines = [f"{pair.case.name}  {pair.dtype}  after {pair.legacy[0]['steps']} steps",
             f"  {'':38} {'legacy':>13} {'modern':>13} {'difference':>11}"]
    for name, legacy, modern in _rows(pair):
        gap = difference(modern, legacy)
        shown = "identical" if np.array_equal(legacy, modern) else f"{gap:.1e}"
        lines.append(f"  {name[:38]:38} {_shown(legacy):>13} {_shown(modern):>13} {shown:>11}")
    return "\n".join(lines) + "\n"
