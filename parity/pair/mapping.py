"""How the two sides of a pair belong together."""

import math
from typing import NamedTuple

from parity.pair import inputs
from parity.pair import joins
from parity.pair import own_state
from parity.pair import slots
from parity.pair import variables

class Mapping(NamedTuple):
    """How the two sides belong together.

    Attributes:
      reference, port: what the recorders describe.
      variables: a `parity.pair.variables.Pairing`.
      inputs: `parity.pair.inputs.Row`s; labels: the reference's tensors that are left.
      slots: `parity.pair.slots.Row`s.
      optimizers: `{port path: number of the optimiser that trains it}`.
      own: `parity.pair.own_state.Row`s.
      joins: `{name: names of the parts}` of the reference's variables that are one in the port.
    """

    reference: dict
    port: dict
    variables: variables.Pairing
    inputs: list
    labels: list
    slots: list
    optimizers: dict
    own: list = []
    joins: dict = {}


def mapping(reference, port, names=None):
    """The `Mapping` of two descriptions; `names`: overrides, a `parity.pair.overrides.Names`."""
    reference, joined = joins.joined(reference, port)
    trained = {path: number for number, optimizer in enumerate(port["optimizers"])
               for path in optimizer["trained"]}
    scopes = list(dict.fromkeys(update["scope"] for update in reference["updates"]))
    theirs = {update["variable"]: scopes.index(update["scope"])
              for update in reference["updates"]}
    paired = variables.pair(
        [dict(entry, optimizer=theirs.get(entry["name"])) for entry in reference["variables"]],
        [dict(entry, optimizer=trained.get(entry["path"])) for entry in port["variables"]], names)
    rows, labels = inputs.pair(reference["inputs"], port["inputs"])
    states = [entry["name"] for entry in paired.reference_only]
    return Mapping(reference, port, paired, rows, labels,
                   slots.pair(reference["updates"], paired.rows, port["optimizers"], states),
                   trained, own_state.pair(
                       reference["updates"], port["optimizers"],
                       {row.port: row.reference for row in paired.rows}, states), joined)


def split(found):
    """Names of the reference's variables and slots of which a variable of the port is a part."""
    theirs = {entry["name"]: _size(entry["shape"]) for entry in found.reference["variables"]}
    ours = {entry["path"]: _size(entry["shape"]) for entry in found.port["variables"]}
    parts = {row.reference for row in found.variables.rows
             if theirs[row.reference] != ours[row.port] or row.reference in found.joins}
    parts |= {slot.reference for slot in found.slots if slot.variable in parts}
    return {part for name in parts for part in found.joins.get(name, [name])}


def _size(shape):
    """How many numbers a variable holds; None where its shape is not known."""
    return None if shape is None or None in shape else math.prod(shape)
