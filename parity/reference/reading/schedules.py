"""Reads learning rates: a constant, a variable, a fed value, or a schedule of a step counter."""

import functools
from typing import Dict, NamedTuple, Tuple

from parity.reference.reading import evaluation
from parity.reference.reading import schedule_formulas
from parity.reference.reading import tensors

_SHOWN_STEPS = (0, 1, 10, 100, 1000, 10000, 100000)


class Rate(NamedTuple):
    """A learning rate.

    Attributes:
      kind: "constant", "variable", "fed", a schedule's name as "exponential decay", or "computed".
      tensor: name of the tensor that the optimiser is given.
      numbers: constants of a schedule by name; `{"value": number}` of a constant.
      source: name of the variable or placeholder that it depends on, or "".
      values: values of a variable or placeholder in the captured calls; (step, rate) pairs of a
        schedule.
      operations: types of the operations of a computed rate.
    """
    kind: str
    tensor: str
    numbers: Dict[str, object]
    source: str = ""
    values: Tuple = ()
    operations: Tuple[str, ...] = ()


def read(graph, tensor):
    """`Rate` of a tensor.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      tensor: the tensor that an optimiser is given as its rate.
    """
    return _read(graph, tensor.name)


@functools.lru_cache(maxsize=64)
def _read(graph, name):
    tensor = graph.graph.get_tensor_by_name(name)
    value = tensors.scalar(tensor)
    if value is not None:
        return Rate("constant", tensor.name, {"value": value})
    name = tensors.variable_of(tensor, schedule_formulas.FLOATING)
    if name:
        return Rate("variable", tensor.name, {}, name, _values_of_variable(graph, name))
    source = tensors.through(tensor, schedule_formulas.FLOATING)
    if source.op.type == "Placeholder":
        return Rate("fed", tensor.name, {}, source.op.name, _values_fed(graph, source.op.name))
    return _schedule(graph, tensor)


def _values_of_variable(graph, name):
    """Values of a scalar variable in the captured calls, each once."""
    found = []
    for call in graph.captured.calls:
        if not found or name in call.moved:
            value = call.before().get(name)
            if value is not None and value.size == 1:
                found.append(float(tensors.number(value.item())))
    return tuple(dict.fromkeys(found))


def _values_fed(graph, placeholder):
    tensor = graph.captured.inputs[placeholder]["tensor"]
    values = [call.fed()[tensor] for call in graph.captured.calls if tensor in call.feeds]
    return tuple(dict.fromkeys(float(tensors.number(value.item())) for value in values
                               if value.size == 1))


def _schedule(graph, tensor):
    ops = tensors.ancestors([tensor])
    counters = sorted(op.name for op in ops if op.type in tensors.VARIABLE_TYPES)
    fed = sorted(op.name for op in ops if op.type == "Placeholder")
    types = tuple(sorted({op.type for op in ops} - {"Const"} - set(schedule_formulas.FLOATING)
                         - set(tensors.VARIABLE_TYPES)))
    source = (counters + fed + [""])[0]
    if len(counters) != 1 or fed:
        return Rate("computed", tensor.name, {}, ", ".join(counters + fed), (), types)
    evaluate = evaluation.Evaluation(graph, tensor, source)
    for kind, match in schedule_formulas.MATCHERS:
        numbers = match(tensors.through(tensor, schedule_formulas.FLOATING).op, ops, evaluate)
        if numbers is not None:
            return Rate(kind, tensor.name, numbers, source, evaluate.at(_SHOWN_STEPS))
    return Rate("computed", tensor.name, {}, source, evaluate.at(_SHOWN_STEPS), types)


def words(rate):
    """Description of a rate: "exponential decay of global_step: ..."."""
    if rate.kind == "constant":
        return tensors.number(rate.numbers["value"])
    if rate.kind in ("variable", "fed"):
        place = {"variable": "the variable", "fed": "fed as"}[rate.kind]
        return "{} {}{}".format(place, rate.source, _listed(rate.values))
    if rate.kind == "computed":
        return "computed by {} from {}{}".format(
            ", ".join(rate.operations), rate.source or "constants", _at_steps(rate.values))
    numbers = ", ".join("{} {}".format(name, _shown(value))
                        for name, value in rate.numbers.items())
    return "{} of {}: {}".format(rate.kind, rate.source, numbers)


def _shown(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "[{}]".format(", ".join(map(_shown, value)))
    return tensors.number(value)


def _listed(values, most=4):
    if not values:
        return ""
    shown = ", ".join(map(tensors.number, values[:most]))
    return ": {}{}".format(shown, ", ..." if len(values) > most else "")


def _at_steps(values):
    """Description of rates at some steps; equal rates in a row are joined."""
    runs = []
    for step, rate in values:
        if runs and runs[-1][0] == rate:
            runs[-1][2] = step
        else:
            runs.append([rate, step, step])
    return (": " if runs else "") + ", ".join("{} at step{} {}".format(
        tensors.number(rate), "s" if last != first else "",
        first if last == first else "{} to {}".format(first, last)) for rate, first, last in runs)
