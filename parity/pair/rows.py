"""Pairs of variables, and variables without a partner."""

from typing import NamedTuple

from parity.pair import transforms


class Row(NamedTuple):
    """A pair of variables.

    Attributes:
      reference: name in TensorFlow 1.
      port: path in the port.
      transform: the `Transform` from the one to the other.
      reason: "names file", "name", "kind, shape and order of use", or that an exchange made the
        forward pass agree.
      ambiguous: number of other variables of the reference that fit as well.
    """

    reference: str
    port: str
    transform: transforms.Transform
    reason: str
    ambiguous: int = 0


class Pairing(NamedTuple):
    """Pairs of variables, and variables without a partner.

    Attributes:
      rows: `Row`s of the pairs.
      reference_only, port_only: entries of the descriptions without a partner.
      mismatched: (entry of the reference, entry of the port) that a names file pairs though their
        shapes do not fit; both are also among those without a partner.
    """

    rows: list
    reference_only: list
    port_only: list
    mismatched: tuple = ()

    def lacks_trained(self):
        """Entries of variables that are trained on one side and have no partner.

        A variable that TensorFlow 1 calls trainable is not trained where only an optimiser uses it,
        as Keras 2's learning rate, or where it is a counter.
        """
        return [entry for entry in self.reference_only + self.port_only if entry["trainable"]
                and "float" in entry.get("dtype", "float32")
                and (entry.get("kind") != "state" or entry["optimizer"] is not None)]
