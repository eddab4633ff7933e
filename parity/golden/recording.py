"""Records the reference's steps from synthetic states and inputs."""

import collections
import contextlib
import os
from typing import NamedTuple

import numpy as np

from parity import command_line
from parity.common import arrays
from parity.golden import given as givens
from parity.golden import likeness
from parity.judge.sides import Sides
from parity.pair import captures
from parity.pair import joins
from parity.pair import preparation
from parity.pair.mapping import split

# The second step has slots that have moved from their start, and a rate before it.
STEPS = (0, 1)
SEED = 1
_NOT_FINITE = ("step {} was left out: from numbers that are drawn the reference is infinite or no "
               "number there")
_NOT_HELD = ("step {} was left out: the capture does not hold all that it takes, or something else "
             "than its calls changes variables before it")
_COMPUTED = ("after/", "gradient/", "loss/", "output/", "fetched/")


class Taken(NamedTuple):
    """The reference's steps in one precision.

    Attributes:
      path: path of the .npz that its recorder wrote.
      trace: mapping from names to arrays; those of the reference's variants are added to it.
      answer: {"draws", "unexercised"}, the recorder's answer.
    """

    path: str
    trace: collections.ChainMap
    answer: dict


class Recording:
    """The steps of a reference; use it in a `with`.

    Args:
      asked: a `PairConfig`.
      found: the `Mapping` of its pair.
      folder: the folder for arrays, in which a program was captured.
      recorder: the reference's recorder.

    Attributes:
      described: the answer of the recorder's job "describe".
      said: `{name of an array: its description}` of all start values and inputs of the steps.
      batches: `{"<step>/<tensor>": array}` of --batches.
      steps: numbers of the steps that are kept.
      left_out: sentences on the steps that are not.
      taken: `{dtype: Taken}`.

    Raises:
      UsageError: the program does not run from synthetic numbers, or its capture lacks something.
    """

    def __init__(self, asked, found, folder, recorder):
        self._asked, self._found, self._folder = asked, found, folder
        self._captured = os.path.abspath(asked.program) if captures.is_capture(asked.program) else (
            os.path.join(folder, "captured"))
        self._recorder, self._open = recorder, contextlib.ExitStack()
        self.described = self.job("describe", example=self.path("described.npz"))
        self._fed = preparation.fed(asked._replace(program=self._captured), self.described, folder)
        steps = self._sample()
        self._write_given()
        self.taken = {dtype: self._retake(dtype, steps) for dtype in asked.dtypes}
        self.steps = self._finite(steps)
        self.said = {name: words for name, words in self.said.items()
                     if step_of(name) in self.steps}
        for dtype, each in self.taken.items():
            self._vary(dtype, each)

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        self._open.close()

    def job(self, job, **more):
        """The answer of the reference's recorder to a job on the capture."""
        return self._recorder(job, captured=self._captured, turn=self._found.turn, **more)

    def path(self, name):
        """The path of a file for arrays."""
        return os.path.join(self._folder, name)

    @property
    def given(self):
        """The path of the .npz of start values and inputs."""
        return self.path("given.npz")

    def read(self, path):
        """Opens the arrays of an .npz, which stay open until the recording is closed."""
        return self._open.enter_context(np.load(path, allow_pickle=False))

    def _sample(self):
        """Sets `said`, `batches` and `left_out`; returns the numbers of the sampled steps."""
        count = min(self._asked.steps or max(STEPS) + 1, self.described["steps"])
        path = self.path("sampled.npz")
        wanted = [step for step in STEPS if step < count]
        told = self.job("sample", batches=self._fed, out=path, steps=wanted)
        self.left_out = [_NOT_HELD.format(step) for step in wanted if step not in told["steps"]]
        if told["hidden"] or not told["steps"]:
            raise command_line.UsageError(
                "expected a program whose loops draw nothing and a capture that holds what its "
                "first step takes, received others")
        self.batches = self._batches(max(told["steps"]))
        with np.load(path, allow_pickle=False) as sampled:
            self.said = {
                name: givens.BATCH if givens.key_of(name) in self.batches else words
                for name, words in likeness.of(sampled).items()}
        os.remove(path)
        return told["steps"]

    def _batches(self, last):
        """`{"<step>/<tensor>": array}` of --batches up to the last step."""
        if not self._fed:
            return {}
        with np.load(self._fed, allow_pickle=False) as batches:
            return {key: batches[key] for key in batches.files
                    if int(key.partition("/")[0]) <= last}

    def _write_given(self):
        given = givens.Given(self.said, SEED, batches=self.batches)
        with arrays.Writer(self.given) as write:
            for name in given:
                write(name, given[name])

    def _retake(self, dtype, steps):
        """The `Taken` steps in a precision, from the synthetic numbers."""
        path = self.path(f"retaken-{dtype}.npz")
        answer = self.job("retake", dtype=dtype, steps=steps, out=path, given=self.given)
        return Taken(path, collections.ChainMap(self.read(path)), answer)

    def _finite(self, steps):
        """Numbers of the steps in which all that the reference computes is finite."""
        lost = {step_of(name) for each in self.taken.values() for name in each.trace
                if name.startswith(_COMPUTED) and not _is_finite(each.trace[name])}
        if steps[0] in lost:
            raise command_line.UsageError("expected a program that takes numbers that are drawn, "
                                          "received infinite ones or none in its first step")
        self.left_out += [_NOT_FINITE.format(step) for step in sorted(lost)]
        return [step for step in steps if step not in lost]

    def _vary(self, dtype, taken):
        """Adds the arrays of the reference's variants, which noise floors are measured on."""
        path = self.path(f"varied-{dtype}.npz")
        self.job("vary", dtype=dtype, steps=self.steps, out=path, trace=taken.path,
                 given=self.given, split=sorted(split(self._found)), only=None,
                 alone=self._asked.float32_only)
        taken.trace.maps.append(self.read(path))

    def sides(self, dtype):
        """The `Sides` of the reference and of an empty port, in a precision."""
        found = self._found
        return Sides(joins.Trace(self.taken[dtype].trace, found.joins), {}, found.variables,
                     found.slots, self.steps, found.optimizers,
                     [each["variable"] for each in found.reference["updates"]], found.own)


def step_of(name):
    """The number of the step in the name of an array of a trace."""
    return int(name.split("/")[1])


def _is_finite(value):
    return value.dtype.kind != "f" or bool(np.isfinite(value).all())
