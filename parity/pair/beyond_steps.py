"""Comparisons beyond the compared steps: inference, far rates, first values, the round trip."""

from parity.judge.rungs import forward
from parity.judge.rungs import initialisers
from parity.judge.rungs import starts
from parity.pair import far_rates as rates_of_both
from parity.pair import first_values as values_of_both
from parity.pair import port_inputs
from parity.pair import round_trip
from parity.pair.run import UNKNOWN_INPUTS


def inference(run, found, sides):
    """([`Compared` of the forward pass without training], ""), or ([], why it was not run).

    Args:
      run: the `Run`.
      found: the `Mapping`.
      sides: the `Sides` of the compared steps.
    """
    if found.port["form"] == "object":
        return [], UNKNOWN_INPUTS
    theirs, reason = run.reference.inference()
    ours, reason = (None, reason) if reason else run.port_inference(found, sides)
    if reason:
        return [], reason
    rows = list(forward.inference(sides, run.dtype, theirs, ours))
    return rows, "" if rows else forward.NO_PARTNER


def far_rates(run, found, sides):
    """Compares learning rates at far steps; arguments as for `inference`.

    Returns:
      ((answer of the reference's recorder, answer of the port's), ([`Compared`], [`Finding`])).
    """
    answers = run.reference.rates(found), run.port_rates(found, sides)
    return answers, rates_of_both.found_by(sides, found, run.dtype, *answers)


def first_values(run, found, sides, dtypes):
    """Compares initialisers, and where slots and other state start.

    Args:
      run, found, sides: as for `inference`.
      dtypes: precisions of the verification.

    Returns:
      ([`Finding` on initialisers], [`Compared` of slots and state], [`Finding` on state that was
      not compared]).
    """
    theirs, ours = values_of_both.wanted(found)
    initial, drawn = run.reference.initial(theirs)
    said, draws = run.port.before_training("initial", variables=ours)
    both = values_of_both.sides(found, initial, drawn, (said, draws, run.port.start()))
    begins = dict(initial, declared=values_of_both.declared(found, initial))
    counted = port_inputs.counted(sides.reference, found, sides.first_step)
    return (initialisers.found(both, dtypes),
            starts.rows(sides, begins, run.port.start(), counted),
            starts.not_run(sides, begins, run.dtype))


def round_trip_findings(run, found, sides):
    """`Finding`s of rung 9 on the state after the last compared step."""
    source = run.reference.source
    return round_trip.found_by(
        sides, found, run.folder, source.recorder, source.captured, run.reference.trace_path,
        run.port.recorder,
        lambda job, steps, start, out: run.call_port(job, found, steps, start, out))
