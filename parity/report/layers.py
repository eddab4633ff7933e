"""Findings by layer and rung, those of a tensor in one row: steps and precisions side by side."""

import re
from typing import NamedTuple

from parity.judge import differences
from parity.judge.compared import NOT_TRAINING
from parity.report import ladder

REPLAY, LOSSES, OTHERS, NOT_COMPARED = (
    "the replay", "losses", "the program as a whole", "not compared")
_FORWARD = 3
_GROUPS = {0: REPLAY, 4: LOSSES}
# What follows a layer in the places of its outputs and inputs: number of the call, of the tensor.
_CALL = re.compile(r"(/\d+)*(:\d+)?$")


class Row(NamedTuple):
    """A tensor at a rung.

    Attributes:
      rung, tensor: where it stands.
      cells: `{dtype: Finding}`, of each precision the worst.
      step: the first in which it is as bad as this.
      note: what is said of it.
    """

    rung: int
    tensor: str
    cells: dict
    step: int
    note: str

    @property
    def verdict(self):
        """The worst of both precisions."""
        return differences.worst(finding.verdict for finding in self.cells.values())


def of(result):
    """`{layer: [Row]}` of what is not identical, in the order in which it was found."""
    found = {}
    for finding in result.findings:
        if finding.verdict != differences.IDENTICAL:
            found.setdefault((layer(finding), finding.rung, finding.tensor), []).append(finding)
    rows = {}
    for (name, rung, tensor), same in found.items():
        rows.setdefault(name, []).append(_row(rung, tensor, same))
    return dict(sorted(((name, sorted(each, key=lambda row: row.rung))
                        for name, each in rows.items()), key=lambda pair: _place(pair[0])))


def layer(finding):
    """The layer of the port that a finding is about; another heading where it is about none."""
    if finding.verdict == differences.NOT_RUN:
        return NOT_COMPARED
    if finding.rung in _GROUPS:
        return _GROUPS[finding.rung]
    if finding.rung == _FORWARD:
        return _of_output(finding)
    path = finding.tensor.partition(" at the start")[0].partition("@")[0]
    return path.rpartition("/")[0] if "/" in path and " " not in path else OTHERS


def _of_output(finding):
    """The layer that gives an output, by its place in the port, else by its name."""
    place = finding.note[len("input of "):] if finding.note.startswith("input of ") else (
        finding.note)
    if place and " " not in place:
        return _CALL.sub("", place)
    return finding.tensor.removesuffix(NOT_TRAINING).removesuffix("/activation")


def _place(name):
    """Headings that are no layers come last, what was not compared behind the others."""
    return (REPLAY, LOSSES, OTHERS, NOT_COMPARED).index(name) + 1 if name in (
        REPLAY, LOSSES, OTHERS, NOT_COMPARED) else 0


def _row(rung, tensor, same):
    cells = {dtype: ladder.worst([each for each in same if each.dtype == dtype])
             for dtype in dict.fromkeys(each.dtype for each in same)}
    bad = ladder.worst(cells.values())
    step = min(each.step for each in same if each.verdict == bad.verdict)
    return Row(rung, tensor, cells, step, bad.note)
