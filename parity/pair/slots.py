"""Slots: which of a port's optimiser stands for which of TensorFlow 1's, and in what units."""

from typing import NamedTuple

# {kind in TensorFlow 1: {its role: the port's role}}
_ROLES = {
    "Adam": {"m": "m", "v": "v"},
    "Momentum": {"accum": "momentum"},
    "Nesterov momentum": {"accum": "momentum"},
    "Momentum that accumulates the rate": {"accum": "momentum"},
    "RMSProp": {"ms": "mean_square", "mom": "momentum"},
    "centered RMSProp": {"ms": "mean_square", "mom": "momentum", "mg": "mean_gradient"},
    "Adagrad": {"accum": "accumulator"},
    "Adadelta": {"accum": "accumulator", "accum_update": "accumulator_update"},
    "Ftrl": {"accum": "accumulator", "linear": "linear"},
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
      idle: whether the reference's momentum is 0, so that a port needs no such slot.
    """

    reference: str
    variable: str
    port: str
    role: str
    holds_rate: bool
    idle: bool = False


def pair(updates, rows):
    """The `Row`s of all slots whose variable has a partner.

    Args:
      updates: `[{"variable", "kind", "slots": {role: variable}, "constants"}]`.
      rows: the pairs of variables, `parity.pair.variables.Row`s.
    """
    partners = {}
    for row in rows:
        partners.setdefault(row.reference, []).append(row.port)
    return [Row(name, update["variable"], path, _ROLES[update["kind"]][role],
                update["kind"] in _HOLDS_RATE, _is_idle(update, role))
            for update in updates for role, name in update["slots"].items()
            if role in _ROLES.get(update["kind"], {})
            for path in partners.get(update["variable"], [])]


def _is_idle(update, role):
    """Whether a slot holds momentum of an optimiser whose momentum is 0: the last change alone."""
    return _ROLES[update["kind"]][role] == "momentum" and (
        update.get("constants", {}).get("momentum") == 0)
