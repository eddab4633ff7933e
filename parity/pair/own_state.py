"""Pairs the state that an optimiser keeps beside its slots: beta powers, state of a schedule."""

import re
from typing import NamedTuple


class Row(NamedTuple):
    """A variable of TensorFlow 1, the number of the port's optimiser, and the name of its state."""

    reference: str
    optimizer: int
    name: str


def _plain(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


def pair(updates, optimizers, partners, left):
    """`Row`s of optimiser state that has the same name on both sides but for punctuation.

    Keras's own optimisers keep none: they compute the beta powers from their counter.

    Args:
      updates: `[{"variable", "scope", "slots": {role: variable}}]` of the reference.
      optimizers: `[{"trained": [path], "own": [name]}]` of the port.
      partners: `{port path: variable of the reference}`.
      left: names of the reference's variables that have no partner.
    """
    by_variable = {update["variable"]: update for update in updates}
    rows, left = [], list(left)
    for number, optimizer in enumerate(optimizers):
        trained = [by_variable[partners[path]] for path in optimizer["trained"]
                   if partners.get(path) in by_variable]
        roles = {_plain(role): name for update in trained
                 for role, name in update["slots"].items()}
        for own in optimizer["own"]:
            others = [name for name in left if _plain(name).endswith(_plain(own))]
            if _plain(own) in roles:
                rows.append(Row(roles[_plain(own)], number, own))
            elif others and trained:
                nearest = max(others, key=lambda name: _shared(name, trained[0]["scope"]))
                left.remove(nearest)
                rows.append(Row(nearest, number, own))
    return rows


def _shared(name, scope):
    """Number of parts that a name and a scope share, ignoring the scope's numbers."""
    return len({re.sub(r"_\d+$", "", part) for part in scope.split("/")} & set(name.split("/")))
