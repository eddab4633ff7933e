"""Whether two initialisers are the same distribution: by what they declare, and by draws."""

import math

import numpy as np

# Two samples of one distribution exceed this in one of 10**9 tests (Kolmogorov-Smirnov).
_FALSE_ALARM = 1e-9


def kolmogorov_smirnov(first, second):
    """Largest distance between two samples' distribution functions, and the bound for equality."""
    first, second = np.sort(first), np.sort(second)
    both = np.concatenate([first, second])
    distance = np.max(np.abs(
        np.searchsorted(first, both, "right") / first.size
        - np.searchsorted(second, both, "right") / second.size))
    bound = math.sqrt(-math.log(_FALSE_ALARM / 2) / 2
                      * (first.size + second.size) / (first.size * second.size))
    return float(distance), bound


def shown(declared):
    """What an initialiser declares, in a few words: "normal(mean 0, stddev 0.1)"."""
    numbers = ", ".join(f"{key} {value:.6g}" for key, value in sorted(declared.items())
                        if key != "kind")
    return declared["kind"] + (f"({numbers})" if numbers else "")


def compare(legacy, legacy_draws, modern, modern_draws):
    """What differs, in a few words; "" when nothing does.

    Args:
      legacy, modern: `{"kind", ...numbers}` as the recorders read them.
      legacy_draws, modern_draws: at least 20,000 values of each random initialiser.
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
    distance, bound = kolmogorov_smirnov(legacy_draws, modern_draws)
    if distance > bound:
        return (f"draws differ: KS {distance:.4f} above {bound:.4f}; standard deviation "
                f"{legacy_draws.std():.4g}, {modern_draws.std():.4g} in the port")
    return ""
