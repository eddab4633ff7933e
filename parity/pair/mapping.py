"""How the two sides of a pair belong together, and what that says of their structure."""

import math
from typing import NamedTuple

from parity import differences
from parity import findings
from parity.pair import inputs
from parity.pair import joins
from parity.pair import own_state
from parity.pair import slots
from parity.pair import unmatched
from parity.pair import variables

DTYPES = ("float32", "float64")
NO_PARTNER = "no partner in the port"


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


def structure(found):
    """Findings of rung 1: every variable that is trained has a partner."""
    for name, line in unmatched.said(found.variables):
        for dtype in DTYPES:
            yield findings.Finding(1, dtype, name, differences.DIFFERENT, note=line)
    for row in found.variables.rows:
        for dtype in DTYPES:
            yield findings.Finding(1, dtype, row.port, differences.IDENTICAL, note=(
                f"{row.reference} ({row.reason})"
                + (f", {row.transform.name}" if row.transform.name else "")))


def uncompared(found):
    """Findings of rung 7 that nothing was compared: state and slots without a partner.

    Counters and averages of weights need none, so that this is no difference; but it is said.
    """
    paired = {row.reference for row in found.slots + found.own}
    trained = {row.reference for row in found.variables.rows}
    names = [entry["name"] for entry in found.variables.reference_only
             if entry["name"] not in paired]
    names += [name for update in found.reference["updates"] if update["variable"] in trained
              for role, name in update["slots"].items()
              if name not in paired and not role.endswith("_power")]
    for name in dict.fromkeys(names):
        for dtype in DTYPES:
            yield findings.Finding(7, dtype, name, differences.NOT_RUN,
                                   note=NO_PARTNER)


def uncompared_line(result):
    """One line that names what was not compared; "" if there is nothing of that kind."""
    names = list(dict.fromkeys(finding.tensor for finding in result.findings
                               if finding.verdict == differences.NOT_RUN
                               and finding.note == NO_PARTNER))
    if not names:
        return ""
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"  not compared, for want of a partner: {', '.join(names[:3])}{rest}"


def sources(found, first):
    """`{"legacy", "modern"}`: the lines that make the tensor that departs first, where known."""
    if first is None:
        return {}
    path = first.tensor.partition("@")[0]
    theirs = [line for row in found.variables.rows if row.port == path
              for line in found.reference["sources"].get(row.reference, [])]
    ours = [entry.get("line", "") for entry in found.port["variables"] if entry["path"] == path]
    if first.rung >= 6 and path in found.optimizers:
        ours = [found.port["optimizers"][found.optimizers[path]].get("line", "")]
    return {"legacy": (theirs + [""])[0], "modern": (ours + [""])[0]}
