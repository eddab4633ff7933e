"""Pairs variables layer by layer: by role and shape, then words of names, then order of use.

A bias or a moving average is paired with its layer's kernel, so that biases of one shape in many
layers are told apart by their kernels.
"""

from typing import NamedTuple

from parity.pair import fits
from parity.pair import roles
from parity.pair.rows import Row

_REASON = "kind, shape and order of use"


class _Layer(NamedTuple):
    """A layer: its place in the order of use, its variables, and those without a partner yet."""

    place: int
    entries: list
    open: list


class _Match(NamedTuple):
    """Score of a pair of layers, compared field by field; the greatest is the best.

    Attributes:
      siblings: number of their variables that are paired already.
      complete: True where no variable of either layer is left over.
      fitting: number of variables that fit.
      layouts, roles: sums of the fields of their `fits.Fit`s.
    """

    siblings: int
    complete: bool
    fitting: int
    layouts: int
    roles: int


def match(reference, port, rows, whole=True):
    """Yields (`Row`, entry, partner) of each further pair of variables.

    Args:
      reference, port: entries of all variables, in the order of use.
      rows: `Row`s of the variables that are paired already.
      whole: True to keep the variables of a layer together; else each is a layer of its own.
    """
    return _Matching(_layers(reference, rows, whole), _layers(port, rows, whole), rows).found()


def place(entry):
    """Name of a variable's layer: as described, else its scope, else the variable's own name."""
    if "path" in entry:
        return entry["path"].rpartition("/")[0]
    return entry.get("layer") or entry["name"].rpartition("/")[0] or entry["name"]


def _layers(entries, rows, whole):
    taken = {row.reference for row in rows} | {row.port for row in rows}
    groups = {}
    for number, entry in enumerate(entries):
        groups.setdefault(place(entry) or number if whole else number, []).append(entry)
    found = [_Layer(number, group, [entry for entry in group if (
        entry.get("name") or entry["path"]) not in taken])
             for number, group in enumerate(groups.values())]
    return [layer for layer in found if layer.open]


class _Candidate(NamedTuple):
    """A layer of the port that fits one of the reference, and the partner of its first variable."""

    match: _Match
    layer: _Layer
    first: dict


class _Matching:
    """Matches layers of both sides, the surest pairs first."""

    def __init__(self, ours, theirs, rows):
        self._ours, self._theirs = ours, theirs
        self._partners = {}
        self._siblings = {(row.reference, row.port) for row in rows}
        self._words = {id(layer): set().union(*(roles.words(entry) for entry in layer.entries))
                       for layer in ours + theirs}
        self._fits = {}

    def found(self):
        """Yields (`Row`, entry, partner) of each pair of variables."""
        candidates = {layer.place: self._candidates(layer) for layer in self._ours}
        rivals = {place: _rivals(best, candidates) for place, best in candidates.items()}
        for layer in self._ours:
            if len(candidates[layer.place]) == 1 and not rivals[layer.place]:
                yield from self._paired(layer, candidates[layer.place][0].layer, 0)
        for level in self._levels():
            for layer in self._ours:
                other = self._best(layer, [each.layer for each in self._candidates(layer)
                                           if self._likeness(layer, each.layer) >= level])
                if other:
                    yield from self._paired(layer, other, rivals[layer.place])

    def _levels(self):
        """Numbers of words that names of two layers have in common, descending."""
        return sorted({self._likeness(layer, other) for layer in self._ours
                       for other in self._theirs} | {0}, reverse=True)

    def _likeness(self, layer, other):
        return len(self._words[id(layer)] & self._words[id(other)])

    def _candidates(self, layer):
        """The `_Candidate`s of a layer that share the best score."""
        found = [self._candidate(layer, other) for other in self._theirs if layer.open and any(
            self._fit(layer.open[0], partner) for partner in other.open)]
        found = [each for each in found if each]
        best = max((each.match for each in found), default=None)
        return [each for each in found if each.match == best]

    def _candidate(self, layer, other):
        """`_Candidate` of a pair of layers; None where the first variable finds no partner."""
        pairs = self._assigned(layer, other)
        if not pairs or pairs[0][0] is not layer.open[0]:
            return None
        siblings = sum((entry["name"], partner["path"]) in self._siblings
                       for entry in layer.entries for partner in other.entries)
        return _Candidate(_Match(
            siblings, len(pairs) == len(layer.open) == len(other.open), len(pairs),
            sum(fit.layout for _, _, fit in pairs), sum(fit.role for _, _, fit in pairs)),
            other, pairs[0][1])

    def _assigned(self, layer, other):
        """[(entry, partner, fit)]: each variable of a layer with the best partner that is left."""
        found, left = [], list(other.open)
        for entry in layer.open:
            best = max(left, key=lambda partner, entry=entry: self._fit(entry, partner) or (0, 0),
                       default=None)
            if best is not None and self._fit(entry, best):
                left.remove(best)
                found.append((entry, best, self._fit(entry, best)))
        return found

    def _fit(self, entry, partner):
        key = id(entry), id(partner)
        if key not in self._fits:
            self._fits[key] = fits.fit(entry, partner)
        return self._fits[key]

    def _best(self, layer, others):
        """Layer beside the partner of a neighbouring layer, else the first of equal candidates."""
        beside = {self._partners.get(layer.place - 1, -2) + 1,
                  self._partners.get(layer.place + 1, -2) - 1}
        return max(others, key=lambda other: other.place in beside, default=None)

    def _paired(self, layer, other, rivals):
        for entry, partner, _ in self._assigned(layer, other):
            layer.open.remove(entry)
            other.open.remove(partner)
            self._siblings.add((entry["name"], partner["path"]))
            transform = fits.layout(entry, partner).transform
            row = Row(entry["name"], partner["path"], transform, _REASON, rivals)
            yield row, entry, partner
        self._partners[layer.place] = other.place


def _rivals(best, candidates):
    """Number of other layers of the reference that fit the same variables of the port as well."""
    wanted = {each.first["path"] for each in best}
    return sum(any(each.first["path"] in wanted and each.match.layouts >= best[0].match.layouts
                   for each in found) for found in candidates.values()) - 1 if best else 0
