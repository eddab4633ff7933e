"""The free runs: how far both sides drift apart from one start, shown but never judged."""

import numpy as np

from parity.common import trace


def _curve(pair):
    """[steps + 1] distance of the sampled entries, as a part of how far the reference moved."""
    gaps, moved = 0.0, 0.0
    for name, reference in trace.part(pair.legacy[1], "entries/").items():
        partner = pair.mapping.partners.get(name)
        if f"entries/{partner}" not in pair.modern[1]:
            continue
        port = pair.modern[1][f"entries/{partner}"]
        if port.shape != reference.shape:
            continue
        reference, port = np.float64(reference), np.float64(port)
        gaps = gaps + np.sum(np.square(port - reference), axis=1)
        moved = moved + np.sum(np.square(reference - reference[0]), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(np.sqrt(gaps / moved), nan=0.0, posinf=0.0)


def _losses(pair):
    """`{loss: (legacy, modern)}`, [steps] each."""
    return {name: (values.tolist(), pair.modern[1]["losses/" + name].tolist())
            for name, values in trace.part(pair.legacy[1], "losses/").items()
            if "losses/" + name in pair.modern[1]}


def curves(pair32, pair64):
    """`{"drift": {dtype: [steps + 1]}, "losses": {loss: (legacy, modern)}}`."""
    return {
        "drift": {pair.dtype: np.atleast_1d(_curve(pair)).tolist() for pair in (pair32, pair64)},
        "losses": _losses(pair32),
    }
