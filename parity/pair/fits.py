"""Whether a variable of the port can hold one of the reference, and in which layout."""

from typing import NamedTuple

import numpy as np

from parity.pair import roles
from parity.pair import transforms


class Fit(NamedTuple):
    """How well two variables fit; the greater, the better.

    Attributes:
      layout: 3 as it is, 2 sizes of 1 more or fewer, 1 the same rows otherwise arranged.
      role: as `roles.agreement` says.
    """

    layout: int
    role: int


def fit(entry, partner):
    """The `Fit` of a variable of the reference and one of the port, or None."""
    role = roles.agreement(entry, partner)
    if not role or not trained_alike(entry, partner) or not _counted_alike(entry, partner):
        return None
    found = layout(entry, partner)
    return Fit(found[0], role) if found else None


def trained_alike(entry, partner):
    """Whether both may be trained by one optimiser, or neither is trained."""
    if None not in (entry["optimizer"], partner["optimizer"]):
        return entry["optimizer"] == partner["optimizer"]
    untrained = entry["optimizer"] is None and partner["optimizer"] is None
    return entry["trainable"] == partner["trainable"] or untrained


def _counted_alike(entry, partner):
    """Whether both hold real numbers, or both count; a count is no statistic."""
    kinds = ["float" in each.get("dtype", "float32") for each in (entry, partner)]
    return kinds[0] == kinds[1]


def layout(entry, partner):
    """(as in `Fit`, the `Transform`) of the shapes of two variables, or None."""
    one, other = list(entry["shape"]), list(partner["shape"])
    if one == other:
        return 3, transforms.UNCHANGED
    if [size for size in one if size != 1] == [size for size in other if size != 1]:
        return 2, transforms.reshaped(other)
    if len(one) == 2 and one == other[::-1] and entry.get("transposed"):
        return 2, transforms.TRANSPOSED
    # A convolution over all that there is, and a dense layer on what was flattened before.
    if one[-1:] == other[-1:] and 2 in (len(one), len(other)) and len(one) != len(other) and (
            np.prod(one) == np.prod(other)):
        return 1, transforms.reshaped(other)
    return None
