"""Drift of two runs from one start, which is shown but never judged."""

import numpy as np


def distance(reference_entries, port_entries):
    """The drift at each step, a list of steps + 1 numbers, relative to the reference's own move.

    It is inf where a run is not finite, or where the port leaves a reference that rests.

    Args:
      reference_entries, port_entries: `{variable: [steps + 1, entries]}`, sampled entries of the
        variables; those of another shape in the port do not count.
    """
    gaps, moved = np.zeros(1), np.zeros(1)
    with np.errstate(all="ignore"):  # a run that leaves the finite numbers is infinitely far
        for name, reference in reference_entries.items():
            port = port_entries.get(name)
            if port is None or port.shape != reference.shape:
                continue
            reference, port = np.float64(reference), np.float64(port)
            gaps = gaps + np.sum(np.square(port - reference), axis=1)
            moved = moved + np.sum(np.square(reference - reference[0]), axis=1)
        drift = np.where(gaps == 0, 0.0, np.sqrt(gaps / moved))
    # Not finite, or away from a reference that rests: no number says how far, and it is not 0.
    return np.atleast_1d(np.nan_to_num(drift, nan=np.inf, posinf=np.inf)).tolist()
