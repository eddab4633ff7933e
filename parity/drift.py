"""The free runs: how far both sides drift apart from one start, shown but never judged."""

import numpy as np

from parity.common import trace


def distance(reference_entries, port_entries):
    """[steps + 1] distance of the sampled entries, as a part of how far the reference moved."""
    gaps, moved = np.zeros(1), np.zeros(1)
    for name, reference in reference_entries.items():
        port = port_entries.get(name)
        if port is None or port.shape != reference.shape:
            continue
        reference, port = np.float64(reference), np.float64(port)
        gaps = gaps + np.sum(np.square(port - reference), axis=1)
        moved = moved + np.sum(np.square(reference - reference[0]), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        drift = np.where(gaps == 0, 0.0, np.sqrt(gaps / moved))
    # Not finite, or away from a reference that rests: no number says how far, and it is not 0.
    return np.atleast_1d(np.nan_to_num(drift, nan=np.inf, posinf=np.inf)).tolist()


def _drift(pair):
    """`{dtype: drift}`, and the measured floor if there is any drift."""
    reference = trace.part(pair.legacy[1], "entries/")
    port = {name: pair.modern[1]["entries/" + partner]
            for name, partner in pair.mapping.partners.items()
            if "entries/" + partner in pair.modern[1]}
    curves = {pair.dtype: distance(reference, port)}
    if any(curves[pair.dtype]) and pair.perturbed_run:
        curves[pair.dtype + " floor"] = distance(reference, pair.perturbed_run())
    return curves


def _losses(pair):
    """`{loss: (legacy, modern)}`, [steps] each."""
    return {name: (values.tolist(), pair.modern[1]["losses/" + name].tolist())
            for name, values in trace.part(pair.legacy[1], "losses/").items()
            if "losses/" + name in pair.modern[1]}


def curves(pairs):
    """`{"drift": {name: [steps + 1]}, "losses": {loss: (legacy, modern)}}`."""
    drift = {}
    for pair in pairs:
        drift.update(_drift(pair))
    return {"drift": drift, "losses": _losses(pairs[0])}
