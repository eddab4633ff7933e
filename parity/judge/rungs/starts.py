"""Start values of slots, averages and moving statistics, before the first step.

Each compared step begins with the reference's state, which hides the port's own start.
"""

from typing import NamedTuple

import numpy as np

from parity.common import keys
from parity.common import rungs
from parity.common import words
from parity.judge import differences
from parity.judge import findings
from parity.judge import tensor_names
from parity.judge.compared import Compared

# {end of a tensor's name: the code of Keras that sets its start}
_WRITTEN = {
    "@accumulator": "initial_accumulator_value=...",
    "@mean_square": "a subclass of RMSprop whose build assigns the reference's number to each of "
                    "_velocities",
    "@average": "an average that is assigned before the first step: use_ema begins after it",
    "/moving_mean": "moving_mean_initializer=...",
    "/moving_variance": "moving_variance_initializer=..."}
_MOVED = "the capture begins with another value than the variable's first"


class _Start(NamedTuple):
    """A tensor that both sides start.

    Attributes:
      tensor: its name in the report.
      reference: name of the reference's variable.
      port: name of the port's array, as the port's job "start" writes it.
      owner: "port" or "optimiser", for the report.
      weight: the `parity.pair.variables.Row` of the weight that it averages, or None.
    """

    tensor: str
    reference: str
    port: str
    owner: str
    weight: tuple | None = None


def rows(sides, initial, port, updates=()):
    """Yields a `Compared` for each tensor whose start both sides tell.

    Args:
      sides: the `parity.judge.sides.Sides` of the compared steps.
      initial: {"begun", "declared"}, as `parity.reference.initial.read` returns it, under the names
        that `first_values.declared` makes.
      port: `{name: array}` as the port's job "start" writes it.
      updates: `[(number of an optimiser of the port, updates that the reference's has made)]` of
        optimisers whose rule counts updates.
    """
    if initial["begun"]:
        return
    for each in _starts(sides):
        start = initial["declared"].get(each.reference, {})
        if each.port not in port or start.get("moved"):
            continue
        value = port[each.port]
        if "value" in start:
            yield _row(each.tensor, value, _as_written(value, start["value"]), each.owner)
        elif each.weight and _is_weight(sides, each):
            yield _row(each.tensor, value, port[keys.start_state(each.weight.port)], each.owner,
                       "the weight itself")
    for number, made in updates:
        value = port[keys.start_iterations(number)]
        yield _row(tensor_names.of_optimizer("updates", number), value,
                   np.asarray(made, value.dtype), "optimiser")


def _starts(sides):
    """Yields a `_Start` for each variable that is not trained, and for what optimisers keep."""
    by_port = {row.port: row for row in sides.pairing.rows}
    for row in sides.pairing.rows:
        if not sides.trains(row.reference) and row.reference not in sides.hidden:
            yield _Start(row.port, row.reference, keys.start_state(row.port), "port")
    for slot in sides.slots:
        yield _Start(tensor_names.of_slot(slot.port, slot.role), slot.reference,
                     keys.start_slot(
                         sides.optimizers.get(slot.port), slot.port, slot.role), "optimiser",
                     by_port[slot.port] if slot.role == "average" else None)
    for own in sides.own:
        yield _Start(tensor_names.of_optimizer(own.name, own.optimizer), own.reference,
                     keys.start_own(own.optimizer, own.name), "optimiser")


def _is_weight(sides, start):
    """True where a moving average of the reference starts as its weight."""
    average, weight = (keys.before(sides.steps[0], name)
                       for name in (start.reference, start.weight.reference))
    return average in sides.reference and np.array_equal(
        sides.reference[average], sides.reference[weight])


def _as_written(value, number):
    """A constant of the reference in the shape of `value`: rounded to float32 if the port's is."""
    stored = np.full(value.shape, np.float32(number), value.dtype)
    return stored if np.array_equal(stored, value) else np.full(value.shape, number, value.dtype)


def _row(tensor, value, expected, owner, shown=""):
    """The `Compared` of a start: the port's, and the reference's or words for it."""
    difference = differences.measure(value, expected)
    note = "" if difference.relative <= differences.FLOAT32_CONSTANT else (
        f"the {owner} starts this at {_shown(value)}, the reference at "
        f"{shown or _shown(expected)}")
    return Compared(rungs.STATE, tensor + tensor_names.AT_THE_START, 0, difference, note=note)


def cause(finding):
    """The `findings.Cause` of a finding on a start, whose proof are both numbers; else None."""
    if finding is None or not finding.note or not finding.tensor.endswith(
            tensor_names.AT_THE_START):
        return None
    name = finding.tensor.removesuffix(tensor_names.AT_THE_START)
    return findings.Cause("start", finding.note.replace("this", name), _written(name), (
        "both were read before the first step"))


def _written(name):
    """The code of Keras that sets the start of a tensor."""
    for leaf, code in _WRITTEN.items():
        if name.endswith(leaf):
            return code
    return "assign it before the first step, as the reference starts it"


def _shown(value):
    """The number of an array that is constant, else "several numbers"."""
    if value.size and not np.ptp(value):
        return f"{value.flat[0]:.6g}"
    return "several numbers"


def not_run(sides, initial, dtype):
    """Yields findings on starts that the capture does not hold, as it begins in mid-training.

    Args:
      sides, initial: as for `rows`.
      dtype: the precision.
    """
    if initial["begun"]:
        yield findings.Finding(rungs.STATE, dtype, "starts", differences.NOT_RUN,
                               note=initial["begun"])
        return
    names = [each.tensor for each in _starts(sides)
             if initial["declared"].get(each.reference, {}).get("moved")]
    if names:
        yield findings.Finding(
            rungs.STATE, dtype, words.some(names, 2) + tensor_names.AT_THE_START,
            differences.NOT_RUN, note=_MOVED)
