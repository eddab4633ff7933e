"""Notes of the port's recorder on its steps: random draws, gradients of None, traced steps."""

from typing import NamedTuple

from parity.judge import differences
from parity.judge import findings
from parity.judge.rungs import rates

_NO_GRADIENT = "None: the port's loss does not depend on it"
_DRAWS = "draws"


class Notes(NamedTuple):
    """Notes on the steps in one precision.

    Attributes:
      steps: `{step: {"none_gradients": [{"variables"}], "draws"}}`, from the port's recorder.
      kinds: `{step: [kind]}` of the reference's draws, in order.
      hidden: True where the reference also draws in loops or branches, whose draws the port cannot
        be given.
      traced: line on a traced step that differs from the eager one, or None.
    """

    steps: dict
    kinds: dict
    hidden: bool
    traced: str | None = None


def of(answer, kinds, hidden):
    """`Notes` from the answer of the port's recorder to the job "steps" or "forward".

    Args:
      answer: `{"steps": {step: notes}, "traced"}`; steps are strings, as in JSON.
      kinds: `{step as a string: [kind]}` of the reference's draws.
      hidden: True where the reference also draws in loops or branches.
    """
    return Notes({int(step): notes for step, notes in answer["steps"].items()},
                 {int(step): drawn for step, drawn in kinds.items()}, hidden, answer["traced"])


def told(result, noted, repeatable=True):
    """Copy of a `Result` with the notes in its findings.

    Args:
      result: a `parity.judge.findings.Result`.
      noted: `{dtype: Notes}`.
      repeatable: True where a step of the port gives the same when it is run again.
    """
    found = [_with_notes(finding, noted[finding.dtype]) if finding.dtype in noted else finding
             for finding in result.findings]
    for dtype, notes in noted.items():
        found += _of_tracing(dtype, notes.traced, repeatable) + list(_of_draws(dtype, notes))
    return result._replace(findings=found)


def _with_notes(finding, notes):
    """Finding with the reason that the port's notes give for it, if any."""
    step = notes.steps.get(finding.step)
    if finding.verdict != differences.DIFFERENT or finding.rung < 3 or step is None or (
            finding.tensor.startswith(rates.OF)):  # of no batch, and so of no draw
        return finding
    if finding.rung == 5 and any(finding.tensor in entry["variables"]
                                 for entry in step.get("none_gradients", ())):
        return finding._replace(note=_NO_GRADIENT)
    alone = _alone(step["draws"])
    if not alone or finding.relative == float("inf"):  # a missing tensor does not depend on draws
        return finding
    if step["draws"]["left"] or notes.hidden:
        return finding._replace(verdict=differences.INCONCLUSIVE, note=(
            f"the port draws by {alone}, which the reference's numbers did not answer"))
    return finding._replace(note=f"the port draws by {alone}, where the reference draws nothing")


def _alone(draws):
    """Draws of the port that nothing answered, as "keras.random.randint [8]"."""
    return ", ".join(dict.fromkeys(f"{draw['function']} {draw['shape']}"
                                   for draw in draws["unanswered"]))


def _of_tracing(dtype, line, repeatable):
    """[`Finding` of rung 8] if the step that `fit` traces differs or cannot be traced, else []."""
    if line is None:
        return []
    certain = repeatable and "cannot be traced" not in line
    verdict = differences.DIFFERENT if certain else differences.INCONCLUSIVE
    return [findings.Finding(8, dtype, "the traced step", verdict, note=line)]


def _of_draws(dtype, notes):
    """Yields a `Finding`, not run, for each step with draws that have no partner."""
    for step, noted in notes.steps.items():
        parts = []
        if noted["draws"]["unanswered"]:
            parts.append(f"the port drew {_alone(noted['draws'])} by itself")
        left = [notes.kinds[step][number] for number in noted["draws"]["left"]]
        if left:
            parts.append(f"the port did not draw {', '.join(dict.fromkeys(left))} of the reference")
        if parts:
            yield findings.Finding(3, dtype, _DRAWS, differences.NOT_RUN,
                                   note="; ".join(parts), step=step)
