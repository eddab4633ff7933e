"""Learning rates: a constant, a variable, something fed, or a schedule of a step counter."""

import functools
from typing import Dict, NamedTuple, Tuple

import tensorflow.compat.v1 as tf

from parity.reference import replay
from parity.reference import structure

_FLOATING = structure.PASSING + ("Cast",)
_SHOWN_STEPS = (0, 1, 10, 100, 1000, 10000, 100000)


class Rate(NamedTuple):
    """A learning rate.

    Attributes:
      kind: "constant", "variable", "fed", a schedule's name as "exponential decay", or "computed".
      tensor: name of the tensor that the optimiser is given.
      numbers: a schedule's constants by name; of a constant, `{"value": number}`.
      source: the variable or placeholder that it depends on, or "".
      values: of a variable or placeholder, what it was in the captured calls; of a schedule,
        `(step, rate)` pairs.
      operations: of a computed rate, the types of the operations that compute it.
    """
    kind: str
    tensor: str
    numbers: Dict[str, object]
    source: str = ""
    values: Tuple = ()
    operations: Tuple[str, ...] = ()


def read(graph, tensor):
    """The `Rate` that a tensor is.

    Args:
      graph: a `parity.reference.structure.Structure`.
      tensor: what an optimiser is given as its rate.
    """
    return _read(graph, tensor.name)


@functools.lru_cache(maxsize=64)
def _read(graph, name):
    tensor = graph.graph.get_tensor_by_name(name)
    value = structure.scalar(tensor)
    if value is not None:
        return Rate("constant", tensor.name, {"value": value})
    name = structure.variable_of(tensor, _FLOATING)
    if name:
        return Rate("variable", tensor.name, {}, name, _values_of_variable(graph, name))
    source = structure.through(tensor, _FLOATING)
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
                found.append(float(structure.number(value.item())))
    return tuple(dict.fromkeys(found))


def _values_fed(graph, placeholder):
    tensor = graph.captured.inputs[placeholder]["tensor"]
    values = [call.fed()[tensor] for call in graph.captured.calls if tensor in call.feeds]
    return tuple(dict.fromkeys(float(structure.number(value.item())) for value in values
                               if value.size == 1))


def _schedule(graph, tensor):
    ops = structure.ancestors([tensor])
    counters = sorted(op.name for op in ops if op.type in structure.capture.VARIABLE_TYPES)
    fed = sorted(op.name for op in ops if op.type == "Placeholder")
    types = tuple(sorted({op.type for op in ops} - {"Const"} - set(_FLOATING)
                         - set(structure.capture.VARIABLE_TYPES)))
    source = (counters + fed + [""])[0]
    if len(counters) != 1 or fed:
        return Rate("computed", tensor.name, {}, ", ".join(counters + fed), (), types)
    evaluate = Evaluation(graph, tensor, source)
    for kind, match in _MATCHERS:
        numbers = match(structure.through(tensor, _FLOATING).op, ops, evaluate)
        if numbers is not None:
            return Rate(kind, tensor.name, numbers, source, evaluate.at(_SHOWN_STEPS))
    return Rate("computed", tensor.name, {}, source, evaluate.at(_SHOWN_STEPS), types)


class Evaluation(object):
    """A rate at any step: its part of the graph, run with the counter set."""

    def __init__(self, graph, tensor, counter):
        self._graph, self._tensor, self._counter = graph.graph, tensor, counter
        self._set = None

    def at(self, steps):
        """`((step, rate), ...)`; nothing where the rate needs more than the counter."""
        with self._graph.as_default(), tf.Session(
                graph=self._graph, config=replay.session_config()) as session:
            try:
                return tuple((step, self._value(session, step)) for step in steps)
            except (tf.errors.OpError, TypeError):
                return ()

    def _value(self, session, step):
        setter, value = self._setter()
        session.run(setter, {value: step})
        return float(structure.number(session.run(self._tensor).item()))

    def _setter(self):
        if self._set is None:
            op = self._graph.get_operation_by_name(self._counter)
            with tf.control_dependencies(None):
                value = tf.placeholder(op.get_attr("dtype"), [])
                if op.type == "VarHandleOp":
                    setter = tf.raw_ops.AssignVariableOp(resource=op.outputs[0], value=value)
                else:
                    setter = tf.assign(op.outputs[0], value, validate_shape=False).op
            self._set = setter, value
        return self._set


# ---- What tf.train's schedules look like in a graph ------------------------------------------


def _op(tensor):
    return structure.through(tensor, _FLOATING).op


def _progress(op):
    """(decay steps, staircase) where an operation is step / decay_steps, else None."""
    staircase = op.type == "Floor"
    op = _op(op.inputs[0]) if staircase else op
    steps = structure.scalar(op.inputs[1]) if op.type in ("RealDiv", "Div") else None
    return None if steps is None else (steps, staircase)


def _exponential(op, unused_ops, unused_evaluate):
    """initial * decay_rate ^ (step / decay_steps)."""
    found = structure.with_constant(op) if op.type == "Mul" else None
    power = _op(found[0]) if found else None
    if power is None or power.type != "Pow":
        return None
    rate, progress = structure.scalar(power.inputs[0]), _progress(_op(power.inputs[1]))
    if rate is None or progress is None:
        return None
    return {"initial_learning_rate": found[1], "decay_steps": progress[0], "decay_rate": rate,
            "staircase": progress[1]}


def _natural_exponential(op, unused_ops, unused_evaluate):
    """initial * exp(-decay_rate * step / decay_steps)."""
    found = structure.with_constant(op) if op.type == "Mul" else None
    exponent = _op(found[0]) if found else None
    if exponent is None or exponent.type != "Exp" or _op(exponent.inputs[0]).type != "Mul":
        return None
    scaled = structure.with_constant(_op(exponent.inputs[0]))
    progress = _progress(_op(scaled[0])) if scaled else None
    if progress is None:
        return None
    return {"initial_learning_rate": found[1], "decay_steps": progress[0],
            "decay_rate": -scaled[1], "staircase": progress[1]}


def _inverse_time(op, unused_ops, unused_evaluate):
    """initial / (1 + decay_rate * step / decay_steps)."""
    if op.type not in ("RealDiv", "Div") or structure.scalar(op.inputs[0]) is None:
        return None
    below = _op(op.inputs[1])
    added = structure.with_constant(below) if below.type in structure.ADDITIONS else None
    scaled = structure.with_constant(_op(added[0])) if added and added[1] == 1 else None
    progress = _progress(_op(scaled[0])) if scaled else None
    if progress is None:
        return None
    return {"initial_learning_rate": structure.scalar(op.inputs[0]), "decay_steps": progress[0],
            "decay_rate": scaled[1], "staircase": progress[1]}


def _polynomial(op, ops, unused_evaluate):
    """(initial - end) * (1 - step / decay_steps) ^ power + end, the step at most decay_steps."""
    added = structure.with_constant(op) if op.type in structure.ADDITIONS else None
    scaled = structure.with_constant(_op(added[0])) if added else None
    power = _op(scaled[0]) if scaled else None
    steps = [structure.with_constant(each) for each in ops if each.type == "Minimum"]
    if power is None or power.type != "Pow" or len(steps) != 1 or steps[0] is None:
        return None
    exponent = structure.scalar(power.inputs[1])
    if exponent is None or any(each.type == "Ceil" for each in ops):
        return None
    return {"initial_learning_rate": scaled[1] + added[1], "decay_steps": steps[0][1],
            "end_learning_rate": added[1], "power": exponent}


def _cosine(op, ops, unused_evaluate):
    """initial * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha)."""
    found = structure.with_constant(op) if op.type == "Mul" else None
    steps = [structure.with_constant(each) for each in ops if each.type == "Minimum"]
    waves = [each for each in ops if each.type == "Cos"]
    if found is None or len(steps) != 1 or steps[0] is None or len(waves) != 1:
        return None
    added = structure.with_constant(_op(found[0]))
    if added is None or any(each.type in ("Pow", "Floor", "Log") for each in ops):
        return None
    return {"initial_learning_rate": found[1], "decay_steps": steps[0][1],
            "alpha": added[1] if _op(found[0]).type in structure.ADDITIONS else 0.0}


def _piecewise(unused_op, ops, evaluate):
    """A constant up to and with each boundary: comparisons of the step, merged branches."""
    compared = [each for each in ops if each.type in ("LessEqual", "Greater", "Less",
                                                      "GreaterEqual")]
    bounds = sorted({found[1] for found in map(structure.with_constant, compared) if found})
    choices = any(each.type in ("Merge", "Select", "SelectV2", "If", "StatelessIf")
                  for each in ops)
    arithmetic = {each.type for each in ops} & {"Mul", "RealDiv", "Pow", "Exp", "Add", "AddV2"}
    if not bounds or not choices or arithmetic:
        return None
    steps = [bounds[0]] + [bound + 1 for bound in bounds]
    values = evaluate.at([int(step) for step in steps])
    return {"boundaries": bounds, "values": [rate for _, rate in values]} if values else None


_MATCHERS = (("exponential decay", _exponential), ("natural exponential decay",
                                                   _natural_exponential),
             ("inverse time decay", _inverse_time), ("polynomial decay", _polynomial),
             ("cosine decay", _cosine), ("piecewise constant", _piecewise))


# ---- In words -------------------------------------------------------------------------------


def words(rate):
    """A rate in words: "0.02, exponential decay of `global_step`: ..."."""
    if rate.kind == "constant":
        return structure.number(rate.numbers["value"])
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
    return structure.number(value)


def _listed(values, most=4):
    if not values:
        return ""
    shown = ", ".join(map(structure.number, values[:most]))
    return ": {}{}".format(shown, ", ..." if len(values) > most else "")


def _at_steps(values):
    """Rates at some steps, equal ones that follow each other told once."""
    runs = []
    for step, rate in values:
        if runs and runs[-1][0] == rate:
            runs[-1][2] = step
        else:
            runs.append([rate, step, step])
    return (": " if runs else "") + ", ".join("{} at step{} {}".format(
        structure.number(rate), "s" if last != first else "",
        first if last == first else "{} to {}".format(first, last)) for rate, first, last in runs)
