"""Pairs the slots of TensorFlow 1's optimisers with those of the port's, and their units."""

import re
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
# {role in Keras's Adam: role in a hand-written one}
_WRITTEN_ROLES = {"momentum": "m", "velocity": "v"}
# Keras accumulates -rate times the gradient where TensorFlow 1 accumulates the gradient.
_HOLDS_RATE = ("Momentum", "Nesterov momentum")


class Row(NamedTuple):
    """A pair of slots.

    Attributes:
      reference: name of the slot's variable in TensorFlow 1.
      variable: name of the variable that the slot belongs to.
      port: path of that variable in the port.
      role: name of the slot in the port's optimiser.
      holds_rate: True where the port's slot is the reference's times minus the learning rate.
      idle: True where the reference's momentum is 0, so that a port needs no such slot.
    """

    reference: str
    variable: str
    port: str
    role: str
    holds_rate: bool
    idle: bool = False

    def layout(self, transform):
        """(function into the port's layout, its inverse); an average has the layout of values."""
        if self.role == "average":
            return transform.state, transform.put_state
        return transform.change, transform.put_change


def is_held(found, slot):
    """True where the port's optimiser has a slot of a `Mapping`."""
    number = found.optimizers.get(slot.port)
    return number is not None and slot.role in found.port["optimizers"][number]["roles"]


def pair(updates, rows, optimizers, states=()):
    """`Row`s of all slots whose variable has a partner.

    Args:
      updates: `[{"variable", "kind", "slots": {role: variable}, "constants"}]`.
      rows: the pairs of variables, `parity.pair.variables.Row`s.
      optimizers: `[{"trained": [path], "stock", "roles"}]` of the port.
      states: names of the reference's variables that have no partner.
    """
    found = []
    owners = {path: optimizer for optimizer in optimizers for path in optimizer["trained"]}
    for update in updates:
        for row in rows:
            if row.reference == update["variable"]:
                optimizer = owners.get(row.port, {"stock": None, "roles": []})
                found += (_known(update, row.port, optimizer) + _average(
                    update, row.port, optimizer, states) if update["kind"] in _ROLES
                          else _written(update, row.port, optimizer, states))
    return found


def _known(update, path, optimizer):
    """`Row`s of a TensorFlow 1 optimiser's slots, paired by role.

    Only Keras's own SGD holds the rate in its momentum: an author's may keep it as TensorFlow 1.
    """
    return [Row(name, update["variable"], path, _ROLES[update["kind"]][role],
                update["kind"] in _HOLDS_RATE and optimizer["stock"] == "SGD",
                _is_idle(update, role))
            for role, name in update["slots"].items() if role in _ROLES[update["kind"]]]


def _average(update, path, optimizer, states):
    """[`Row` of a variable's moving average], where the port's optimiser keeps one; else []."""
    name = update["variable"] + "/ExponentialMovingAverage"
    return [Row(name, update["variable"], path, "average", False)
            ] if name in states and "average" in optimizer["roles"] else []


def _written(update, path, optimizer, states):
    """`Row`s of slots of a hand-written rule, by roles or in order; [] if numbers differ.

    Where names tell no roles, both sides have created the slots in the order of the rule.
    """
    of_variable = re.compile(r"(.*/)?" + re.escape(update["variable"]) + r"/[^/]+?(_(\d+))?$")
    known = list(update["slots"].values())
    matches = filter(None, map(of_variable.match, dict.fromkeys(known + list(states))))
    names = [match.group() for match in sorted(
        matches, key=lambda match: int(match.group(3) or 0))]
    roles = optimizer["roles"]
    if len(names) != len(roles) or not set(known) <= set(names):
        return []
    told = {name: role for role, name in update["slots"].items()}
    by_role = [[name for name in names if _plays(role, told.get(name, ""), name)]
               for role in roles]
    if sorted(name for found in by_role for name in found) == sorted(names) and all(by_role):
        names = [name for found in by_role for name in found]
    return [Row(name, update["variable"], path, role, False) for name, role in zip(names, roles)]


def _plays(role, told, name):
    """True where a slot has a port's role: as the rule tells, or as the end of its name."""
    return _WRITTEN_ROLES.get(role, role) in (told, name.rpartition("/")[2].rpartition("_")[2])


def _is_idle(update, role):
    """True where a slot holds the momentum of an optimiser whose momentum is 0."""
    return _ROLES[update["kind"]][role] == "momentum" and (
        update.get("constants", {}).get("momentum") == 0)
