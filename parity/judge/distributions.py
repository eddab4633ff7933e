"""Comparison of two initialisers' distributions: by their configurations, and by draws."""

import math
from typing import NamedTuple

import numpy as np

# The share of pairs of samples of one distribution that are taken for samples of two.
_FALSE_ALARM = 1e-9


class KolmogorovSmirnov(NamedTuple):
    """A two-sample Kolmogorov-Smirnov test.

    Attributes:
      distance: the largest distance between the samples' distribution functions.
      bound: the distance that samples of one distribution exceed in one of 10**9 tests.
    """

    distance: float
    bound: float


def kolmogorov_smirnov(first, second):
    """The `KolmogorovSmirnov` test of two samples, arrays of one axis."""
    from scipy import special  # takes a sixth of a second; `scipy.stats`, with the test, a half
    values = np.concatenate([first, second])
    below, below_too = (np.searchsorted(np.sort(sample), values, side="right") / sample.size
                        for sample in (first, second))
    effective = first.size * second.size / (first.size + second.size)
    return KolmogorovSmirnov(
        float(np.abs(below - below_too).max()),
        float(special.kolmogi(_FALSE_ALARM)) / math.sqrt(effective))


def shown(declared):
    """Words for the configuration of an initialiser: "normal(mean 0, stddev 0.1)"."""
    numbers = ", ".join(f"{key} {value:.6g}" for key, value in sorted(declared.items())
                        if key != "kind")
    return declared["kind"] + (f"({numbers})" if numbers else "")


def compare(legacy, legacy_draws, modern, modern_draws):
    """Says in a few words how two initialisers differ; "" where they do not.

    Args:
      legacy, modern: their configurations, `{"kind", ...numbers}`, as the recorders read them.
      legacy_draws, modern_draws: at least 20,000 values of each random initialiser, in one axis.
    """
    same_numbers = set(legacy) == set(modern) and all(
        math.isclose(legacy[key], modern[key], rel_tol=1e-5, abs_tol=1e-12)
        for key in legacy if key != "kind")
    if legacy["kind"] != modern["kind"] or not same_numbers:
        return f"{shown(legacy)}, {shown(modern)} in the port"
    if legacy["kind"] == "constant":
        apart = np.flatnonzero(legacy_draws != modern_draws)
        return "" if not apart.size else (
            f"{legacy_draws[apart[0]]:g}, {modern_draws[apart[0]]:g} in the port")
    test = kolmogorov_smirnov(legacy_draws, modern_draws)
    if test.distance > test.bound:
        return (f"draws differ: KS {test.distance:.4f} above {test.bound:.4f}; standard deviation "
                f"{legacy_draws.std():.4g}, {modern_draws.std():.4g} in the port")
    return ""
