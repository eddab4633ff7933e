"""Sentences on verdicts: one on a pair, one on several, and the meaning of each verdict."""

from parity.common import rungs
from parity.judge import differences

MEANINGS = {
    differences.IDENTICAL: "bit for bit the same",
    differences.ROUNDING: "another order of the same arithmetic",
    differences.CONSTANTS: "no further apart than the reference is from itself with its constants "
                           "one unit in float32's last place off",
    differences.INCONCLUSIVE: "nothing can be said: the reference does not move, is not finite, or "
                              "one side differs from itself",
    differences.DIFFERENT: "another computation",
    differences.NOT_RUN: "not compared; the reason is said"}
_SAME = {
    differences.IDENTICAL: "The port is the same model, bit for bit.",
    differences.ROUNDING: "The port is the same model: what is apart is apart by rounding.",
    differences.CONSTANTS: "The port is the same model, but for constants that one of the two "
                           "rounds to float32.",
    differences.NOT_RUN: "Nothing was compared."}


def of(result):
    """A sentence on the verdict of a `parity.judge.findings.Result`."""
    first, verdict = result.first_difference, result.verdict
    if verdict in _SAME:
        return _SAME[verdict]
    place = f"at rung {first.rung} ({rungs.NAMES[first.rung]}), in {first.tensor}"
    if verdict == differences.INCONCLUSIVE:
        return f"Nothing certain can be said of the port; what is uncertain stands first {place}."
    if first.rung == rungs.STRUCTURE:
        return f"The port has another structure, first in {first.tensor}."
    return f"The port is another model: it departs first {place}."


def of_all(results):
    """A sentence on the verdicts of several `parity.judge.findings.Result`s."""
    if len(results) == 1:
        return of(results[0])
    count = {}
    for result in results:
        count[result.verdict] = count.get(result.verdict, 0) + 1
    same = [verdict for verdict in _SAME if verdict != differences.NOT_RUN]
    if results and set(count) <= set(same):
        return f"All {len(results)} ports are the same models as their programs: " + _counted(count)
    return f"Of {len(results)} ports: " + _counted(count)


def _counted(count):
    """Words for numbers of verdicts, from best to worst: "2 identical, 1 different."."""
    return ", ".join(f"{count[verdict]} {verdict}" for verdict in differences.ORDER
                     if verdict in count) + "."
