"""Recognises the formulas of tf.train's schedules in a graph.

A matcher is a function (operation of the rate, its ancestors, `evaluation.Evaluation`) that returns
`{name of a constant: number}`, or None where the formula is another.
"""

from typing import NamedTuple

from parity.reference.reading import tensors

FLOATING = tensors.PASSING + ("Cast",)


class _Progress(NamedTuple):
    """Progress of a schedule, step / steps; `staircase` is true where it is floored."""

    steps: float
    staircase: bool


def _op(tensor):
    return tensors.through(tensor, FLOATING).op


def _progress(op):
    """`_Progress` of an operation step / decay_steps, else None."""
    staircase = op.type == "Floor"
    op = _op(op.inputs[0]) if staircase else op
    steps = tensors.scalar(op.inputs[1]) if op.type in ("RealDiv", "Div") else None
    return None if steps is None else _Progress(steps, staircase)


def _exponential(op, unused_ops, unused_evaluate):
    """Matches initial * decay_rate ^ (step / decay_steps)."""
    found = tensors.with_constant(op) if op.type == "Mul" else None
    power = _op(found.other) if found else None
    if power is None or power.type != "Pow":
        return None
    rate, progress = tensors.scalar(power.inputs[0]), _progress(_op(power.inputs[1]))
    if rate is None or progress is None:
        return None
    return {"initial_learning_rate": found.number, "decay_steps": progress.steps,
            "decay_rate": rate, "staircase": progress.staircase}


def _natural_exponential(op, unused_ops, unused_evaluate):
    """Matches initial * exp(-decay_rate * step / decay_steps)."""
    found = tensors.with_constant(op) if op.type == "Mul" else None
    exponent = _op(found.other) if found else None
    if exponent is None or exponent.type != "Exp" or _op(exponent.inputs[0]).type != "Mul":
        return None
    scaled = tensors.with_constant(_op(exponent.inputs[0]))
    progress = _progress(_op(scaled.other)) if scaled else None
    if progress is None:
        return None
    return {"initial_learning_rate": found.number, "decay_steps": progress.steps,
            "decay_rate": -scaled.number, "staircase": progress.staircase}


def _inverse_time(op, unused_ops, unused_evaluate):
    """Matches initial / (1 + decay_rate * step / decay_steps)."""
    if op.type not in ("RealDiv", "Div") or tensors.scalar(op.inputs[0]) is None:
        return None
    below = _op(op.inputs[1])
    added = tensors.with_constant(below) if below.type in tensors.ADDITIONS else None
    scaled = tensors.with_constant(_op(added.other)) if added and added.number == 1 else None
    progress = _progress(_op(scaled.other)) if scaled else None
    if progress is None:
        return None
    return {"initial_learning_rate": tensors.scalar(op.inputs[0]), "decay_steps": progress.steps,
            "decay_rate": scaled.number, "staircase": progress.staircase}


def _polynomial(op, ops, unused_evaluate):
    """Matches (initial - end) * (1 - min(step, decay_steps) / decay_steps) ^ power + end."""
    added = tensors.with_constant(op) if op.type in tensors.ADDITIONS else None
    scaled = tensors.with_constant(_op(added.other)) if added else None
    power = _op(scaled.other) if scaled else None
    steps = [tensors.with_constant(each) for each in ops if each.type == "Minimum"]
    if power is None or power.type != "Pow" or len(steps) != 1 or steps[0] is None:
        return None
    exponent = tensors.scalar(power.inputs[1])
    if exponent is None or any(each.type == "Ceil" for each in ops):
        return None
    return {"initial_learning_rate": scaled.number + added.number, "decay_steps": steps[0].number,
            "end_learning_rate": added.number, "power": exponent}


def _cosine(op, ops, unused_evaluate):
    """Matches initial * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha)."""
    found = tensors.with_constant(op) if op.type == "Mul" else None
    steps = [tensors.with_constant(each) for each in ops if each.type == "Minimum"]
    waves = [each for each in ops if each.type == "Cos"]
    if found is None or len(steps) != 1 or steps[0] is None or len(waves) != 1:
        return None
    added = tensors.with_constant(_op(found.other))
    if added is None or any(each.type in ("Pow", "Floor", "Log") for each in ops):
        return None
    return {"initial_learning_rate": found.number, "decay_steps": steps[0].number,
            "alpha": added.number if _op(found.other).type in tensors.ADDITIONS else 0.0}


def _piecewise(unused_op, ops, evaluate):
    """Matches a constant up to each boundary: comparisons of the step that select a branch."""
    compared = [each for each in ops if each.type in ("LessEqual", "Greater", "Less",
                                                      "GreaterEqual")]
    bounds = sorted({found.number for found in map(tensors.with_constant, compared) if found})
    choices = any(each.type in ("Merge", "Select", "SelectV2", "If", "StatelessIf")
                  for each in ops)
    arithmetic = {each.type for each in ops} & {"Mul", "RealDiv", "Pow", "Exp", "Add", "AddV2"}
    if not bounds or not choices or arithmetic:
        return None
    steps = [bounds[0]] + [bound + 1 for bound in bounds]
    values = evaluate.at([int(step) for step in steps])
    return {"boundaries": bounds, "values": [rate for _, rate in values]} if values else None


MATCHERS = (("exponential decay", _exponential), ("natural exponential decay",
                                                   _natural_exponential),
             ("inverse time decay", _inverse_time), ("polynomial decay", _polynomial),
             ("cosine decay", _cosine), ("piecewise constant", _piecewise))
