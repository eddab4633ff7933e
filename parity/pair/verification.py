"""Verifies a port against a captured program: both sides recorded, paired, judged."""

import os
import platform
import subprocess
import sys
from typing import NamedTuple

import numpy as np

from parity import capture
from parity import command_line
from parity import differences
from parity import findings
from parity.pair import inputs
from parity.pair import judgement
from parity.pair import slots
from parity.pair import variables
from parity.reference import staging
from parity.workers import Recorder, RecorderError

RESYNC_STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 200)
DTYPES = ("float32", "float64")
# What a port draws in the place of a random operation of TensorFlow.
_DRAWS = {"RandomUniform": "uniform", "RandomStandardNormal": "normal",
          "TruncatedNormal": "truncated_normal"}


class Asked(NamedTuple):
    """What is verified.

    Attributes:
      program: the folder of a capture, or a program that is captured first.
      port: "file.py:function" or "module:function".
      steps: how many are compared at most.
      python: interpreter with the real TensorFlow 1 for the reference; "": this one.
    """

    program: str
    port: str
    steps: int | None = None
    python: str = ""


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
    trained = {path: number for number, optimizer in enumerate(port["optimizers"])
               for path in optimizer["trained"]}
    scopes = list(dict.fromkeys(update["scope"] for update in reference["updates"]))
    theirs = {update["variable"]: scopes.index(update["scope"])
              for update in reference["updates"]}
    paired = variables.pair(
        [dict(entry, optimizer=theirs.get(entry["name"])) for entry in reference["variables"]],
        [dict(entry, optimizer=trained.get(entry["path"])) for entry in port["variables"]])
    rows, labels = inputs.pair(reference["inputs"], port["inputs"])
    return Mapping(reference, port, paired, rows, labels,
                   slots.pair(reference["updates"], paired.rows), trained)


def verify(asked, folder, progress):
    """The `Result` of a port.

    Args:
      asked: an `Asked`.
      folder: an empty folder for traces.
      progress: function that shows a line.
    """
    captured = _captured(asked, folder, progress)
    with _reference_recorder(asked, folder) as reference:
        progress(f"reading {asked.program}")
        example = os.path.join(folder, "example.npz")
        described = reference("describe", captured=captured, example=example)
        sides = {}
        for dtype in DTYPES:
            with Recorder("parity.port.recorder") as port:
                found = mapping(described, _described(asked, dtype, port, example))
                structure = list(_structure(found))
                if any(finding.verdict == differences.DIFFERENT for finding in structure):
                    first = next(finding for finding in structure
                                 if finding.verdict == differences.DIFFERENT)
                    return findings.Result(asked.port, structure, first.note, {}, {},
                                           _headers(asked, found), {})
                progress(f"recording {asked.port} in {dtype}")
                sides[dtype] = _recorded(asked, captured, dtype, found, reference, port, folder)
    result = judgement.judge(asked.port, sides["float32"], sides["float64"],
                             structure + list(_uncompared(found)), _headers(asked, found))
    return result._replace(sources=_sources(found, result.first_difference))


def _described(asked, dtype, port, example):
    """The description of a port, stepped once if it makes variables or optimisers on its way."""
    found = port("describe", program=asked.port, dtype=dtype)
    if found["variables"] and all(optimizer["built"] for optimizer in found["optimizers"]):
        return found
    return port("describe", program=asked.port, dtype=dtype, example=example)


def _captured(asked, folder, progress):
    """The folder of the capture; the program is captured into `folder` if it is none."""
    if os.path.isfile(os.path.join(asked.program, "capture.json")):
        return os.path.abspath(asked.program)
    if os.path.isdir(asked.program) and not os.path.isfile(
            os.path.join(asked.program, "saved_model.pb")):
        raise command_line.UsageError(f"--legacy={asked.program}: expected a capture or a "
                                      "program, received a folder without capture.json")
    progress(f"capturing {asked.program}")
    out = os.path.join(folder, "captured")
    ended = subprocess.run(
        [asked.python or sys.executable, capture.__file__, f"--steps={asked.steps or 20}",
         f"--out={out}", "--", asked.program], stderr=subprocess.PIPE, text=True)
    if ended.returncode:
        line = (ended.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        raise (command_line.UsageError if ended.returncode == command_line.EXIT_USAGE
               else RecorderError)(f"--legacy={asked.program}: {line}")
    return out


def _reference_recorder(asked, folder):
    if not asked.python:
        return Recorder("parity.reference.recorder")
    staged = os.path.join(folder, "staged")
    staging.stage([], staged)
    return Recorder("parity.reference.recorder", asked.python, staged)


def _sources(found, first):
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


def _headers(asked, found):
    """What ran, for the reports: `{dtype: {"legacy", "modern"}}`."""
    versions = dict(found.reference["versions"])
    sides = {"legacy": {"program": " ".join(found.reference["program"]),
                        "interpreter": "captured on python " + versions.pop("python", "?"),
                        "versions": versions, "threads": 1},
             "modern": {"program": asked.port, "versions": {"keras": found.port["keras"]},
                        "interpreter": "python " + platform.python_version(), "threads": 1}}
    return {dtype: sides for dtype in DTYPES}


def _structure(found):
    """Findings of rung 1: every variable that is trained has a partner."""
    for entry in found.variables.lacks_trained():
        side = "the reference" if "name" in entry else "the port"
        name = entry.get("name") or entry.get("path")
        for dtype in DTYPES:
            yield findings.Finding(
                1, dtype, name, differences.DIFFERENT,
                note=f"only in {side}, with the shape {entry['shape']}")
    for row in found.variables.rows:
        for dtype in DTYPES:
            yield findings.Finding(1, dtype, row.port, differences.IDENTICAL, note=(
                f"{row.reference}, by {row.reason}"
                + (f", {row.transform.name}" if row.transform.name else "")))


def _uncompared(found):
    """Findings of rung 7 that nothing was compared: state and slots without a partner.

    Counters and averages of weights need none, so that this is no difference; but it is said.
    """
    paired = {row.reference for row in found.slots}
    trained = {row.reference for row in found.variables.rows}
    names = [entry["name"] for entry in found.variables.reference_only]
    names += [name for update in found.reference["updates"] if update["variable"] in trained
              for role, name in update["slots"].items()
              if name not in paired and not role.endswith("_power")]
    for name in dict.fromkeys(names):
        for dtype in DTYPES:
            yield findings.Finding(7, dtype, name, differences.NOT_RUN,
                                   note="no partner in the port")


def uncompared_line(result):
    """One line that names what was not compared; "" if there is nothing of that kind."""
    names = list(dict.fromkeys(finding.tensor for finding in result.findings
                               if finding.verdict == differences.NOT_RUN))
    if not names:
        return ""
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"  not compared, for want of a partner: {', '.join(names[:3])}{rest}"


def _recorded(asked, captured, dtype, found, reference, port, folder):
    """The `Sides` of one precision."""
    count = min(asked.steps or found.reference["steps"], found.reference["steps"])
    steps = [step for step in RESYNC_STEPS if step < count]
    theirs = os.path.join(folder, f"reference-{dtype}.npz")
    answer = reference("steps", captured=captured, dtype=dtype, steps=steps, out=theirs)
    given, ours = (os.path.join(folder, f"{name}-{dtype}.npz") for name in ("given", "port"))
    with np.load(theirs, allow_pickle=False) as trace:
        np.savez(given, **dict(_given(trace, found, steps)))
    port("steps", program=asked.port, dtype=dtype, steps=steps, states=given, inputs=given,
         out=ours, labels=[_plain(name) for name in found.labels], draws={
             step: [_DRAWS.get(kind, kind) for phase in phases for kind in phase]
             for step, phases in answer["draws"].items()})
    return judgement.Sides(np.load(theirs, allow_pickle=False), np.load(ours, allow_pickle=False),
                           found.variables, found.slots, steps, found.optimizers,
                           [update["variable"] for update in found.reference["updates"]])


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
            number = found.optimizers.get(slot.port)
            if number is not None and slot.role in found.port["optimizers"][number]["roles"]:
                yield f"slot/{step}/{number}/{slot.port}/{slot.role}", value
        for number in set(found.optimizers.values()):
            yield f"iterations/{step}/{number}", np.int64(_iterations(trace, found, step))
        for name in trace.files:
            kind, at, rest = (name.split("/", 2) + [""])[:3]
            phase, _, tensor = rest.partition("/")
            if kind == "input" and at == str(step):
                yield f"input/{step}/{phase}/{names.get(tensor, _plain(tensor))}", trace[name]
        drawn = sorted((int(name.split("/")[2]), int(name.split("/")[3]), name)
                       for name in trace.files if name.startswith(f"draw/{step}/"))
        for number, (_, _, name) in enumerate(drawn):
            yield f"draw/{step}/{number}", trace[name]


def _plain(tensor):
    """An input as a port's batch calls it: the name of the operation that gives it."""
    return tensor[:-2] if tensor.endswith(":0") else tensor


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
