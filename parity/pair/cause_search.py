"""Searches for causes with the recorder of the reference, which applies changes to its graph."""

import numpy as np

from parity.common import arrays
from parity.pair import far_rates
from parity.pair import joins
from parity.pair import measurements
from parity.pair import places
from parity.pair import rate_causes
from parity.pair import step_causes
from parity.workers import RecorderError


def of_step(run, found, sides, kind, step):
    """(causes of the first difference in a step, sentences of measurements where there are none).

    Args:
      run: the `Run`.
      found: the `Mapping`.
      sides: the `Sides` of all compared steps.
      kind: the `parity.judge.compared.Kind` of the pair.
      step: number of the step.
    """
    theirs = run.trace(found)
    whole = run.sides_of(theirs, sides.port, found, [step])
    search = step_causes.Search(
        lambda trace, at: run.sides_of(trace, sides.port, found, [at]), theirs, kind, run.dtype,
        [step] + [each for each in run.reference.steps if each > step],
        lambda row: places.of(row, found, whole), _asking(run, found, whole))
    try:
        causes = search.causes()
    except RecorderError:  # a change may fail on an unusual graph; the verification goes on
        causes = []
    unknown = not causes and search.apart
    return causes, list(measurements.sentences(
        search.apart, whole, found, search.late)) if unknown else []


def _asking(run, found, whole):
    """Function (job, **arguments) that `step_causes.Search` calls."""
    path, ours = run.files.path("changed"), run.files.path("candidates")
    np.savez(ours, **places.forward_tensors(whole.port, whole.first_step))

    def ask(job, **more):
        answer = run.reference.changed(job, out=path, ours=ours, **more)
        if job != "edited":
            return answer
        if answer:  # the reason why the change cannot be made
            return None
        with arrays.Stored(path) as step:
            return joins.Trace(dict(step), found.joins)
    return ask


def of_rates(run, found, sides, answers):
    """(first `Compared` of a far rate that is different, or None; its causes).

    Args:
      run, found, sides: as for `of_step`.
      answers: answers of both recorders to the job "rates", the reference's first.
    """
    def ask(job, **more):
        return run.reference.changed(job, compared=run.reference.steps,
                                     steps=far_rates.steps(found), **more)
    try:
        return rate_causes.causes(sides, found, run.dtype, answers, ask)
    except RecorderError:  # a change may fail on an unusual graph; the verification goes on
        return None, []


def with_rates(explained_step, rate, causes):
    """Joins the causes of a difference in a step with those of a far rate.

    Args:
      explained_step: (`Compared` of a step or None, its causes, measurements).
      rate: first `Compared` of a far rate that is different, or None.
      causes: its causes.

    Returns:
      (`Compared` or None, causes, measurements).
    """
    row, of_one_step, measurements = explained_step
    if row is None:
        return rate, causes, []
    both = [cause for cause in causes
            if cause.sentence in {each.sentence for each in of_one_step}]
    if rate is None or both:
        return row, both or of_one_step, measurements
    # One step does not prove a schedule that the rates of other steps contradict.
    left = [cause for cause in of_one_step if cause.name not in rate_causes.NAMES]
    return row, left, measurements if left or not of_one_step else [
        "cause: not recognised; what is measured:", f"{rate.tensor}: {rate.note}"]
