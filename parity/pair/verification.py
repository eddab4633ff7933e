"""Verifies a port against a captured program: both sides recorded, paired, judged."""

import os
import platform

import numpy as np

from parity import differences
from parity import findings
from parity.common import arrays
from parity.pair import captures
from parity.pair import exchanges
from parity.pair import forward
from parity.pair import given
from parity.pair import joins
from parity.pair import judgement
from parity.pair import movement
from parity.pair import noted
from parity.pair.mapping import DTYPES, mapping, sources, split, structure, uncompared
from parity.workers import Recorder

RESYNC_STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 200)
# What a port draws in the place of a random operation of TensorFlow.
_DRAWS = {"RandomUniform": "uniform", "RandomStandardNormal": "normal",
          "TruncatedNormal": "truncated_normal"}


def verify(asked, folder, progress):
    """The `Result` of a port.

    Args:
      asked: an `Asked`.
      folder: an empty folder for traces.
      progress: function that shows a line.
    """
    captured = captures.captured(asked, folder, progress)
    with captures.recorder(asked, folder) as reference:
        progress(f"reading {asked.program}")
        example = os.path.join(folder, "example.npz")
        described = reference("describe", captured=captured, example=example)
        sides, made, exchanged, notes = {}, [], [], {}
        kind = forward.JUDGED if described["forward"] else judgement.TRAINED
        if described["forward"]:
            progress(f"replaying {asked.program}")
            made += forward.replayed(reference("replay", captured=captured))
        for dtype in reversed(DTYPES):  # exchanges are decided in float64
            with Recorder("parity.port.recorder") as port:
                found = mapped(asked, dtype, described, port, example)
                if exchanged:
                    found = exchanges.with_rows(found, exchanged)
                made = [each for each in made if each.rung == 0] + list(structure(found))
                apart = [each for each in made if each.verdict == differences.DIFFERENT]
                if apart:
                    return findings.Result(asked.port, made, apart[0].note, {}, {},
                                           _headers(asked, found), {})
                progress(f"recording {asked.port} in {dtype}")
                run = _Run(asked, dtype, port, folder)
                run.take_reference(reference, captured, found)
                sides[dtype] = run.sides(found)
                if dtype == "float64":
                    settled = exchanges.settled(found, sides[dtype], run.first_step, kind.compared)
                    if settled is not found:
                        found, exchanged = settled, settled.variables.rows
                        sides[dtype] = run.sides(found)
                notes[dtype] = run.notes
    made += list(uncompared(found)) + (forward.untrained() if described["forward"] else [])
    result = noted.told(judgement.judge(
        asked.port, sides["float32"], sides["float64"], made + list(movement.found(sides)),
        _headers(asked, found), kind), notes)
    return result._replace(sources=sources(found, result.first_difference))


def mapped(asked, dtype, reference, port, example):
    """The `Mapping` of a reference's description and a port's recorder."""
    found = _described(asked, dtype, port, example, reference["forward"])
    both = forward.alike(reference, found) if reference["forward"] else (reference, found)
    return mapping(*both, asked.names)


def _described(asked, dtype, port, example, only_forward):
    """The description of a port, stepped once if it makes variables or optimisers on its way."""
    job = {"program": asked.port, "dtype": dtype, "forward": only_forward}
    found = port("describe", **job)
    if found["variables"] and all(optimizer["built"] for optimizer in found["optimizers"]):
        return found
    return port("describe", **job, example=example)


def _headers(asked, found):
    """What ran, for the reports: `{dtype: {"legacy", "modern"}}`."""
    versions = dict(found.reference["versions"])
    sides = {"legacy": {"program": " ".join(found.reference["program"]),
                        "interpreter": "captured on python " + versions.pop("python", "?"),
                        "versions": versions, "threads": 1},
             "modern": {"program": asked.port, "versions": {"keras": found.port["keras"]},
                        "interpreter": "python " + platform.python_version(), "threads": 1}}
    return {dtype: sides for dtype in DTYPES}


class _Run:
    """The steps of both sides in one precision.

    Args:
      asked: an `Asked`.
      dtype: the precision.
      port: the recorder of the port.
      folder: where traces are written.
    """

    def __init__(self, asked, dtype, port, folder):
        self._asked, self._dtype, self._port, self._folder = asked, dtype, port, folder
        self._theirs = os.path.join(folder, f"reference-{dtype}.npz")
        self._steps, self._draws, self.notes = [], {}, None

    def take_reference(self, reference, captured, found):
        """Records the reference by its recorder, for a `Mapping`."""
        count = min(self._asked.steps or found.reference["steps"], found.reference["steps"])
        self._steps = [step for step in RESYNC_STEPS if step < count]
        answer = reference("steps", captured=captured, dtype=self._dtype, steps=self._steps,
                           out=self._theirs, split=sorted(split(found)))
        self._draws = {step: [_DRAWS.get(kind, kind) for phase in phases for kind in phase]
                       for step, phases in answer["draws"].items()}

    def sides(self, found):
        """The `Sides` of all steps, the port's taken by a `Mapping`."""
        sides, answer = self._taken(found, self._steps, f"port-{self._dtype}.npz")
        self.notes = noted.of(answer, self._draws, found.reference["hidden"])
        return sides

    def first_step(self, found):
        """The `Sides` of the first step by another `Mapping`."""
        return self._taken(found, self._steps[:1], f"trial-{self._dtype}.npz")[0]

    def _taken(self, found, steps, name):
        """`(Sides, the port's notes)` of some steps."""
        start, ours = (os.path.join(self._folder, each)
                       for each in (f"given-{self._dtype}.npz", name))
        theirs = joins.Trace(np.load(self._theirs, allow_pickle=False), found.joins)
        with arrays.Writer(start) as write:
            for each, value in given.arrays(theirs, found, steps):
                write(each, value)
        forward_only = found.reference["forward"]
        answer = self._port(
            "forward" if forward_only else "steps", program=self._asked.port, dtype=self._dtype,
            steps=steps, states=start, inputs=start, out=ours, forward=forward_only,
            labels=[] if forward_only else [given.plain(label) for label in found.labels],
            draws={step: kinds for step, kinds in self._draws.items() if int(step) in steps})
        return judgement.Sides(theirs, np.load(ours, allow_pickle=False), found.variables,
                               found.slots, steps, found.optimizers,
                               [update["variable"] for update in found.reference["updates"]],
                               found.own), answer
