"""Tests if a variable of the port can hold one of the reference, and finds the layout."""

from typing import NamedTuple

import numpy as np

from parity.pair import roles
from parity.pair import transforms


class Fit(NamedTuple):
    """Score of a pair of variables; the greater, the better.

    Attributes:
      layout: 3 equal shapes; 2 transposed, or equal but for axes of size 1; 1 reshaped otherwise.
      role: score of `roles.agreement`.
    """

    layout: int
    role: int


def fit(entry, partner):
    """The `Fit` of a variable of the reference and one of the port, or None."""
    role = roles.agreement(entry, partner)
    if not role or not trained_alike(entry, partner) or not _counted_alike(entry, partner):
        return None
    found = layout(entry, partner)
    return Fit(found.score, role) if found else None


def trained_alike(entry, partner):
    """True where both may be trained by one optimiser, or neither is trained."""
    if None not in (entry["optimizer"], partner["optimizer"]):
        return entry["optimizer"] == partner["optimizer"]
    untrained = entry["optimizer"] is None and partner["optimizer"] is None
    return entry["trainable"] == partner["trainable"] or untrained


def _counted_alike(entry, partner):
    """True where both hold floating-point numbers, or both hold integers."""
    kinds = ["float" in each.get("dtype", "float32") for each in (entry, partner)]
    return kinds[0] == kinds[1]


class Layout(NamedTuple):
    """Layout of a variable in the port: its score as in `Fit`, and its `Transform`."""

    score: int
    transform: transforms.Transform


def layout(entry, partner):
    """`Layout` that the shapes of two variables allow, or None."""
    one, other = list(entry["shape"]), list(partner["shape"])
    if one == other:
        return Layout(3, transforms.UNCHANGED)
    if [size for size in one if size != 1] == [size for size in other if size != 1]:
        return Layout(2, transforms.reshaped(other))
    if len(one) == 2 and one == other[::-1] and entry.get("transposed"):
        return Layout(2, transforms.TRANSPOSED)
    # A convolution over the whole image, and a dense layer on the flattened image.
    if one[-1:] == other[-1:] and 2 in (len(one), len(other)) and len(one) != len(other) and (
            np.prod(one) == np.prod(other)):
        return Layout(1, transforms.reshaped(other))
    return None
