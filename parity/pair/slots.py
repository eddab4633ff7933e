"""Slots: which of a port's optimiser stands for which of TensorFlow 1's, and in what units."""

from typing import NamedTuple

# {kind in TensorFlow 1: {its role: the port's role}}
_ROLES = {
    "Adam": {"m": "m", "v": "v"},
    "Momentum": {"accum": "momentum"},
    "Nesterov momentum": {"accum": "momentum"},
    "RMSProp": {"ms": "mean_square", "mom": "momentum"},
    "centered RMSProp": {"ms": "mean_square", "mom": "momentum", "mg": "mean_gradient"},
    "Adagrad": {"accum": "accumulator"},
}
# Keras accumulates -rate times the gradient where TensorFlow 1 accumulates the gradient.
_HOLDS_RATE = ("Momentum", "Nesterov momentum")


class Row(NamedTuple):
    """A pair of slots.

    Attributes:
      reference: name of the slot's variable in TensorFlow 1.
      variable: name of the variable that it belongs to.
      port: path of the variable in the port.
      role: the port's role.
      holds_rate: whether the port's slot is the reference's times minus the learning rate.
    """

    reference: str
    variable: str
    port: str
    role: str
    holds_rate: bool


def pair(updates, rows):
    """The `Row`s of all slots whose variable has a partner.

    Args:
      updates: `[{"variable", "kind", "slots": {role: variable}}]`.
      rows: the pairs of variables, `parity.pair.variables.Row`s.
    """
    partners = {}
    for row in rows:
        partners.setdefault(row.reference, []).append(row.port)
    return [Row(name, update["variable"], path, _ROLES[update["kind"]][role],
                update["kind"] in _HOLDS_RATE)
            for update in updates for role, name in update["slots"].items()
            if role in _ROLES.get(update["kind"], {})
            for path in partners.get(update["variable"], [])]
