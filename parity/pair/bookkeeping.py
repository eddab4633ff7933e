"""Words for variables that count, time or average, which a port need not hold."""

import re

import numpy as np

_NAMES = (
    (r"(global_)?step(_\d+)?|iterations?|global_episodes?|counter", "a step counter"),
    (r"batch_pointer|epoch(_\d+)?|batch(_\d+)?", "a place in the data"),
    (r".*time.*", "a time"),
    (r".*seed.*", "a seed"),
    (r"lr|.*learning_rate.*|decay|momentum|rho|beta_[12]|epsilon", "a number of the optimiser"),
    (r".*(ExponentialMovingAverage|[Mm]oving_?[Aa]v(era)?g(e)?).*|ema(_\d+)?", "a moving average"),
)


def word(entry, entries):
    """Description of a variable that no layer uses, as "a step counter"; "" where none is known.

    Args:
      entry: `{"name", "shape", "dtype"}` of the variable.
      entries: entries of all variables of the reference.
    """
    leaf, owner = entry["name"].rpartition("/")[2], averages(entry, entries)
    if owner:
        return f"a moving average of {owner}"
    for pattern, said in _NAMES:
        if re.fullmatch(pattern, leaf) and (np.size(entry["shape"]) == 0 or "average" in said):
            return said
    if "float" not in entry.get("dtype", "float32"):
        return "a count"
    return "a single number" if entry["shape"] == [] else ""


def averages(entry, entries):
    """Name of the variable whose moving average `entry` is, or ""; arguments as for `word`."""
    if not re.search("[Aa]verage[^/]*$", entry["name"]):
        return ""
    owners = [other["name"] for other in entries if entry["name"].startswith(other["name"] + "/")
              and other["shape"] == entry["shape"]]
    return max(owners, key=len, default="")
