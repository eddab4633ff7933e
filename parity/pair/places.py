"""Location of the first difference, with the numbers that the catalogue of causes needs."""

import numpy as np

from parity.common import keys
from parity.judge import verdicts
from parity.judge.rungs import forward

# Relative residual that rounding may leave of arrays that are multiples of each other.
_PROPORTIONAL = 1e-6


def of(row, found, sides):
    """Arguments of `parity.causes.place.Place`; None for a tensor outside of training.

    Args:
      row: the `parity.judge.compared.Compared` that is different first.
      found: the `parity.pair.mapping.Mapping`.
      sides: the `parity.judge.sides.Sides` of the step.
    """
    path, _, role = row.tensor.partition("@")
    variables = {each.port: each for each in found.variables.rows}
    target = row.tensor.rpartition(" of phase ")[0] if row.rung == 4 else row.tensor
    if f"output/{sides.first_step}/{row.phase}/{target}/activation" in sides.reference:
        target += "/activation"  # the port's layer applies its activation itself
    slot = next((slot for slot in found.slots if (slot.port, slot.role) == (path, role)), None)
    if row.rung > 4:
        if path not in variables:
            return None
        target = variables[path].reference if slot is None else (
            slot.reference if role == "average" else slot.variable)
    number = found.optimizers.get(path)
    optimizer = found.port["optimizers"][number] if number is not None else {}
    return {"rung": row.rung, "phase": row.phase, "target": target,
            "alike": alike(sides), "ratio": ratio(row, sides, variables.get(path)),
            "layers": [layer["config"] for layer in found.port["layers"]],
            "optimizer": optimizer.get("config", {}),
            "batch": next((entry["shape"][0] for entry in found.reference["inputs"]
                           if entry["shape"]), 0)}


def alike(sides):
    """Layers of the reference whose outputs are the same on both sides."""
    return [row.tensor for row in forward.compared(sides)
            if not verdicts.is_apart(row, sides.reference[
                keys.output(sides.first_step, row.phase, row.tensor)].dtype)]


def ratio(row, sides, pair):
    """Factor from the reference's numbers to the port's; None where they are no multiple."""
    value, expected = arrays(row, sides, pair)
    if value is None or value.shape != expected.shape or not np.any(expected) or not np.isfinite(
            [value, expected]).all():
        return None
    times = float(np.dot(value, expected) / np.dot(expected, expected))
    size = np.linalg.norm(value)
    return times if size and np.linalg.norm(value - times * expected) <= (
        _PROPORTIONAL * size) else None


def arrays(row, sides, pair):
    """(port's numbers, reference's), flat float64; changes of updated variables; else (None, None).
    """
    step = sides.first_step
    if row.rung == 3:
        value = forward.outputs(sides.port, step).get(row.note)
        expected = sides.reference.get(keys.output(step, row.phase, row.tensor))
    elif row.rung == 4:
        value = {place: sides.port[name] for place, name in
                 sides.port.part("loss", step).items()}.get(row.note.partition(", ")[0])
        tensor = row.tensor.rpartition(" of phase ")[0]
        expected = sides.reference.get(keys.loss(step, row.phase, tensor))
    elif row.rung == 5:
        value = _gradient(sides, step, pair)
        expected = pair.transform.change(
            sides.reference[keys.gradient(step, row.phase, pair.reference)])
    elif pair is not None and "@" not in row.tensor:
        before, expected = (pair.transform.state(sides.reference[f"{when}/{step}/{pair.reference}"])
                            for when in ("before", "after"))
        value, expected = sides.port[keys.after(step, pair.port)] - before, expected - before
    else:
        return None, None
    if value is None or expected is None:
        return None, None
    return np.ravel(np.asarray(value, np.float64)), np.ravel(np.asarray(expected, np.float64))


def _gradient(sides, step, pair):
    """Gradient of a variable in the first update that the port's optimiser makes of it."""
    names = sorted(name for _, tensor, name in sides.port.by_phase("clipped", step)
                   if tensor == pair.port)
    return sides.port[names[0]] if names else None


def forward_tensors(port, step):
    """`{number: array}` of the port's layer inputs and outputs in a step, and of its losses."""
    found = list(forward.outputs(port, step).values())
    found += [port[name] for name in port.part("loss", step).values()]
    return {str(number): value for number, value in enumerate(found)}
