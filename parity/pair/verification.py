"""Verifies a port against a captured program: both sides recorded, paired, judged."""

import contextlib
import glob
import os
import platform

import numpy as np

from parity import differences
from parity import findings
from parity.common import arrays
from parity.pair import batches
from parity.pair import captures
from parity.pair import exchanges
from parity.pair import forward
from parity.pair import given
from parity.pair import inference
from parity.pair import inputs
from parity.pair import joins
from parity.pair import judgement
from parity.pair import movement
from parity.pair import noted
from parity.pair.mapping import mapping, sources, split, structure, uncompared
from parity.workers import Recorder, RecorderError

RESYNC_STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 200)
# What a port draws in the place of a random operation of TensorFlow.
_DRAWS = {"RandomUniform": "uniform", "RandomStandardNormal": "normal",
          "TruncatedNormal": "truncated_normal", "RandomUniformInt": "whole numbers",
          "Multinomial": "categorical"}


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
        fed = _fed(asked, described, folder)
        seen, made, moved, exchanged, notes = {}, [], [], [], {}
        verdict = judgement.verdict_alone if asked.float32_only else exchanges.in_float64
        kind = forward.JUDGED if described["forward"] else judgement.TRAINED
        if described["forward"]:
            progress(f"replaying {asked.program}")
            made += forward.replayed(reference("replay", captured=captured))
        for dtype in reversed(asked.dtypes):  # exchanges are decided in float64
            with Recorder("parity.port.recorder") as port, _Run(
                    asked, dtype, port, folder) as run:
                found = mapped(asked, dtype, described, port, example)
                if exchanged:
                    found = exchanges.with_rows(found, exchanged)
                made = [each for each in made if each.rung == 0] + list(structure(found))
                apart = [each for each in made if each.verdict == differences.DIFFERENT]
                if apart:
                    return findings.Result(asked.port, made, apart[0].note, {}, {},
                                           _headers(asked, found), {})
                progress(f"recording {asked.port} in {dtype}")
                run.take_reference(reference, captured, found, fed)
                sides = run.sides(found)
                if dtype == asked.dtypes[-1]:
                    settled = exchanges.settled(
                        found, sides, run.first_step, kind.compared, verdict)
                    if settled is not found:
                        found, exchanged = settled, settled.variables.rows
                        sides = run.sides(found)
                notes[dtype] = run.notes
                moved += movement.found({dtype: sides})
                seen[dtype] = judgement.seen(sides, dtype, kind)
                if dtype == asked.dtypes[-1] and kind is judgement.TRAINED:
                    rows, reason = run.inference(reference, captured, found, fed, sides)
                    seen[dtype].rows.extend(rows)
                    moved += [inference.not_run(dtype, reason)] if reason else []
    made += list(uncompared(found)) + (forward.untrained() if described["forward"] else [])
    made = [each for each in made + moved if each.dtype in asked.dtypes]
    result = noted.told(judgement.judge(asked.port, seen["float32"], seen.get("float64"), made,
                                        _headers(asked, found), kind), notes)
    return result._replace(sources=sources(found, result.first_difference))


def _fed(asked, described, folder):
    """The file of other batches that a capture is fed; "" where there are none."""
    if not asked.batches or not captures.is_capture(asked.program):
        return ""
    path = os.path.join(folder, "batches.npz")
    batches.written(asked.batches, described, asked.steps or described["steps"], path)
    return path


def mapped(asked, dtype, reference, port, example):
    """The `Mapping` of a reference's description and a port's recorder."""
    found = _described(asked, dtype, port, example, reference)
    both = forward.alike(reference, found) if reference["forward"] else (reference, found)
    return mapping(*both, asked.names)


def _described(asked, dtype, port, example, reference):
    """The description of a port, stepped once if it makes variables or optimisers on its way."""
    job = {"program": asked.port, "dtype": dtype, "forward": reference["forward"]}
    found = port("describe", **job)
    if found["variables"] and all(optimizer["built"] for optimizer in found["optimizers"]):
        return found
    labels = [given.plain(name) for name in inputs.pair(reference["inputs"], found["inputs"])[1]]
    return port("describe", **job, example=example, labels=labels)


def _headers(asked, found):
    """What ran, for the reports: `{dtype: {"legacy", "modern"}}`."""
    versions = dict(found.reference["versions"])
    sides = {"legacy": {"program": " ".join(found.reference["program"]),
                        "interpreter": "captured on python " + versions.pop("python", "?"),
                        "versions": versions, "threads": 1},
             "modern": {"program": asked.port, "versions": {"keras": found.port["keras"]},
                        "interpreter": "python " + platform.python_version(), "threads": 1}}
    return {dtype: sides for dtype in asked.dtypes}


class _Run:
    """The steps of both sides in one precision; use it in a `with`, which removes the traces.

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
        self._open = contextlib.ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        self._open.close()
        for path in glob.glob(os.path.join(glob.escape(self._folder), f"*-{self._dtype}.npz")):
            os.remove(path)

    def _read(self, path):
        return self._open.enter_context(np.load(path, allow_pickle=False))

    def take_reference(self, reference, captured, found, fed):
        """Records the reference by its recorder, for a `Mapping`; `fed`: a file of batches."""
        count = min(self._asked.steps or found.reference["steps"], found.reference["steps"])
        self._steps = [step for step in RESYNC_STEPS if step < count]
        answer = reference("steps", captured=captured, dtype=self._dtype, steps=self._steps,
                           out=self._theirs, batches=fed, split=sorted(split(found)),
                           alone=self._asked.float32_only)
        self._draws = {step: [_DRAWS.get(kind, kind) for phase in phases for kind in phase]
                       for step, phases in answer["draws"].items()}

    def sides(self, found):
        """The `Sides` of all steps, the port's taken by a `Mapping`."""
        sides, answer = self._taken(found, self._steps, f"port-{self._dtype}.npz")
        self.notes = noted.of(answer, self._draws, found.reference["hidden"])
        return sides

    def inference(self, reference, captured, found, fed, sides):
        """`(rows, "")` of the forward pass without training, or `([], why not)`."""
        if found.port["form"] == "object":
            return [], inference.OBJECT
        theirs, ours, start = (os.path.join(self._folder, f"{name}-{self._dtype}.npz")
                               for name in ("inferred", "called", "called-with"))
        reason = reference("infer", captured=captured, dtype=self._dtype, batches=fed, out=theirs)
        if reason:
            return [], reason
        with arrays.Writer(start) as write:
            for each, value in given.arrays(sides.reference, found, self._steps[:1]):
                write(each, value)
        try:
            self._call("forward", found, self._steps[:1], start, ours)
        except RecorderError as error:  # a loss may call the model in its own way
            return [], f"the port's model cannot be called with what the reference is fed: {error}"
        return inference.rows(sides, self._dtype, self._read(theirs), self._read(ours))

    def first_step(self, found):
        """The `Sides` of the first step by another `Mapping`."""
        return self._taken(found, self._steps[:1], f"trial-{self._dtype}.npz")[0]

    def _call(self, job, found, steps, start, out):
        """The answer of the port's recorder to a job that starts from the states of a file."""
        only_forward = found.reference["forward"]
        return self._port(
            job, program=self._asked.port, dtype=self._dtype, steps=steps, states=start,
            inputs=start, out=out, forward=only_forward,
            labels=[] if only_forward else [given.plain(label) for label in found.labels],
            draws={step: kinds for step, kinds in self._draws.items() if int(step) in steps})

    def _taken(self, found, steps, name):
        """`(Sides, the port's notes)` of some steps."""
        start, ours = (os.path.join(self._folder, each)
                       for each in (f"given-{self._dtype}.npz", name))
        theirs = joins.Trace(self._read(self._theirs), found.joins)
        with arrays.Writer(start) as write:
            for each, value in given.arrays(theirs, found, steps):
                write(each, value)
        answer = self._call("forward" if found.reference["forward"] else "steps", found, steps,
                            start, ours)
        os.remove(start)
        return judgement.Sides(theirs, self._read(ours), found.variables,
                               found.slots, steps, found.optimizers,
                               [update["variable"] for update in found.reference["updates"]],
                               found.own), answer
