"""Findings by layer and rung; those of a tensor, in all steps and precisions, make up one row."""

import re
from typing import NamedTuple

from parity.common import rungs
from parity.judge import differences
from parity.judge import tensor_names
from parity.report import ladder

REPLAY, LOSSES, OTHERS, NOT_COMPARED = (
    "the replay", "losses", "the program as a whole", "not compared")
_GROUPS = {rungs.REPLAY: REPLAY, rungs.LOSSES: LOSSES}
# Suffix of the place of a layer's output or input: numbers of the call and of the tensor.
_CALL = re.compile(r"(/\d+)*(:\d+)?$")


class Row(NamedTuple):
    """A tensor at a rung.

    Attributes:
      rung, tensor: number of the rung, and name of the tensor.
      cells: `{dtype: Finding}`, the worst of each precision.
      step: the first step with the worst verdict.
      note: the remark on the worst finding.
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
    """`{layer: [Row]}` of the findings that are not identical, in their order.

    Args:
      result: a `parity.judge.findings.Result`.
    """
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
    """The layer of the port that a finding is on, or another heading where it is on none."""
    if finding.verdict == differences.NOT_RUN:
        return NOT_COMPARED
    if finding.rung in _GROUPS:
        return _GROUPS[finding.rung]
    if finding.rung == rungs.FORWARD:
        return _of_output(finding)
    path = tensor_names.variable_of(finding.tensor)
    return path.rpartition("/")[0] if "/" in path and " " not in path else OTHERS


def _of_output(finding):
    """The layer that computes an output, by its place in the port, else by its name."""
    place = finding.note.removeprefix(tensor_names.INPUT_OF)
    if place and " " not in place:
        return _CALL.sub("", place)
    return finding.tensor.removesuffix(tensor_names.NOT_TRAINING).removesuffix(
        tensor_names.ACTIVATION)


def _place(name):
    """The place of a heading among others: layers come first, omissions last."""
    return (REPLAY, LOSSES, OTHERS, NOT_COMPARED).index(name) + 1 if name in (
        REPLAY, LOSSES, OTHERS, NOT_COMPARED) else 0


def _row(rung, tensor, same):
    """The `Row` of the findings `same`, all on one tensor at one rung."""
    cells = {dtype: ladder.worst([each for each in same if each.dtype == dtype])
             for dtype in dict.fromkeys(each.dtype for each in same)}
    bad = ladder.worst(cells.values())
    step = min(each.step for each in same if each.verdict == bad.verdict)
    return Row(rung, tensor, cells, step, bad.note)
