"""Pairs of variables, and what has no partner."""

from typing import NamedTuple

from parity.pair import transforms


class Row(NamedTuple):
    """A pair of variables.

    Attributes:
      reference: name in TensorFlow 1.
      port: path in the port.
      transform: the `Transform` from the one to the other.
      reason: "names file", "name", "kind, shape and order of use", or that exchanging it made the
        forward pass agree.
      ambiguous: how many others of the reference would have fitted as well.
    """

    reference: str
    port: str
    transform: transforms.Transform
    reason: str
    ambiguous: int = 0


class Pairing(NamedTuple):
    """Pairs, and what has no partner: entries of the descriptions.

    Attributes:
      rows: `Row`s.
      reference_only, port_only: entries of what is left.
      mismatched: (entry of the reference, entry of the port) that a names file pairs though their
        shapes are others; both are among what is left, too.
    """

    rows: list
    reference_only: list
    port_only: list
    mismatched: tuple = ()

    def lacks_trained(self):
        """Variables that are trained on one side and have no partner.

        What TensorFlow 1 calls trainable is not, where no operation but an optimiser's uses it,
        as Keras 2's learning rate, or where it counts.
        """
        return [entry for entry in self.reference_only + self.port_only if entry["trainable"]
                and "float" in entry.get("dtype", "float32")
                and (entry.get("kind") != "state" or entry["optimizer"] is not None)]
