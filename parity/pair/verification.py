"""Verifies a port against a captured program: both sides recorded, paired, judged."""

import os
import platform

import numpy as np

from parity import differences
from parity import findings
from parity.common import arrays
from parity.pair import captures
from parity.pair import forward
from parity.pair import given
from parity.pair import judgement
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
        sides, made = {}, []
        if described["forward"]:
            progress(f"replaying {asked.program}")
            made += forward.replayed(reference("replay", captured=captured))
        for dtype in DTYPES:
            with Recorder("parity.port.recorder") as port:
                found = mapping(*_both_described(asked, dtype, described, port, example))
                made = [each for each in made if each.rung == 0] + list(structure(found))
                apart = [each for each in made if each.verdict == differences.DIFFERENT]
                if apart:
                    return findings.Result(asked.port, made, apart[0].note, {}, {},
                                           _headers(asked, found), {})
                progress(f"recording {asked.port} in {dtype}")
                sides[dtype] = _recorded(asked, captured, dtype, found, reference, port, folder)
    made += list(uncompared(found)) + (forward.untrained() if described["forward"] else [])
    result = judgement.judge(asked.port, sides["float32"], sides["float64"], made,
                             _headers(asked, found),
                             forward.JUDGED if described["forward"] else judgement.TRAINED)
    return result._replace(sources=sources(found, result.first_difference))


def _both_described(asked, dtype, reference, port, example):
    """`(reference, port)`, the descriptions of both sides."""
    found = _described(asked, dtype, port, example, reference["forward"])
    return forward.alike(reference, found) if reference["forward"] else (reference, found)


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


def _recorded(asked, captured, dtype, found, reference, port, folder):
    """The `Sides` of one precision."""
    count = min(asked.steps or found.reference["steps"], found.reference["steps"])
    steps = [step for step in RESYNC_STEPS if step < count]
    theirs = os.path.join(folder, f"reference-{dtype}.npz")
    answer = reference("steps", captured=captured, dtype=dtype, steps=steps, out=theirs,
                       split=sorted(split(found)))
    start, ours = (os.path.join(folder, f"{name}-{dtype}.npz") for name in ("given", "port"))
    with np.load(theirs, allow_pickle=False) as trace, arrays.Writer(start) as write:
        for name, value in given.arrays(trace, found, steps):
            write(name, value)
    only_forward = found.reference["forward"]
    port("forward" if only_forward else "steps", program=asked.port, dtype=dtype, steps=steps,
         states=start, inputs=start, out=ours, forward=only_forward,
         labels=[] if only_forward else [given.plain(name) for name in found.labels], draws={
             step: [_DRAWS.get(kind, kind) for phase in phases for kind in phase]
             for step, phases in answer["draws"].items()})
    return judgement.Sides(np.load(theirs, allow_pickle=False), np.load(ours, allow_pickle=False),
                           found.variables, found.slots, steps, found.optimizers,
                           [update["variable"] for update in found.reference["updates"]],
                           found.own)
