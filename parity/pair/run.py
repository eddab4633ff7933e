"""The steps of both sides of a pair in one precision, as their recorders write them."""

import collections
import contextlib
import glob
import os
import textwrap
from typing import Callable, NamedTuple

import numpy as np

from parity.common import arrays
from parity.judge.rungs import forward
from parity.judge.sides import Sides
from parity.pair import captured_run
from parity.pair import exchanges
from parity.pair import explained
from parity.pair import far_rates
from parity.pair import first_values
from parity.pair import free_runs
from parity.pair import given
from parity.pair import joins
from parity.pair import measured
from parity.pair import noted
from parity.pair import places
from parity.pair import rate_causes
from parity.pair import round_trip
from parity.pair.mapping import split
from parity.trace import file
from parity.trace.trace import Trace
from parity.workers import RecorderError

RESYNC_STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 200)
# The last of them where a free run is bit for bit what was captured.
_LAST_OF_EXACT = 2
# What a port draws in the place of a random operation of TensorFlow.
_DRAWS = {"RandomUniform": "uniform", "RandomStandardNormal": "normal",
          "TruncatedNormal": "truncated_normal", "RandomUniformInt": "whole numbers",
          "Multinomial": "categorical"}

_UNKNOWN = "the port's step does not say what its model takes"


def _kinds(types):
    """What a port draws in the place of random operations."""
    return [_DRAWS.get(each, each) for each in types]


class Reference(NamedTuple):
    """The reference of a pair.

    Attributes:
      recorder: its recorder, which takes jobs.
      captured: the folder of the capture.
      batches: the file of what it is fed instead of what was captured; "" where that is all.
    """

    recorder: Callable
    captured: str
    batches: str


class Run:
    """The steps of both sides in one precision; use it in a `with`, which removes the traces.

    Args:
      asked: an `Asked`.
      dtype: the precision.
      reference: the `Reference`.
      port: the recorder of the port.
      folder: where traces are written.

    Attributes:
      notes: the `Notes` of the port's steps.
      varied: whether variants of the reference are recorded.
      unexercised: {"reference", "port"}: bounds that never act in the compared steps.
    """

    def __init__(self, asked, dtype, reference, port, folder):
        self.dtype = dtype
        self._asked, self._reference, self._port, self._folder = asked, reference, port, folder
        self._theirs = os.path.join(folder, f"reference-{dtype}.npz")
        self._steps, self._draws, self.notes, self._arrays, self.varied = [], {}, None, None, False
        self._exact, self.unexercised = None, {}
        self._rates = {"reference": {}, "port": {}}
        self._open, self._of_port, self._start = (
            contextlib.ExitStack(), contextlib.ExitStack(), None)

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        self._of_port.close()
        self._open.close()
        self._remove("*")

    def _remove(self, names):
        folder = glob.escape(self._folder)
        for path in glob.glob(os.path.join(folder, f"{names}-{self.dtype}.npz")):
            os.remove(path)

    def _read(self, path):
        return self._open.enter_context(np.load(path, allow_pickle=False))

    def _read_port(self, path):
        return self._of_port.enter_context(np.load(path, allow_pickle=False))

    def _count(self, found):
        return min(self._asked.steps or found.reference["steps"], found.reference["steps"])

    def follow(self, found):
        """The `CapturedRun` of the port, by a `Mapping`; None where it is not what was captured."""
        fed, out = (os.path.join(self._folder, f"{name}-{self.dtype}.npz")
                    for name in ("captured", "followed"))
        told = self._reference.recorder("taken", captured=self._reference.captured,
                                        count=self._count(found), out=fed)
        digests = captured_run.expected(found, told["digests"]) if told else []
        if not digests:
            return None
        theirs = Trace(self._read(fed))
        start, self._draws = self._written(theirs, found, [0], range(1, len(digests))), {
            step: _kinds(kinds) for step, kinds in told["draws"].items()}
        try:
            ran = self._call("follow", found, list(range(len(digests))), start, out,
                             digests=digests)
        except RecorderError:  # what fails in a step is said where steps are compared
            return None
        if ran["steps"] < len(digests):
            return None
        return captured_run.CapturedRun(
            ran["steps"], ran["traced"], free_runs.losses(theirs, self._read(out)))

    def take_reference(self, found, also=(), free=False, exact=None):
        """Records the reference, for a `Mapping`.

        Args:
          found: the `Mapping`.
          also: steps that are compared beside those of every pair.
          free: whether it runs on to the last step, for `free`.
          exact: a `CapturedRun` of the port, if there is one.
        """
        count, self._exact = self._count(found), exact
        self._steps = sorted({step for step in RESYNC_STEPS if step < count and (
            not exact or step <= _LAST_OF_EXACT)}.union(also))
        on = free and count > len(self._steps) and not found.reference["hidden"]
        answer = self._recorded("steps", found, self._theirs, free=count if on else 0,
                                names=free_runs.names(found.variables.rows))
        self._arrays = collections.ChainMap(self._read(self._theirs))
        self.varied = answer["varied"]
        self.unexercised["reference"] = [" ".join([each["operation"], *each["line"]])
                                         for each in answer["unexercised"]]
        self._draws = {step: _kinds(kinds) for step, kinds in answer["draws"].items()}

    def start_from(self, steps, trace, draws):
        """Lets the port start from what no recorder of a reference wrote, as a golden file says.

        Args:
          steps: numbers of the compared steps.
          trace: mapping of all arrays that the port is given, as a reference's trace has them.
          draws: `{step as a word: [kind]}` of the random operations of TensorFlow.
        """
        self._steps, self._arrays = steps, trace
        self._draws = {step: _kinds(kinds) for step, kinds in draws.items()}

    @property
    def recordings(self):
        """How many files there are of what the reference and its variants compute."""
        return len(self._arrays.maps)

    def take_variants(self, found, only=None):
        """Records what variants of the reference make of the steps, for `Sides` that there are.

        Args:
          found: the `Mapping`.
          only: names of the variants, see `parity.reference.variants`; if not given, every one.
        """
        path = os.path.join(self._folder, f"{'-'.join(only or ['variants'])}-{self.dtype}.npz")
        self._recorded("vary", found, path, trace=self._theirs, only=only)
        self._arrays.maps.append(self._read(path))
        self.varied = not only

    def keep(self, folder, described, found, sides, unrepeatable=()):
        """Keeps the traces of both sides in a folder, for `parity.compare`.

        Args:
          folder: a folder that is there.
          described: what the reference's recorder describes.
          found: the `Mapping`; sides: the `Sides`.
          unrepeatable: `parity.judge.repeated.Unrepeatable`s.
        """
        for side, description, trace, more in (
                ("reference", described, self._arrays, {"alone": self._asked.float32_only}),
                ("port", found.port, sides.port, {"exchanged": exchanges.exchanged(found)})):
            again = sorted(key for each in unrepeatable if each.who == f"the {side}"
                           for key in each.keys)
            file.write(os.path.join(folder, file.name(side, self.dtype)), dict(
                more, **self._rates[side], unrepeatable=again, side=side, pair=self._asked.shown,
                unexercised=self.unexercised[side], dtype=self.dtype, steps=self._steps,
                description=description), trace)

    def _recorded(self, job, found, out, steps=None, **more):
        """The answer of the reference's recorder to a job on steps, on all that are compared."""
        return self._reference.recorder(
            job, captured=self._reference.captured, dtype=self.dtype, out=out,
            steps=steps or self._steps, batches=self._reference.batches, split=sorted(split(found)),
            alone=self._asked.float32_only, **more)

    def free(self, found, sides):
        """The `Distances` of free runs; None where every step is compared, or nothing can be."""
        count = len(self._draws)
        if count <= len(self._steps):
            return None
        ours = os.path.join(self._folder, f"ran-{self.dtype}.npz")
        start = self._written(sides.reference, found, [0], range(1, count))
        self._call("free", found, list(range(count)), start, ours)
        return free_runs.distances(sides.reference, self._read(ours), found.variables.rows,
                                   lambda: self._nudged(count, found))

    def _nudged(self, count, found):
        """The entries of the reference, nudged before each step."""
        path = os.path.join(self._folder, f"nudged-{self.dtype}.npz")
        self._reference.recorder(
            "nudged", captured=self._reference.captured, dtype=self.dtype, out=path,
            count=count, names=free_runs.names(found.variables.rows),
            batches=self._reference.batches)
        return self._read(path)

    def sides(self, found):
        """The `Sides` of all steps, the port's taken by a `Mapping`."""
        sides, answer = self._taken(found, self._steps, f"port-steps-{self.dtype}.npz")
        self.notes = noted.of(answer, self._draws, found.reference["hidden"])
        self.unexercised["port"] = answer.get("unexercised", [])
        return sides

    def again(self, found, sides, steps):
        """Yields (which side, `Sides` in which it was run again and the other is as in `sides`).

        Args:
          found: the `Mapping`; sides: the `Sides`.
          steps: those that are run again, from the first compared one on.
        """
        ours = self.port_again(found, sides, steps)
        if ours is not None:
            yield "the port", self._both(sides.reference, ours, found, steps)
        path = os.path.join(self._folder, f"again-{self.dtype}.npz")
        self._recorded("vary", found, path, steps, trace=self._theirs, only=["again"])
        other = {name[len("again_"):]: value for name, value in self._read(path).items()}
        if other:
            theirs = joins.Trace(collections.ChainMap(other, self._arrays), found.joins)
            yield "the reference", self._both(theirs, sides.port, found, steps)

    def port_again(self, found, sides, steps):
        """The port's arrays, of steps that are run again where they are not the same as in `sides`.

        None of a port whose draws nothing answers: of it it is known, and said.
        """
        if any(self.notes.steps[step]["draws"]["unanswered"] for step in steps):
            return None
        first = os.path.join(self._folder, f"port-steps-{self.dtype}.npz")
        again, _ = self._taken(found, steps, f"port-again-{self.dtype}.npz", traced=False,
                               unlike=first)
        return collections.ChainMap(dict(again.port), sides.port)

    def causes(self, found, sides, kind, step):
        """(`parity.judge.findings.Cause`s of what is different first in a step, else measured)."""
        theirs = joins.Trace(self._arrays, found.joins)
        whole = self._both(theirs, sides.port, found, [step])
        search = explained.Search(
            lambda trace, at: self._both(trace, sides.port, found, [at]), theirs, kind, self.dtype,
            [step] + [each for each in self._steps if each > step],
            lambda row: places.of(row, found, whole), self._asking(found, whole))
        try:
            causes = search.causes()
        except RecorderError:  # what nobody thought of in a graph must not end a verification
            causes = []
        unknown = not causes and search.apart
        return causes, list(measured.sentences(search.apart, whole, found)) if unknown else []

    def _asking(self, found, whole):
        """Function of jobs on changes of the reference, see `explained.Search`."""
        path, ours = (os.path.join(self._folder, f"{name}-{self.dtype}.npz")
                      for name in ("changed", "candidates"))
        np.savez(ours, **places.forward_tensors(whole.port, whole.first_step))

        def ask(job, **more):
            answer = self._reference.recorder(
                job, captured=self._reference.captured, batches=self._reference.batches,
                dtype=self.dtype, trace=self._theirs, out=path, ours=ours, **more)
            if job != "edited" or answer:
                return None if answer and job == "edited" else answer
            with np.load(path, allow_pickle=False) as step:
                return joins.Trace(dict(step), found.joins)
        return ask

    def drop_port(self):
        """Removes what the port computed, once it is judged."""
        self._of_port.close()
        self._remove("port-*")

    def inference(self, found, sides):
        """`(rows, "")` of the forward pass without training, or `([], why not)`."""
        if found.port["form"] == "object":
            return [], _UNKNOWN
        theirs = os.path.join(self._folder, f"inferred-{self.dtype}.npz")
        reason = self._reference.recorder(
            "infer", captured=self._reference.captured, dtype=self.dtype,
            batches=self._reference.batches, out=theirs)
        ours, reason = (None, reason) if reason else self.port_inference(found, sides)
        if reason:
            return [], reason
        rows = list(forward.inference(sides, self.dtype, self._read(theirs), ours))
        return rows, "" if rows else forward.NO_PARTNER

    def port_inference(self, found, sides):
        """(the arrays of the port's pass without training, ""), or (None, why not)."""
        if found.port["form"] == "object":
            return None, _UNKNOWN
        path = os.path.join(self._folder, f"called-{self.dtype}.npz")
        start = self._written(sides.reference, found, self._steps[:1])
        try:
            self._call("forward", found, self._steps[:1], start, path)
        except RecorderError as error:  # a loss may call the model in its own way
            return None, textwrap.shorten(
                f"the port's model cannot be called with what the reference is fed: {error}", 200)
        return self._read(path), ""

    def far_rates(self, found, sides):
        """(`Compared`s, `Finding`s) of learning rates at far steps."""
        theirs = self._reference.recorder(
            "rates", captured=self._reference.captured, dtype=self.dtype, trace=self._theirs,
            compared=self._steps, steps=far_rates.steps(found))
        ours = self.port_rates(found, sides)
        self._rates = {"reference": {"rates": theirs}, "port": {"rates": ours}}
        return far_rates.found_by(sides, found, self.dtype, theirs, ours)

    def rate_causes(self, found, sides):
        """(the first `Compared` of a far rate that is different or None, its causes)."""
        answers = [self._rates[side]["rates"] for side in ("reference", "port")]

        def ask(job, **more):
            return self._reference.recorder(
                job, captured=self._reference.captured, batches=self._reference.batches,
                dtype=self.dtype, trace=self._theirs, compared=self._steps,
                steps=far_rates.steps(found), **more)
        try:
            return rate_causes.causes(sides, found, self.dtype, answers, ask)
        except RecorderError:  # what nobody thought of in a graph must not end a verification
            return None, []

    def port_rates(self, found, sides, at=None):
        """What the port's recorder answers on rates at far steps, see `far_rates.asked`."""
        start = self._written(sides.reference, found, self._steps[:1])
        return self._call("rates", found, self._steps[:1], start, "",
                          **far_rates.asked(sides, found, self.notes, at))

    def round_trip(self, found, sides):
        """Findings of rung 9, of the state after the last compared step."""
        return round_trip.found_by(
            sides, found, self._folder, self._reference.recorder, self._reference.captured,
            self._theirs, self._port,
            lambda job, steps, start, out: self._call(job, found, steps, start, out))

    def first_values(self, found):
        """(what `parity.reference.initial.read` returns, `first_values.sides` of it)."""
        theirs, ours = first_values.wanted(found)
        path = os.path.join(self._folder, f"initial-{self.dtype}.npz")
        initial = self._reference.recorder(
            "initial", captured=self._reference.captured, variables=theirs, out=path)
        said, draws = self._begun("initial", variables=ours)
        return initial, first_values.sides(found, initial, self._read(path),
                                           (said, draws, self.start()))

    def start(self):
        """The arrays of the port before its first step."""
        self._start = self._start or self._begun("start")[1]
        return self._start

    def _begun(self, job, **more):
        """(the answer, the arrays) of a job about the port before its first step."""
        path = os.path.join(self._folder, f"port-{job}-{self.dtype}.npz")
        return self._port(job, program=self._asked.port, arguments=self._asked.arguments,
                          dtype=self.dtype, out=path, **more), self._read_port(path)

    def first_step(self, found):
        """The `Sides` of the first step by another `Mapping`."""
        return self._taken(found, self._steps[:1], f"port-trial-{self.dtype}.npz")[0]

    def _written(self, theirs, found, steps, fed=()):
        """The file of what the port starts `steps` from, and is fed in those and in more."""
        path = os.path.join(self._folder, f"given-{self.dtype}.npz")
        with arrays.Writer(path) as write:
            for each, value in given.arrays(theirs, found, steps):
                write(each, value)
            for each, value in given.fed(theirs, found, fed):
                write(each, value)
        return path

    def _call(self, job, found, steps, start, out, **more):
        """The answer of the port's recorder to a job that starts from the states of a file."""
        only_forward = found.reference["forward"]
        return self._port(
            job, program=self._asked.port, arguments=self._asked.arguments,
            dtype=self.dtype, steps=steps, states=start,
            inputs=start, out=out, forward=only_forward,
            labels=[] if only_forward else [given.plain(label) for label in found.labels],
            draws={step: kinds for step, kinds in self._draws.items()
                   if int(step) in steps}, **more)

    def _taken(self, found, steps, name, traced=True, **more):
        """`(Sides, the port's notes)` of some steps; whether one is traced, too, for comparison."""
        ours = os.path.join(self._folder, name)
        theirs = joins.Trace(self._arrays, found.joins)
        start = self._written(theirs, found, steps)
        answer = self._call("forward" if found.reference["forward"] else "steps", found, steps,
                            start, ours,
                            traced=traced and not (self._exact and self._exact.traced), **more)
        os.remove(start)
        return self._both(theirs, self._read_port(ours), found, steps), answer

    def _both(self, theirs, ours, found, steps):
        updated = [update["variable"] for update in found.reference["updates"]]
        return Sides(theirs, ours, found.variables, found.slots, steps, found.optimizers, updated,
                     found.own)
