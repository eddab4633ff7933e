"""Verifies a port against a captured program: both sides recorded, paired, judged."""

import os
from typing import NamedTuple

import numpy as np

from parity import differences
from parity import findings
from parity.pair import inputs
from parity.pair import judgement
from parity.pair import slots
from parity.pair import variables
from parity.workers import Recorder

RESYNC_STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 200)
DTYPES = ("float32", "float64")


class Asked(NamedTuple):
    """What is verified: the folder of a capture, "file:function" of the port, steps at most."""

    captured: str
    port: str
    steps: int | None = None


class Mapping(NamedTuple):
    """How the two sides belong together.

    Attributes:
      reference, port: what the recorders describe.
      variables: a `parity.pair.variables.Pairing`.
      inputs: `parity.pair.inputs.Row`s; labels: the reference's tensors that are left.
      slots: `parity.pair.slots.Row`s.
      optimizers: `{port path: number of the optimiser that trains it}`.
    """

    reference: dict
    port: dict
    variables: variables.Pairing
    inputs: list
    labels: list
    slots: list
    optimizers: dict


def mapping(reference, port):
    """The `Mapping` of two descriptions."""
    paired = variables.pair(reference["variables"], port["variables"])
    rows, labels = inputs.pair(reference["inputs"], port["inputs"])
    trained = {path: number for number, optimizer in enumerate(port["optimizers"])
               for path in optimizer["trained"]}
    return Mapping(reference, port, paired, rows, labels,
                   slots.pair(reference["updates"], paired.rows), trained)


def verify(asked, folder, progress):
    """The `Result` of a port.

    Args:
      asked: an `Asked`.
      folder: an empty folder for traces.
      progress: function that shows a line.
    """
    with Recorder("parity.reference.recorder") as reference:
        progress(f"reading {asked.captured}")
        described = reference("describe", captured=os.path.abspath(asked.captured))
        sides = {}
        for dtype in DTYPES:
            with Recorder("parity.port.recorder") as port:
                found = mapping(described, port("describe", program=asked.port, dtype=dtype))
                structure = list(_structure(found))
                if any(finding.verdict == differences.DIFFERENT for finding in structure):
                    return findings.Result(asked.port, structure, "", {}, {},
                                           {dtype: {} for dtype in DTYPES}, {})
                progress(f"recording {asked.port} in {dtype}")
                sides[dtype] = _recorded(asked, dtype, found, reference, port, folder)
    return judgement.judge(asked.port, sides["float32"], sides["float64"], structure)


def _structure(found):
    """Findings of rung 1: every variable that is trained has a partner."""
    for entry in found.variables.lacks_trained():
        side = "the reference" if "name" in entry else "the port"
        name = entry.get("name") or entry.get("path")
        for dtype in DTYPES:
            yield findings.Finding(
                1, dtype, name, differences.DIFFERENT, float("inf"),
                f"only in {side}, with the shape {entry['shape']}")
    for row in found.variables.rows:
        for dtype in DTYPES:
            yield findings.Finding(1, dtype, row.port, differences.IDENTICAL, note=(
                f"{row.reference}, by {row.reason}"
                + (f", {row.transform.name}" if row.transform.name else "")))


def _recorded(asked, dtype, found, reference, port, folder):
    """The `Sides` of one precision."""
    count = min(asked.steps or found.reference["steps"], found.reference["steps"])
    steps = [step for step in RESYNC_STEPS if step < count]
    theirs = os.path.join(folder, f"reference-{dtype}.npz")
    answer = reference("steps", captured=os.path.abspath(asked.captured), dtype=dtype,
                       steps=steps, out=theirs)
    given, ours = (os.path.join(folder, f"{name}-{dtype}.npz") for name in ("given", "port"))
    with np.load(theirs, allow_pickle=False) as trace:
        np.savez(given, **dict(_given(trace, found, steps)))
    port("steps", program=asked.port, dtype=dtype, steps=steps, given=given, out=ours,
         labels=found.labels, draws=answer["draws"])
    return judgement.Sides(np.load(theirs, allow_pickle=False), np.load(ours, allow_pickle=False),
                           found.variables, found.slots, steps, found.optimizers)


def _given(trace, found, steps):
    """`(name, array)` of all that the port starts its steps from, in its own layout."""
    names = {row.reference: row.port for row in found.inputs}
    for step in steps:
        for row in found.variables.rows:
            yield (f"state/{step}/{row.port}",
                   row.transform.state(trace[f"before/{step}/{row.reference}"]))
        transform = {row.port: row.transform for row in found.variables.rows}
        for slot in found.slots:
            value = transform[slot.port].change(trace[f"before/{step}/{slot.reference}"])
            if slot.holds_rate:
                value = -value * np.asarray(
                    judgement.rate_of(trace, step, slot.variable), value.dtype)
            yield f"slot/{step}/{found.optimizers[slot.port]}/{slot.port}/{slot.role}", value
        for number in set(found.optimizers.values()):
            yield f"iterations/{step}/{number}", np.int64(_iterations(trace, found, step))
        for name in trace.files:
            kind, at, rest = (name.split("/", 2) + [""])[:3]
            if kind in ("input", "draw") and at == str(step):
                phase, _, tensor = rest.partition("/")
                yield f"{kind}/{step}/{phase}/{names.get(tensor, tensor)}", trace[name]


def _iterations(trace, found, step):
    """How many updates an optimiser has made before a step: what TensorFlow 1 counts."""
    for entry in found.reference["variables"]:
        if entry["name"].rpartition("/")[2] == "global_step":
            return int(trace[f"before/{step}/{entry['name']}"])
    for update in found.reference["updates"]:
        if "beta1_power" in update["slots"] and "beta1" in update["constants"]:
            power = float(trace[f"before/{step}/{update['slots']['beta1_power']}"])
            return int(round(np.log(power) / np.log(update["constants"]["beta1"]))) - 1
    return step
