"""Mapping of a pair: variables, inputs, slots and optimisers of one side to those of the other."""

import math
from typing import NamedTuple

from parity.pair import inputs
from parity.pair import joins
from parity.pair import own_state
from parity.pair import slots
from parity.pair import variables

class Mapping(NamedTuple):
    """Mapping of the reference to the port.

    Attributes:
      reference, port: descriptions by the recorders.
      variables: the `parity.pair.rows.Pairing` of variables.
      inputs: `parity.pair.inputs.Row`s.
      labels: names of the reference's inputs that the model does not take.
      slots: `parity.pair.slots.Row`s.
      optimizers: `{port path: number of the optimiser that trains it}`.
      own: `parity.pair.own_state.Row`s.
      joins: `{joined name: names of the parts}` of variables that are one in the port.
      turn: number of the order in which the reference's racing accesses fit the port, see
        `parity.reference.port_order`.
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
    turn: int = 0


def mapping(reference, port, names=None):
    """Pairs two descriptions.

    Args:
      reference, port: descriptions by the recorders.
      names: a `parity.pair.overrides.Names` that overrides the pairing of variables, or None.

    Returns:
      The `Mapping`.
    """
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
    """Names of the reference's variables and slots that the port holds in several variables."""
    theirs = {entry["name"]: _size(entry["shape"]) for entry in found.reference["variables"]}
    ours = {entry["path"]: _size(entry["shape"]) for entry in found.port["variables"]}
    parts = {row.reference for row in found.variables.rows
             if theirs[row.reference] != ours[row.port] or row.reference in found.joins}
    parts |= {slot.reference for slot in found.slots if slot.variable in parts}
    return {part for name in parts for part in found.joins.get(name, [name])}


def _size(shape):
    """Number of entries of a variable; None where its shape is not known."""
    return None if shape is None or None in shape else math.prod(shape)
