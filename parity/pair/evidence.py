"""Evidence that a verification collects, one precision after the other, and the `Result` of it."""

from typing import NamedTuple

from parity.judge import differences
from parity.judge import findings
from parity.judge import forward_only
from parity.judge import judge
from parity.judge import sources
from parity.judge import uncompared
from parity.judge import zeros
from parity.judge.rungs import initialisers
from parity.judge.rungs import rates
from parity.judge.rungs import starts
from parity.judge.rungs import structure
from parity.judge.trained import TRAINED
from parity.pair import free_runs
from parity.pair import preparation
from parity.pair import step_notes

# Verdicts under which a free run is judged: neither constants nor vanishing gradients move it then.
_ALIKE = (differences.IDENTICAL, differences.ROUNDING)


class Explained(NamedTuple):
    """Causes of a difference.

    Attributes:
      row: the `Compared` that is different first, or None.
      causes: its `findings.Cause`s.
      measured: sentences of measurements, where no cause is recognised.
    """

    row: object = None
    causes: list = []
    measured: list = []


class Evidence:
    """Evidence on one pair.

    Args:
      config: the `PairConfig`.
      kind: the `parity.judge.compared.Kind` of the pair.

    Attributes:
      found: the `Mapping` of the precision that was recorded last.
      structure: `Finding`s on the structures of both sides by that `Mapping`.
      beside: `Finding`s that do not come from the traces of the steps.
      seen: `{dtype: judge.Seen}`.
      notes: `{dtype: step_notes.Notes}`.
      curves: curves of free runs, for the report.
      distances: `{dtype: free_runs.Distances}` of the precision that runs freely.
      unrepeatable: `parity.judge.repeated.Unrepeatable`s.
      explained: the `Explained` first difference.
    """

    def __init__(self, config, kind):
        self._config, self._kind = config, kind
        self.found, self.structure, self.beside = None, [], []
        self.seen, self.notes, self.curves = {}, {}, {}
        self.distances, self.unrepeatable, self.explained = {}, [], Explained()

    def take_mapping(self, found):
        """Takes the `Mapping` of a precision; True where the structures do not differ."""
        self.found, self.structure = found, list(structure.found(found))
        return not structures_differ(self.structure)

    def result(self):
        """The `Result` of the pair."""
        headers = preparation.headers(self._config, self.found)
        if structures_differ(self.structure):
            return findings.Result(self._config.shown, self.structure, [], {}, {}, headers)
        judged = judge.judge(self._config.shown, self.seen, self._all_beside(), headers, self._kind)
        judged = judged._replace(findings=judged.findings + self._of_free_runs(judged))
        result = step_notes.told(judged, self.notes, not self.unrepeatable)
        first = result.first_difference
        causes, measured = self._causes(first)
        lines = sources.of(self.found, first, self._layers(first))
        return result._replace(
            sources=lines, lines=sources.texts(self.found, lines), curves=self.curves,
            causes=causes, measured=tuple(measured))

    def _all_beside(self):
        """`Finding`s that do not come from the traces, of the precisions that are run."""
        beside = self.structure + list(uncompared.found(self.found)) + self.beside
        beside += forward_only.untrained() if self._kind is forward_only.FORWARD else []
        return [each for each in beside if each.dtype in self._config.dtypes]

    def _of_free_runs(self, judged):
        """`Finding`s on departures in a free run of a pair without other differences."""
        zero = any(finding.note == zeros.NOTE for finding in judged.findings)
        if judged.verdict not in _ALIKE or zero:
            return []
        return [finding for dtype, distances in self.distances.items()
                for finding in free_runs.unexplained(distances, dtype)]

    def _causes(self, first):
        """(causes, measurements where there are none) of the first difference of a result."""
        started = starts.cause(first) or initialisers.cause(first)
        row, causes, measured = self.explained
        if started or row is None or first is None or first.verdict != differences.DIFFERENT:
            return ([started] if started else []), []
        # In float32 another tensor of the rung may stand first.
        same = first.rung == row.rung
        rate = first.tensor.startswith(rates.OF) and row.rung >= TRAINED.required[-1]
        return (causes, measured) if same or rate else ([], [])

    def _layers(self, first):
        """`{output: line that made the layer}` of the port in the step of a finding."""
        notes = self.notes.get(first.dtype) if first else None
        return {place: entry["line"] for place, entry in notes.steps.get(
            first.step, {}).get("outputs", {}).items()} if notes else {}


def structures_differ(structure_findings):
    """True where one of the findings of rung 1 is a difference."""
    return any(each.verdict == differences.DIFFERENT for each in structure_findings)
