"""Verifies a port against a captured program: both sides recorded, paired, judged."""

import contextlib
import os

from parity.judge import finite
from parity.judge import forward_only
from parity.judge import judge
from parity.judge import movement
from parity.judge import unexercised
from parity.judge.rungs import forward as rung3
from parity.judge.rungs import losses as rung4
from parity.judge.rungs import replay
from parity.judge.rungs import structure
from parity.judge.trained import TRAINED
from parity.pair import beyond_steps
from parity.pair import captures
from parity.pair import cause_search
from parity.pair import exchanges
from parity.pair import kept_traces
from parity.pair import preparation
from parity.pair import progress as progresses
from parity.pair import round_trip
from parity.pair.compared_steps import ComparedSteps
from parity.pair.evidence import Evidence, Explained, structures_differ
from parity.pair.recorders import Recorders
from parity.pair.reference_run import Reference
from parity.pair.run import Run


def verify(config, folder, progress, recorders=None):
    """Verifies a port; returns the `Result`.

    Args:
      config: the `PairConfig`.
      folder: an empty folder for traces.
      progress: function that shows a line.
      recorders: the `Recorders` that several verifications share; its own if None.
    """
    if recorders is None:
        with Recorders(folder, config.python) as recorders:
            return verify(config, folder, progress, recorders)
    return verified(config, folder, progress, recorders)[0]


def verified(config, folder, progress, recorders):
    """(`Result` of a port, `Mapping`); arguments as for `verify`."""
    recorders.start(reference=True, ports=1 if config.float32_only else 2)
    captured = captures.captured(config, folder, progress)
    recorders = progresses.Announced(recorders, progress)
    progress(f"reading {config.program}")
    described = recorders.reference("describe", captured=captured,
                                    example=os.path.join(folder, preparation.EXAMPLE))
    seconds = progresses.estimate(described, config.steps, config.float32_only)
    progress(f"{config.shown}: {progresses.steps(described, config.steps)} of "
             f"{progresses.numbers(described):,} numbers, {progresses.about(seconds)}")
    reference = Reference(recorders.reference, captured,
                          preparation.fed(config, described, folder))
    verification = _Verification(config, folder, described, reference)
    progress(f"replaying {config.program}")
    verification.replay()
    verification.record(recorders, lambda dtype: progress(f"recording {config.shown} in {dtype}"))
    found = verification.evidence.found._replace(turn=reference.turn)
    return verification.evidence.result(), found


class _Verification:
    """Records the precisions of a pair, one after the other, and collects the `Evidence`.

    Args:
      config: the `PairConfig`.
      folder: folder for traces, which holds the example batch.
      described: description of the reference by its recorder.
      reference: the `Reference`.
    """

    def __init__(self, config, folder, described, reference):
        self._config, self._folder, self._reference = config, folder, reference
        self._described, self._forward = described, described["forward"]
        self._kind = forward_only.FORWARD if self._forward else TRAINED
        self._traces = kept_traces.folder(config)
        self._exact = None  # the `CapturedRun` of the port, if it is one
        self._exchanged, self._departures = [], []
        self.evidence = Evidence(config, self._kind)

    def replay(self):
        """Compares the replayed graph with the values from where it was captured."""
        is_large = replay.is_large(self._described)
        answer = self._reference.ask("replay", enough=not self._forward, large=is_large)
        self.evidence.beside += replay.found(answer, self._forward) if answer else (
            replay.not_run(self._config.dtypes))

    def record(self, recorders, progress):
        """Records both sides in each precision, unless their structures differ.

        Args:
          recorders: the `Recorders`.
          progress: function (precision) that shows what is recorded.
        """
        with recorders.port() as narrow:
            found = {"float32": self._mapped("float32", narrow)}
            self._follow(found["float32"], narrow)
            for dtype in reversed(self._config.dtypes):  # exchanges are decided in float64
                progress(dtype)
                with contextlib.nullcontext(narrow) if dtype in found else (
                        recorders.port()) as port, self._run(dtype, port) as run:
                    if not self._take(run, found.get(dtype) or self._mapped(dtype, port)):
                        return

    def _run(self, dtype, port):
        return Run(self._config, dtype, self._reference, port, self._folder)

    def _mapped(self, dtype, port):
        return preparation.mapped(self._config, dtype, self._described, port,
                                  os.path.join(self._folder, preparation.EXAMPLE))

    def _follow(self, found, port):
        """Runs the port through the captured steps, unless traces are kept or batches replaced."""
        if self._forward or self._traces or self._config.batches or (
                structures_differ(structure.found(found))):
            return
        with self._run("float32", port) as run:
            self._exact = run.follow(found)
        if self._exact:
            self.evidence.beside.append(self._exact.finding())
            self.evidence.curves = self._exact.curves()

    def _take(self, run, found):
        """Records and compares one precision by a `Mapping`; False where the structures differ."""
        if self._exchanged:
            found = exchanges.with_rows(found, self._exchanged)
        if not self.evidence.take_mapping(found):
            return False
        first = not self.evidence.seen
        steps = ComparedSteps(run, found, self._kind, bool(self._traces))
        free = first and not self._forward and not self._exact
        steps.record(self._departures, free, self._exact)
        if first:
            self._settle(steps, free)
        self._judge(steps, first)
        rates = self._beyond(steps) if first and not self._forward else ()
        if self._traces:
            kept_traces.keep(self._traces, self._config, run, steps.found, steps.sides,
                             self._described, rates, self.evidence.unrepeatable)
        run.port.drop()  # states of a large model would fill the disk with what follows
        if run.dtype == round_trip.DTYPE:
            self._compare_ends(steps)
        return True

    def _settle(self, steps, free):
        """Exchanges variables, repeats steps, and runs freely: once, in the first precision."""
        if steps.exchange(self._config.float32_only):
            self.evidence.found, self._exchanged = steps.found, steps.found.variables.rows
        if not self._forward:
            self._settle_races(steps, free)
        self.evidence.unrepeatable = steps.unrepeatable()
        if self._forward or self.evidence.unrepeatable:
            return
        distances, self._departures = steps.run_freely()
        if distances:
            dtype = steps.run.dtype
            self.evidence.distances[dtype] = distances
            self.evidence.curves = {"losses": distances.losses, "drift": {
                name: drift for name, drift in
                ((dtype, distances.port), (dtype + " floor", distances.floor)) if drift}}

    def _settle_races(self, steps, free):
        """Takes racing accesses in the order of the port, and tells of them."""
        races = self._described["races"]
        if steps.settle_races(races):
            steps.record(self._departures, free, self._exact)
        if replay.is_raced(races):
            error = self._reference.ask("raced", large=replay.is_large(self._described))
            self.evidence.beside.append(replay.raced(races, error))

    def _judge(self, steps, first):
        """Adds findings on the compared steps, and in the first precision looks for causes."""
        run, sides, evidence = steps.run, steps.sides, self.evidence
        evidence.notes[run.dtype] = run.notes
        evidence.beside += movement.found({run.dtype: sides})
        evidence.beside += finite.found(sides.reference, run.dtype)
        evidence.beside += [] if self._forward else rung4.not_run(sides, run.dtype)
        evidence.seen[run.dtype] = judge.comparison(
            steps.rows(), sides, run.dtype, evidence.unrepeatable)
        evidence.beside += unexercised.found(run.unexercised, run.dtype) if first else []
        if not first or evidence.unrepeatable or self._forward:
            return
        apart = judge.different(evidence.seen[run.dtype], run.dtype, self._kind)
        if apart:
            row = min(apart, key=lambda each: (each.rung, each.step))
            evidence.explained = Explained(row, *cause_search.of_step(
                run, steps.found, sides, self._kind, row.step))

    def _beyond(self, steps):
        """Compares the pass without training and far rates; returns the answers on rates."""
        run, rows = steps.run, self.evidence.seen[steps.run.dtype].rows
        inferred, reason = beyond_steps.inference(run, steps.found, steps.sides)
        rows.extend(inferred)
        self.evidence.beside += [rung3.not_run(run.dtype, reason)] if reason else []
        rates, (compared, unread) = beyond_steps.far_rates(run, steps.found, steps.sides)
        rows[:0] = compared  # a rate comes before the updates that it makes
        self.evidence.explained = Explained(*cause_search.with_rates(
            self.evidence.explained, *cause_search.of_rates(
                run, steps.found, steps.sides, rates)))
        self.evidence.beside += unread
        return rates

    def _compare_ends(self, steps):
        """Compares first values, and a round trip of the last state, in the captured precision.

        A program may start a variable at the largest number of its precision.
        """
        run, evidence = steps.run, self.evidence
        if not self._forward:
            findings, rows, unread = beyond_steps.first_values(
                run, steps.found, steps.sides, self._config.dtypes)
            evidence.beside += findings
            evidence.seen[run.dtype].rows.extend(rows)
            evidence.beside += unread
        run.port.drop()
        evidence.beside += beyond_steps.round_trip_findings(run, steps.found, steps.sides)
