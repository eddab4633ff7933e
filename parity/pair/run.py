"""Steps of both sides of a pair in one precision, as their recorders write them."""

import collections
import textwrap

from parity.judge.sides import Sides
from parity.pair import captured_run
from parity.pair import far_rates
from parity.pair import free_runs
from parity.pair import joins
from parity.pair import step_notes
from parity.pair.array_files import ArrayFiles
from parity.pair.port_run import PortRun
from parity.pair.reference_run import ReferenceRun
from parity.workers import RecorderError

UNKNOWN_INPUTS = "the port's step does not say what its model takes"


class Run:
    """Steps of both sides in one precision; use it in a `with`, which removes the traces.

    Args:
      config: the `PairConfig`.
      dtype: the precision.
      reference: the `Reference`; None where a golden file holds its steps.
      port: the recorder of the port.
      folder: folder for traces.

    Attributes:
      reference: the `ReferenceRun`.
      port: the `PortRun`.
      notes: the `Notes` of the port's steps.
      unexercised: `{"port": lines on bounds that never act in its compared steps}`; and of the
        "reference" where it is recorded.
    """

    def __init__(self, config, dtype, reference, port, folder):
        self.dtype, self.folder = dtype, folder
        self.files = ArrayFiles(folder, dtype)
        self._of_port = ArrayFiles(folder, dtype, "port-")
        self.reference = ReferenceRun(config, dtype, reference, self.files)
        self.port = PortRun(config, dtype, port, self.files, self._of_port)
        self.notes, self._unexercised, self._exact = None, [], None

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        self._of_port.remove()
        self.files.remove()

    @property
    def unexercised(self):
        """`{side: lines on bounds that never act in the compared steps}`."""
        return {"reference": self.reference.unexercised, "port": self._unexercised}

    def record(self, found, also=(), free=False, exact=None):
        """Records the reference; arguments as for `ReferenceRun.record`."""
        self._exact = exact
        self.reference.record(found, also, free, exact)

    def call_port(self, job, found, steps, given_path, out, **more):
        """Calls the port's recorder with the reference's draws; arguments as for `PortRun.call`."""
        return self.port.call(job, found, steps, given_path, out, self.reference.draws, **more)

    def sides_of(self, theirs, ours, found, steps):
        """`Sides` of the arrays of both sides in some steps, by a `Mapping`."""
        updated = [update["variable"] for update in found.reference["updates"]]
        return Sides(theirs, ours, found.variables, found.slots, steps, found.optimizers, updated,
                     found.own)

    def trace(self, found):
        """Reference's arrays with joined variables, a `joins.Trace`."""
        return joins.Trace(self.reference.arrays, found.joins)

    def _taken(self, found, steps, name, traced=True, **more):
        """(`Sides` of some steps, answer of the port's recorder).

        Args:
          found: the `Mapping`.
          steps: numbers of the steps.
          name: name of the file of the port's arrays.
          traced: True to run a traced step, too, and compare it with the eager one.
          more: further arguments of the port's job.
        """
        theirs = self.trace(found)
        known = self._exact and self._exact.traced
        ours, answer = self.port.steps(theirs, found, steps, name, self.reference.draws,
                                       traced=traced and not known, **more)
        return self.sides_of(theirs, ours, found, steps), answer

    def sides(self, found):
        """`Sides` of all compared steps, the port's recorded by a `Mapping`."""
        sides, answer = self._taken(found, self.reference.steps, "steps")
        self.notes = step_notes.of(answer, self.reference.draws, found.reference["hidden"])
        self._unexercised = answer.get("unexercised", [])
        return sides

    def first_step(self, found):
        """`Sides` of the first compared step by another `Mapping`."""
        return self._taken(found, self.reference.steps[:1], "trial")[0]

    def again(self, found, sides, steps):
        """Yields (name of a side, `Sides` in which that side was run again).

        Args:
          found: the `Mapping`.
          sides: the `Sides` of the first run.
          steps: steps that are run again, from the first compared one on.
        """
        ours = self.port_again(found, sides, steps)
        if ours is not None:
            yield "the port", self.sides_of(sides.reference, ours, found, steps)
        other = self.reference_again(found, sides, steps)
        if other:
            yield "the reference", other

    def reference_again(self, found, sides, steps):
        """`Sides` in which the reference's steps are run again; None where they do not differ."""
        other = self.reference.again(found, steps)
        theirs = joins.Trace(collections.ChainMap(other, self.reference.arrays), found.joins)
        return self.sides_of(theirs, sides.port, found, steps) if other else None

    def port_again(self, found, sides, steps):
        """Arrays of the port with steps run again, where those differ from the first run.

        None for a port with draws that nothing answers: its steps are known to differ.
        """
        if any(self.notes.steps[step]["draws"]["unanswered"] for step in steps):
            return None
        again, _ = self._taken(found, steps, "again", traced=False,
                               unlike=self.port.path("steps"))
        return collections.ChainMap(dict(again.port), sides.port)

    def follow(self, found):
        """`CapturedRun` of the port; None where it is not bit for bit the captured program's."""
        captured = self.reference.captured(found)
        digests = captured_run.expected(found, captured.digests) if captured else []
        if not digests:
            return None
        given_path = self.port.write_given(captured.trace, found, [0], range(1, len(digests)))
        out = self.files.path("followed")
        try:
            ran = self.call_port("follow", found, list(range(len(digests))), given_path, out,
                                 digests=digests)
        except RecorderError:  # an error in a step is reported where steps are compared
            return None
        if ran["steps"] < len(digests):
            return None
        return captured_run.CapturedRun(
            ran["steps"], ran["traced"], free_runs.losses(captured.trace, self.files.read(out)))

    def free(self, found, sides, rows):
        """`Distances` of the `Row`s' variables in free runs; None where every step is compared, or
        nothing can be."""
        count = len(self.reference.draws)
        if count <= len(self.reference.steps):
            return None
        ours = self.files.path("ran")
        given_path = self.port.write_given(sides.reference, found, [0], range(1, count))
        self.call_port("free", found, list(range(count)), given_path, ours)
        return free_runs.distances(sides.reference, self.files.read(ours), rows,
                                   lambda: self.reference.nudged(found))

    def port_inference(self, found, sides):
        """(arrays of the port's pass without training, ""), or (None, why there are none)."""
        if found.port["form"] == "object":
            return None, UNKNOWN_INPUTS
        path, first = self.files.path("called"), self.reference.steps[:1]
        given_path = self.port.write_given(sides.reference, found, first)
        try:
            self.call_port("forward", found, first, given_path, path)
        except RecorderError as error:  # a loss may call the model in its own way
            return None, textwrap.shorten(
                f"the port's model cannot be called with what the reference is fed: {error}", 200)
        return self.files.read(path), ""

    def port_rates(self, found, sides, at=None):
        """Answer of the port's recorder on rates at far steps; see `far_rates.port_arguments`."""
        first = self.reference.steps[:1]
        given_path = self.port.write_given(sides.reference, found, first)
        return self.call_port("rates", found, first, given_path, "",
                              **far_rates.port_arguments(sides, found, self.notes, at))
