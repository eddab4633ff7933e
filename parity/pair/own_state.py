"""What an optimiser keeps for itself, for no one variable: powers of beta, what a schedule saw."""

import re
from typing import NamedTuple


class Row(NamedTuple):
    """A pair: a variable of TensorFlow 1, and a name among an optimiser's own in the port."""

    reference: str
    optimizer: int
    name: str


def _plain(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


def pair(updates, optimizers, partners, left):
    """The `Row`s of all that has the same name on both sides but for punctuation.

    Keras's own optimisers keep none: they take the powers of beta from their counter.

    Args:
      updates: `[{"variable", "slots": {role: variable}}]` of the reference.
      optimizers: `[{"trained": [path], "own": [name]}]` of the port.
      partners: `{port path: variable of the reference}`.
      left: names of the reference's variables that have no partner.
    """
    slots = {update["variable"]: update["slots"] for update in updates}
    rows, left = [], list(left)
    for number, optimizer in enumerate(optimizers):
        trained = [partners[path] for path in optimizer["trained"] if path in partners]
        roles = {_plain(role): name for variable in trained
                 for role, name in slots.get(variable, {}).items()}
        for own in optimizer["own"]:
            # Optimisers come in the order of the updates, so the first that is left is this one's.
            others = [name for name in left if _plain(name).endswith(_plain(own))]
            if _plain(own) in roles:
                rows.append(Row(roles[_plain(own)], number, own))
            elif others:
                left.remove(others[0])
                rows.append(Row(others[0], number, own))
    return rows
