"""Where slots, averages and moving statistics start: rung 7, before the first step.

Each compared step begins with the reference's state, which hides where the port's begins.
"""

import numpy as np

from parity.judge import differences
from parity.judge import findings
from parity.judge.compared import Compared

AT_THE_START = " at the start"
# {how the name of what starts ends: what sets it in Keras}
_WRITTEN = {
    "@accumulator": "initial_accumulator_value=...",
    "@mean_square": "a subclass of RMSprop whose build assigns the reference's number to each of "
                    "_velocities",
    "@average": "an average that is assigned before the first step: use_ema begins after it",
    "/moving_mean": "moving_mean_initializer=...",
    "/moving_variance": "moving_variance_initializer=..."}
_MOVED = "the capture begins with another value than the variable's first"


def rows(sides, initial, port, updates=()):
    """A `Compared` for each tensor whose start both sides tell.

    Args:
      sides: the `parity.judge.sides.Sides` of the compared steps.
      initial: {"begun", "declared"}: what `parity.reference.initial.read` returns, names as
        `first_values.declared` gives them.
      port: `{name: array}` as the port's job "start" writes it.
      updates: `[(number of an optimiser of the port, updates that the reference's has made)]` of
        those whose rule counts them.
    """
    if initial["begun"]:
        return
    for name, reference, place, who, average in _places(sides):
        start = initial["declared"].get(reference, {})
        if place not in port or start.get("moved"):
            continue
        value = port[place]
        if "value" in start:
            yield _row(name, value, _as_written(value, start["value"]), who)
        elif average and _is_weight(sides, reference, average.reference):
            yield _row(name, value, port[f"state/{average.port}"], who, "the weight itself")
    for number, made in updates:
        value = port[f"iterations/{number}"]
        yield _row(f"updates of optimiser {number + 1}", value, np.asarray(made, value.dtype),
                   "optimiser")


def _places(sides):
    """(name, the reference's variable, the port's array, whose it is, of an average its weight)."""
    by_port = {row.port: row for row in sides.pairing.rows}
    for row in sides.pairing.rows:
        if not sides.trains(row.reference) and row.reference not in sides.hidden:
            yield row.port, row.reference, f"state/{row.port}", "port", None
    for slot in sides.slots:
        yield (f"{slot.port}@{slot.role}", slot.reference,
               f"slot/{sides.optimizers.get(slot.port)}/{slot.port}/{slot.role}", "optimiser",
               by_port[slot.port] if slot.role == "average" else None)
    for own in sides.own:
        yield (f"{own.name} of optimiser {own.optimizer + 1}", own.reference,
               f"own/{own.optimizer}/{own.name}", "optimiser", None)


def _is_weight(sides, average, weight):
    """Whether a moving average of the reference starts as its weight."""
    one, other = (f"before/{sides.steps[0]}/{name}" for name in (average, weight))
    return one in sides.reference and np.array_equal(sides.reference[one], sides.reference[other])


def _as_written(value, number):
    """A constant of the reference as an array: as Keras rounds it to float32, else in decimals."""
    stored = np.full(value.shape, np.float32(number), value.dtype)
    return stored if np.array_equal(stored, value) else np.full(value.shape, number, value.dtype)


def _row(name, value, expected, who, shown=""):
    difference = differences.measure(value, expected)
    note = "" if difference.relative <= differences.FLOAT32_CONSTANT else (
        f"the {who} starts this at {_shown(value)}, the reference at {shown or _shown(expected)}")
    return Compared(7, name + AT_THE_START, 0, difference, note=note)


def cause(finding):
    """The `findings.Cause` of a finding on a start, None of another: both numbers are its proof."""
    if finding is None or not finding.tensor.endswith(AT_THE_START) or not finding.note:
        return None
    name = finding.tensor[:-len(AT_THE_START)]
    return findings.Cause("start", finding.note.replace("this", name), _written(name), (
        "both were read before the first step"))


def _written(name):
    """What sets the start in Keras."""
    for leaf, words in _WRITTEN.items():
        if name.endswith(leaf):
            return words
    return "assign it before the first step, as the reference starts it"


def _shown(value):
    """A number that stands everywhere, else that others do."""
    if value.size and not np.ptp(value):
        return f"{value.flat[0]:.6g}"
    return "several numbers"


def not_run(sides, initial, dtype):
    """Findings of what says nothing: a capture that begins in the middle, state that moved."""
    if initial["begun"]:
        yield findings.Finding(7, dtype, "starts", differences.NOT_RUN, note=initial["begun"])
        return
    names = [name for name, reference, *_ in _places(sides)
             if initial["declared"].get(reference, {}).get("moved")]
    if names:
        rest = f" and {len(names) - 2} more" if len(names) > 2 else ""
        yield findings.Finding(7, dtype, ", ".join(names[:2]) + rest + AT_THE_START,
                               differences.NOT_RUN, note=_MOVED)
