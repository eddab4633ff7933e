"""Verifies a port against a captured program: both sides recorded, paired, judged."""

import contextlib
import os
import platform
import re

from parity.judge import compared
from parity.judge import differences
from parity.judge import findings
from parity.judge import finite
from parity.judge import forward_only
from parity.judge import judge
from parity.judge import movement
from parity.judge import repeated
from parity.judge import sources
from parity.judge import uncompared
from parity.judge import unexercised
from parity.judge import verdicts
from parity.judge import zeros
from parity.judge.rungs import forward as rung3
from parity.judge.rungs import initialisers
from parity.judge.rungs import losses as rung4
from parity.judge.rungs import rates
from parity.judge.rungs import replay
from parity.judge.rungs import starts
from parity.judge.rungs import structure
from parity.judge.trained import TRAINED
from parity.pair import batches
from parity.pair import captures
from parity.pair import exchanges
from parity.pair import first_values
from parity.pair import forward
from parity.pair import free_runs
from parity.pair import given
from parity.pair import inputs
from parity.pair import noted
from parity.pair import progress as said
from parity.pair import rate_causes
from parity.pair import round_trip
from parity.pair.mapping import mapping
from parity.pair.recorders import Recorders
from parity.pair.run import Reference, Run

# What constants change in a step, and gradients that are zero but for rounding, moves a free run.
_ALIKE = (differences.IDENTICAL, differences.ROUNDING)
# How many of the compared steps are run again.
_AGAIN = 2
# What the first step is fed, in the folder of a verification.
EXAMPLE = "example.npz"
# The variant of `parity.reference.variants` whose moving variances are the batch's.
BIASED = "biased"


def verify(asked, folder, progress, recorders=None):
    """The `Result` of a port.

    Args:
      asked: an `Asked`.
      folder: an empty folder for traces.
      progress: function that shows a line.
      recorders: the `Recorders` that several verifications share; if not given, its own.
    """
    if recorders is None:
        with Recorders(folder, asked.python) as recorders:
            return verify(asked, folder, progress, recorders)
    return verified(asked, folder, progress, recorders)[0]


def verified(asked, folder, progress, recorders):
    """(the `Result` of a port, the `Mapping`), see `verify`."""
    captured = captures.captured(asked, folder, progress)
    recorders = said.Told(recorders, progress)
    progress(f"reading {asked.program}")
    described = recorders.reference("describe", captured=captured,
                                    example=os.path.join(folder, EXAMPLE))
    progress(f"{asked.shown}: {described['steps']} steps of {said.numbers(described):,} numbers, "
             + said.about(said.estimate(described, asked.steps, asked.float32_only)))
    reference = Reference(recorders.reference, captured, fed(asked, described, folder))
    verification = _Verification(asked, folder, described, reference)
    progress(f"replaying {asked.program}")
    verification.replay()
    verification.record(recorders, lambda dtype: progress(f"recording {asked.shown} in {dtype}"))
    return verification.result(), verification.found


class _Verification:
    """What is known of a pair while its precisions are recorded, one after the other.

    Args:
      asked: an `Asked`.
      folder: an empty folder; it holds example.npz of what is described.
      described: what the reference's recorder describes.
      reference: the `Reference`.
    """

    def __init__(self, asked, folder, described, reference):
        self._asked, self._folder, self._reference = asked, folder, reference
        self._described, self._forward = described, described["forward"]
        self._kind = forward_only.FORWARD if self._forward else TRAINED
        self._traces, self._exact = traces(asked), None
        self.found = None  # the `Mapping` of the precision that was recorded last
        self._exchanged, self._structure = [], []
        self._seen, self._notes, self._beside = {}, {}, []
        self._departures, self._curves = [], {}
        self._unrepeatable, self._distances = [], None
        self._rows = None, []  # what `_compared` gave last, and of what
        self._explained = None, [], []  # a `Compared`, its causes, what is measured of it

    def record(self, recorders, progress):
        """Records both sides in each precision, unless their structures differ."""
        with recorders.port() as narrow:
            found = {"float32": self._mapped("float32", narrow)}
            self._follow(found["float32"], narrow)
            for dtype in reversed(self._asked.dtypes):  # exchanges are decided in float64
                progress(dtype)
                with contextlib.nullcontext(narrow) if dtype in found else (
                        recorders.port()) as port, self._run(dtype, port) as run:
                    if not self._take(run, found.get(dtype) or self._mapped(dtype, port)):
                        return

    def _run(self, dtype, port):
        return Run(self._asked, dtype, self._reference, port, self._folder)

    def _mapped(self, dtype, port):
        return mapped(self._asked, dtype, self._described, port,
                      os.path.join(self._folder, EXAMPLE))

    def _follow(self, found, port):
        """Runs the port through what was captured: kept traces and other batches go beyond it."""
        if self._forward or self._traces or self._asked.batches or _apart(structure.found(found)):
            return
        with self._run("float32", port) as run:
            self._exact = run.follow(found)
        if self._exact:
            self._beside.append(self._exact.finding())
            self._curves = self._exact.curves()

    def replay(self):
        """Compares what the graph gives with what it gave where it was captured."""
        answer = self._reference.recorder(
            "replay", captured=self._reference.captured, enough=not self._forward,
            large=replay.is_large(self._described))
        self._beside += replay.found(answer, self._forward) if answer else (
            replay.not_run(self._asked.dtypes))

    def _take(self, run, found):
        """Records one precision, by a `Mapping`; False where the structures differ."""
        self.found = exchanges.with_rows(found, self._exchanged) if self._exchanged else found
        self._structure = list(structure.found(self.found))
        if _apart(self._structure):
            return False
        first = not self._seen
        run.take_reference(self.found, self._departures, exact=self._exact,
                           free=first and not self._forward and not self._exact)
        sides = self._sides(run)
        if first:
            sides = self._exchange(run, sides)
            self._repeat(run, sides)
            sides = self._run_freely(run, sides)
        self._notes[run.dtype] = run.notes
        self._beside += movement.found({run.dtype: sides})
        self._beside += finite.found(sides.reference, run.dtype)
        self._beside += [] if self._forward else rung4.not_run(sides, run.dtype)
        self._seen[run.dtype] = judge.comparison(
            self._compared(run, sides), sides, run.dtype, self._unrepeatable)
        self._beside += unexercised.found(run.unexercised, run.dtype) if first else []
        if first and not self._unrepeatable:
            self._explain(run, sides)
        if first and not self._forward:
            rows, reason = run.inference(self.found, sides)
            self._seen[run.dtype].rows.extend(rows)
            self._beside += [rung3.not_run(run.dtype, reason)] if reason else []
            rows, unread = run.far_rates(self.found, sides)
            self._seen[run.dtype].rows[:0] = rows  # a rate comes before the updates that it makes
            self._explained = _told(self._explained, *run.rate_causes(self.found, sides))
            self._beside += unread
        if self._traces:
            run.keep(self._traces, self._described, self.found, sides, self._unrepeatable)
        run.drop_port()  # what follows fills the disk with states of a large model
        if run.dtype == round_trip.DTYPE:
            self._begin(run, sides)
            run.drop_port()
            self._beside += run.round_trip(self.found, sides)
        return True

    def _explain(self, run, sides):
        """Looks for the causes of what is different first, before the traces are gone."""
        apart = judge.different(self._seen[run.dtype], run.dtype, self._kind)
        if apart and not self._forward:
            first = min(apart, key=lambda row: (row.rung, row.step))
            self._explained = first, *run.causes(self.found, sides, self._kind, first.step)

    def _sides(self, run):
        """The `Sides` of all steps, with variants where not everything is bit for bit the same.

        What is kept may be compared with other ports, so that it has them in any case.
        """
        sides = run.sides(self.found)
        if run.varied:
            return sides
        apart = self._apart(run, sides)
        if apart and not self._traces and all(row.rung in (7, 8) for row in apart):
            run.take_variants(self.found, [BIASED])
            apart = [row for row in self._apart(run, sides) if row.note != compared.BIASED]
        if apart or self._traces:
            run.take_variants(self.found)
        return sides

    def _apart(self, run, sides):
        return judge.apart(self._compared(run, sides), run.dtype, self._kind)

    def _compared(self, run, sides):
        """Every `Compared` of `Sides`: once, for all arrays are read from the disk for it, and
        again where variants were recorded since, which are the floors.
        """
        of = sides, run.recordings
        if self._rows[0] != of:
            self._rows = of, list(self._kind.compared(sides))
        return self._rows[1]

    def _repeat(self, run, sides):
        """Runs steps again in which something is apart, for what differs from itself."""
        rows, apart = self._compared(run, sides), self._apart(run, sides)
        if apart:
            steps = sorted({sides.first_step, *(row.step for row in apart)})[:_AGAIN]
            both = (repeated.unrepeatable(who, rows, self._kind.compared(again))
                    for who, again in run.again(self.found, sides, steps))
            self._unrepeatable = [each for each in both if each]

    def _begin(self, run, sides):
        """Compares initialisers, and where slots and state start: in the captured precision.

        A program may start something at the largest number that its precision has.
        """
        if self._forward:
            return
        first, both = run.first_values(self.found)
        self._beside += initialisers.found(both, self._asked.dtypes)
        begins = dict(first, declared=first_values.declared(self.found, first))
        counted = given.counted(sides.reference, self.found, sides.first_step)
        self._seen[run.dtype].rows.extend(starts.rows(sides, begins, run.start(), counted))
        self._beside += starts.not_run(sides, begins, run.dtype)

    def _exchange(self, run, sides):
        """The `Sides` after exchanges of variables that could as well be each other."""
        verdict = verdicts.alone if self._asked.float32_only else verdicts.in_float64
        settled = exchanges.settled(
            self.found, sides, run.first_step, self._kind.compared, verdict)
        if settled is self.found:
            return sides
        self.found, self._exchanged = settled, settled.variables.rows
        return self._sides(run)

    def _run_freely(self, run, sides):
        """The `Sides` with those steps, too, from which the port departs in a free run."""
        found = None if self._forward or self._unrepeatable else run.free(self.found, sides)
        self._distances = found and (run.dtype, found)
        if found is None:
            return sides
        drifts = {run.dtype: found.port, run.dtype + " floor": found.floor}
        self._curves = {"losses": found.losses, "drift": {
            name: drift for name, drift in drifts.items() if drift}}
        self._departures = free_runs.departures(found, sides.steps)
        if not self._departures:
            return sides
        run.take_reference(self.found, self._departures)
        return self._sides(run)

    def result(self):
        """The `Result`."""
        described = headers(self._asked, self.found)
        apart = _apart(self._structure)
        if apart:
            return findings.Result(self._asked.shown, self._structure, [], {}, {}, described)
        beside = self._structure + list(uncompared.found(self.found)) + self._beside
        beside += forward_only.untrained() if self._forward else []
        judged = judge.judge(
            self._asked.shown, self._seen,
            [each for each in beside if each.dtype in self._asked.dtypes], described, self._kind)
        if self._distances and judged.verdict in _ALIKE and not any(
                finding.note == zeros.NOTE for finding in judged.findings):
            dtype, distances = self._distances
            judged = judged._replace(findings=judged.findings + list(
                free_runs.unexplained(distances, dtype)))
        result = noted.told(judged, self._notes, not self._unrepeatable)
        first = result.first_difference
        causes, measured = self._causes(first)
        lines = sources.of(self.found, first, self._layers(first))
        return result._replace(
            sources=lines, lines=sources.texts(self.found, lines), curves=self._curves,
            causes=causes, measured=tuple(measured))

    def _causes(self, first):
        """(causes, what is measured where there are none) of the first difference of a result."""
        started = starts.cause(first)
        row, causes, measured = self._explained
        if started or row is None or first is None or first.verdict != differences.DIFFERENT:
            return ([started] if started else []), []
        # In float32 another tensor of the rung may stand first.
        same = first.rung == row.rung
        rate = first.tensor.startswith(rates.OF) and row.rung >= TRAINED.required[-1]
        return (causes, measured) if same or rate else ([], [])

    def _layers(self, first):
        """`{output: line that made the layer}` of the port in the step of a finding."""
        notes = self._notes.get(first.dtype) if first else None
        return {place: entry["line"] for place, entry in notes.steps.get(
            first.step, {}).get("outputs", {}).items()} if notes else {}


def _told(explained, rate, causes):
    """(a `Compared`, its causes, what is measured) of steps, with what far rates tell of them.

    Args:
      explained: the same of steps alone.
      rate: the first `Compared` of a far rate that is different, or None.
      causes: of that.
    """
    row, of_step, measured = explained
    if row is None:
        return rate, causes, []
    both = [cause for cause in causes if cause.sentence in {each.sentence for each in of_step}]
    if rate is None or both:
        return row, both or of_step, measured
    # Of a schedule one step proves nothing that the rates of other steps do not bear out.
    left = [cause for cause in of_step if cause.name not in rate_causes.NAMES]
    return row, left, measured if left or not of_step else [
        "cause: not recognised; what is measured:", f"{rate.tensor}: {rate.note}"]


def _apart(structure_found):
    return [each for each in structure_found if each.verdict == differences.DIFFERENT]


def traces(asked):
    """The folder in which the pair's traces are kept, made; "" where they are not."""
    if not asked.traces:
        return ""
    folder = os.path.join(asked.traces, re.sub(r"[^\w.-]+", "_", asked.shown))
    os.makedirs(folder, exist_ok=True)
    return folder


def fed(asked, described, folder):
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
    job = {"program": asked.port, "arguments": asked.arguments, "dtype": dtype,
           "forward": reference["forward"]}
    found = port("describe", **job)
    if found["variables"] and all(optimizer["built"] for optimizer in found["optimizers"]):
        return found
    labels = [given.plain(name) for name in inputs.pair(reference["inputs"], found["inputs"])[1]]
    return port("describe", **job, example=example, labels=labels)


def headers(asked, found):
    """What ran, for the reports: `{dtype: {"legacy", "modern"}}`."""
    versions = dict(found.reference["versions"])
    sides = {"legacy": {"program": asked.command or " ".join(found.reference["program"]),
                        "interpreter": "captured on python " + versions.pop("python", "?"),
                        "versions": versions, "threads": 1},
             "modern": {"program": asked.port, "versions": {"keras": found.port["keras"]},
                        "interpreter": "python " + platform.python_version(), "threads": 1}}
    return {dtype: sides for dtype in asked.dtypes}
