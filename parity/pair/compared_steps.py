"""Compared steps of one precision, with the variants, repetitions and further steps they need."""

from parity.judge import compared
from parity.judge import judge
from parity.judge import repeated
from parity.judge import verdicts
from parity.pair import exchanges
from parity.pair import free_runs

# Largest number of compared steps that are run again.
_AGAIN = 2
# The variant of `parity.reference.variants` whose moving variances are the batch's.
BIASED = "biased"


class ComparedSteps:
    """Steps of both sides in one precision, compared.

    Args:
      run: the `Run`.
      found: the `Mapping`.
      kind: the `parity.judge.compared.Kind` of the pair.
      kept: True where traces are kept, which always get variants: they may be compared with
        other ports later.

    Attributes:
      run, kind: as given.
      found: the `Mapping`, after exchanges.
      sides: the `Sides` of all compared steps.
    """

    def __init__(self, run, found, kind, kept):
        self.run, self.found, self.kind, self._kept = run, found, kind, kept
        self.sides = None
        self._rows, self._rows_of = [], None

    def record(self, also=(), free=False, exact=None):
        """Records both sides; arguments as for `ReferenceRun.record`."""
        self.run.record(self.found, also, free, exact)
        self._take_port()

    def _take_port(self):
        """Records the port, and variants of the reference where not all tensors are identical."""
        self.sides = self.run.sides(self.found)
        if self.run.reference.varied:
            return
        apart = self.apart()
        if apart and not self._kept and all(row.rung in (7, 8) for row in apart):
            self.run.reference.record_variants(self.found, [BIASED])
            apart = [row for row in self.apart() if row.note != compared.BIASED]
        if apart or self._kept:
            self.run.reference.record_variants(self.found)

    def rows(self):
        """`Compared` of every tensor.

        All arrays are read from disk for it, so that it is done once, and again after variants were
        recorded, which are noise floors.
        """
        of = self.sides, len(self.run.reference.arrays.maps)
        if self._rows_of != of:
            self._rows_of, self._rows = of, list(self.kind.compared(self.sides))
        return self._rows

    def apart(self):
        """`Compared`s of tensors that are not bit for bit equal, and not excused by others."""
        return judge.apart(self.rows(), self.run.dtype, self.kind)

    def exchange(self, float32_only):
        """Exchanges ambiguous pairs until the forward pass agrees; True if any were exchanged."""
        verdict = verdicts.alone if float32_only else verdicts.in_float64
        settled = exchanges.settled(
            self.found, self.sides, self.run.first_step, self.kind.compared, verdict)
        if settled is self.found:
            return False
        self.found = settled
        self._take_port()
        return True

    def settle_races(self, races):
        """Finds the order of racing accesses that the port has; True where it is not the first.

        Args:
          races: "races" of the reference's description.
        """
        names = {row.port for row in self.found.variables.rows if row.reference in races["in_turn"]}
        fewest, chosen = self._different(self.rows()), 0
        if not names.intersection(row.tensor for row in fewest):
            return False
        source = self.run.reference.source
        for source.turn in range(1, races["turns"]):
            sides = self.run.reference_again(self.found, self.sides, [self.sides.first_step])
            apart = self._different(self.kind.compared(sides)) if sides else fewest
            if len(apart) < len(fewest):
                fewest, chosen = apart, source.turn
        source.turn = chosen
        return bool(chosen)

    def _different(self, rows):
        """Rows of the first step that are different by their own precision."""
        return [row for row in rows if row.step == self.sides.first_step
                and verdicts.is_apart(row, self.run.dtype)]

    def unrepeatable(self):
        """Runs steps with differences again; list of `Unrepeatable`s, sides that differ from
        themselves."""
        apart = self.apart()
        if not apart:
            return []
        steps = sorted({self.sides.first_step, *(row.step for row in apart)})[:_AGAIN]
        found = [repeated.unrepeatable(who, self.rows(), self.kind.compared(again))
                 for who, again in self.run.again(self.found, self.sides, steps)]
        return [each for each in found if each]

    def run_freely(self):
        """Runs freely from the first step, and compares steps from which the port departs, too.

        Returns:
          (`free_runs.Distances` or None, numbers of the steps that are compared besides).
        """
        # A moving variance that follows the batch's was compared with that of a variant of the
        # reference, which does not run freely.
        otherwise = {row.tensor for row in self.rows() if row.note == compared.BIASED}
        distances = self.run.free(self.found, self.sides, [
            row for row in self.found.variables.rows if row.port not in otherwise])
        if distances is None:
            return None, []
        departures = free_runs.departures(distances, self.sides.steps)
        if departures:
            self.record(departures)
        return distances, departures
