"""Computes learning rates at far steps, from the graph and its counter, without training."""

import numpy as np
import tensorflow.compat.v1 as tf

from parity import capture
from parity.common import keys
from parity.reference import captured as captures
from parity.reference import rate_formula
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.reading import updates

# Bends of schedules are searched in constants of at most this size, up to this step.
_LISTED, _FURTHEST = 64, 1e6
# Hyper-parameters of apply operations beside the rate, by their names in the op definitions.
_NUMBERS = ("beta1", "beta2", "epsilon", "l1", "l2", "momentum", "rho")


class Unreadable(Exception):
    """A rate at far steps cannot be computed; the message is one line."""


def read(job, edits=()):
    """Learning rates of the trained variables at far steps.

    Args:
      job: {"captured", "dtype", "trace", "compared", "steps"}: "trace" is the file that the
        recorder's job "steps" wrote of the steps "compared"; "steps" are the far steps, counted
        from the first compared one.
      edits: functions of a GraphDef that are applied to the graph first.

    Returns:
      `[{"what", "variables", "values", "rounding", "reason"}]`, one entry for each "rate": "values"
      has the rate at each step, "rounding" the absolute error that float32 may make of it. Where it
      cannot be computed, both are empty, and "reason" says why. Each "momentum" or other
      hyper-parameter that the graph computes has an entry with a reason, too.
    """
    captured, by_rate = captures.read(job["captured"]), {}
    with np.load(job["trace"], allow_pickle=False) as trace:
        recorded = _recorded(trace)
        for update in updates.read(captured):
            rate = update.rate.tensor if update.rate else ""
            phase = min([phase for _, phase in recorded.get(update.variable, ())], default=0)
            by_rate.setdefault((rate or update.scope, phase), []).append(update)
        return [_entry(captured, group, trace, job, edits) for group in by_rate.values()
                ] + _computed_numbers(captured)


def bends(captured):
    """Sorted positive integers in schedules, as boundaries or decay steps, where they may bend."""
    found = set()
    for update in updates.read(captured):
        if update.rate and update.rate.tensor:
            for op in tensors.ancestors([structure.of(captured).tensor(update.rate.tensor)]):
                value = tensors.constant(op.outputs[0]) if op.type == "Const" else None
                if value is not None and value.size <= _LISTED:
                    found.update(int(number) for number in np.ravel(value)
                                 if number == number // 1 and 1 <= number <= _FURTHEST)
    return sorted(found)


def _entry(captured, group, trace, job, edits):
    found = _said("rate", group, "")
    try:
        found["values"], found["rounding"] = _series(captured, group[0], trace, job, edits)
    except Unreadable as error:
        found["reason"] = str(error)
    except tf.errors.OpError as error:
        found["reason"] = "the graph does not give its rate alone: {}".format(
            " ".join(error.message.split())[:200])
    return found


def _said(what, group, reason):
    return {"what": what, "variables": [update.variable for update in group], "values": [],
            "rounding": [], "reason": reason}


def _computed_numbers(captured):
    """Entries, as of `read`, of hyper-parameters that are neither constants nor variables."""
    found, graph = {}, structure.of(captured)
    for update in updates.read(captured):
        op = graph.graph.get_operation_by_name(update.operation)
        names = [argument.name for argument in op.op_def.input_arg] if capture.is_apply(op) else ()
        for name, tensor in zip(names, op.inputs):
            if name in _NUMBERS and name not in update.constants and name not in update.slots:
                found.setdefault((name, tensor.name), []).append(update)
    return [_said(name, group, "the graph computes it, by {}".format(tensor))
            for (name, tensor), group in found.items()]


def _series(captured, update, trace, job, edits):
    """(rates, absolute errors that float32 may make of them) at the far steps."""
    if update.rate is None:
        raise Unreadable("the update of {} does not say which number is its rate".format(
            update.variable))
    name, first = update.rate.tensor, job["compared"][0]
    counter, others = _depends(captured, name)
    held = {other: trace[keys.before(first, other)] for other in others}
    variables = others + ([counter] if counter else [])
    with rate_formula.RateFormula(captured, name, variables, "float64") as wide, \
            rate_formula.RateFormula(captured, name, variables, "float32") as narrow:
        formula = wide if job["dtype"] == "float64" else narrow
        counts = _counts(formula, counter, held, update.variable, trace, job)
        if edits:
            return _edited(captured, name, variables, edits, [
                dict(held, **{counter: count}) if counter else held for count in counts])
        values, rounding = [], []
        for count in counts:
            at = dict(held, **{counter: count}) if counter else held
            values.append(formula.at(at))
            apart = abs(wide.at(at) - narrow.at(at))
            rounding.append(max(apart, wide.rounding()))
        return values, rounding


def _edited(captured, name, variables, edits, at):
    """(rates of an edited graph, errors of float32) at states of its variables."""
    both = []
    for dtype in ("float64", "float32"):
        with rate_formula.RateFormula(captured, name, variables, dtype, edits) as formula:
            both.append([formula.at(values) for values in at])
    return both[0], [abs(wide - narrow) for wide, narrow in zip(*both)]


def _depends(captured, name):
    """(name of the counter that a rate depends on or None, names of constant variables)."""
    ops = tensors.ancestors([structure.of(captured).tensor(name)])
    fed = sorted(op.name for op in ops if op.name in captured.inputs)
    if fed:
        raise Unreadable("the program feeds its rate, as {}".format(", ".join(fed)))
    variables = sorted(op.name for op in ops if op.type in tensors.VARIABLE_TYPES)
    counters = [each for each in variables if captured.variables[each]["dtype"].startswith("int")]
    others = [each for each in variables if each not in counters]
    written = {each for call in captured.calls for each in list(call.writes) + list(call.moved)}
    follows = [each for each in others
               if each in written or captured.variables[each]["shape"] != [] or not counters]
    if follows:
        raise Unreadable("its rate follows the variable {}, which no counter of steps tells".format(
            ", ".join(follows)))
    if len(counters) > 1:
        raise Unreadable("its rate follows several counters: {}".format(", ".join(counters)))
    return (counters + [None])[0], others


def _counts(formula, counter, held, variable, trace, job):
    """Values of the counter at the far steps when the rate is read; Nones without a counter.

    The counter grows in each step as in the compared ones, and partly before the rate is read: two
    optimisers may share one counter.
    """
    if counter is None:
        return [None] * len(job["steps"])
    first = job["compared"][0]
    before = {step: int(trace[keys.before(step, counter)]) for step in job["compared"]}
    grows = int(trace[keys.after(first, counter)]) - before[first]
    if any(count - before[first] != grows * (step - first) for step, count in before.items()):
        raise Unreadable("its counter {} does not grow evenly".format(counter))
    told = _recorded(trace).get(variable, {})
    rates = {step: told[step, phase] for step, phase in sorted(told, reverse=True)
             if step in job["compared"]}
    for early in range(abs(grows) + 1):
        if rates and all(formula.at(dict(held, **{counter: before[step] + early})) == rate
                         for step, rate in rates.items()):
            return [before[first] + early + grows * step for step in job["steps"]]
    raise Unreadable("its rate in the compared steps is not what its counter {} tells".format(
        counter))


def _recorded(trace):
    """`{variable: {(step, phase): rate}}` of the compared steps."""
    found = {}
    for name in trace.files:
        part, _, rest = name.partition("/")
        if part == "rate":
            step, phase, variable = rest.split("/", 2)
            found.setdefault(variable, {})[int(step), int(phase)] = float(trace[name])
    return found
