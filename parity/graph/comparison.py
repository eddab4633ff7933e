"""Comparison of the forward graphs of two runs, box by box and layer by layer."""

from typing import NamedTuple

from parity.graph.boxes import Layer

SAME, DIFFERENT, STRUCTURE = "same", "different", "other structure"
_ORDER = (SAME, DIFFERENT, STRUCTURE)


class LayerPair(NamedTuple):
    """A layer of both graphs; None on a side whose graph lacks it."""

    name: str
    legacy: Layer | None
    modern: Layer | None

    @property
    def verdict(self):
        """The verdict: the same sources, operations in any order, shapes and parameters, or not."""
        if self.legacy is None or self.modern is None:
            return STRUCTURE
        agree = (self.legacy.parameters == self.modern.parameters
                 and self.legacy.sources == self.modern.sources
                 and sorted(self.legacy.operations) == sorted(self.modern.operations)
                 and all(map(_compatible, _by_type(self.legacy), _by_type(self.modern))))
        return SAME if agree else DIFFERENT


class BoxPair(NamedTuple):
    """A box of both graphs, with its `LayerPair`s."""

    name: str
    layers: list[LayerPair]

    @property
    def verdict(self):
        """The worst verdict of its layers."""
        return max((layer.verdict for layer in self.layers), key=_ORDER.index)


def _by_type(layer):
    """The output shapes of a layer, ordered by the types of the operations."""
    return [shape for _, shape in sorted(
        zip(layer.operations, layer.shapes), key=lambda pair: (pair[0], str(pair[1])))]


def _compatible(one, other):
    """True where two shapes can be one; an open dimension, as of the batch, fits any size."""
    if one is None or other is None:
        return True
    return len(one) == len(other) and all(
        -1 in sizes or len(set(sizes)) == 1 for sizes in zip(one, other))


def _pair(name, legacy, modern):
    layers = {**legacy, **modern}
    return BoxPair(name, [LayerPair(layer, legacy.get(layer), modern.get(layer))
                          for layer in layers])


def pair_boxes(legacy, modern):
    """The `BoxPair`s of two graphs, in the reference's order.

    A network must be in both. Other boxes (losses, summaries, savers) are compared where both
    graphs have them, as many are scaffolding of one version of TensorFlow.

    Args:
      legacy, modern: `{scope: Box}`.
    """
    pairs = []
    for name in {**legacy, **modern}:
        sides = [side[name] for side in (legacy, modern) if name in side]
        if len(sides) == 2 or sides[0].is_network:
            pairs.append(_pair(name, *(
                side[name].layers if name in side else {} for side in (legacy, modern))))
    return pairs


def verdict(pairs):
    """The worst verdict of all boxes."""
    return max((pair.verdict for pair in pairs), key=_ORDER.index)


def exit_status(pairs):
    """The exit status: 0 the same, 1 different, 2 other boxes or layers."""
    return _ORDER.index(verdict(pairs))
