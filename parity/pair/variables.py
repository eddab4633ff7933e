"""Pairs the variables of a captured program and of a port.

By a names file, by the kind of recurrent cell, by the names that authors gave, else by role, shape
and order of use, among those that the same optimiser trains.
"""

import numpy as np

from parity.pair import bookkeeping
from parity.pair import by_layer
from parity.pair import by_name
from parity.pair import cells
from parity.pair.rows import Pairing, Row

__all__ = ["Pairing", "Row", "pair"]


def pair(reference, port, names=None):
    """`Pairing` of the variables of two descriptions.

    Args:
      reference: `[{"name", "role", "kind", "layer", "shape", "trainable", "forget_bias",
        "optimizer"}]`, variables of layers first and in the order of use. "optimizer" is the number
        of the one that trains it, or None; joined variables also have "parts"; "transposed" is true
        of a kernel that is used with its axes exchanged.
      port: `[{"path", "leaf", "shape", "trainable", "layer", "network", "optimizer"}]` in the order
        of use.
      names: a `parity.pair.overrides.Names` that overrides the rest, or None.
    """
    port, rows, mismatched = _like_reference(reference, port), [], ()
    taken = set()

    def take(found):
        for row, _, partner in found:
            rows.append(row)
            taken.update((row.reference, partner["path"]))

    def left(entries, key):
        return [entry for entry in entries if entry[key] not in taken]

    known = [entry for entry in reference if entry["shape"] is not None
             and None not in entry["shape"]]
    weights = [entry for entry in known if not bookkeeping.averages(entry, reference)]

    if names:
        given = names.pairs(known, port)
        take(given.rows)
        mismatched = given.mismatched
    kept = {each for entry, partner in mismatched for each in (entry["name"], partner["path"])}
    taken.update(kept)
    take(list(cells.match(left(weights, "name"), left(port, "path"))))
    take(list(by_name.match(left(weights, "name"), left(port, "path"))))
    for whole in (True, False):
        take(list(by_layer.match(
            [entry for entry in weights if entry["name"] not in kept],
            [entry for entry in port if entry["path"] not in kept], rows, whole)))
    taken -= kept
    order = {entry["name"]: number for number, entry in enumerate(reference)}
    rows.sort(key=lambda row: order[row.reference])
    return Pairing(rows, left(reference, "name"), left(port, "path"), mismatched)


def _like_reference(reference, port):
    """Port's entries, with optimiser numbers replaced by the reference's where they correspond.

    Two optimisers correspond where their variables have the same shapes, else where they train the
    same number of entries: a kernel that is two in the port changes the shapes.
    """
    numbers = {}
    for measure in (_shapes, _sizes):
        ours, theirs = measure(port), measure(reference)
        for number in sorted(theirs):
            fitting = [other for other in sorted(ours)
                       if ours[other] == theirs[number] and other not in numbers]
            if fitting and number not in numbers.values():
                numbers[fitting[0]] = number
    return [dict(entry, optimizer=numbers.get(entry["optimizer"])) for entry in port]


def _shapes(entries):
    """`{optimiser: sorted shapes of its variables}`."""
    found = {}
    for entry in entries:
        if entry["optimizer"] is not None:
            found.setdefault(entry["optimizer"], []).append(entry["shape"])
    return {number: sorted(shapes) for number, shapes in found.items()}


def _sizes(entries):
    """`{optimiser: number of entries that it trains}`."""
    return {number: sum(int(np.prod(shape)) for shape in shapes)
            for number, shapes in _shapes(entries).items()}
