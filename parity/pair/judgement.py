"""Verdicts on a port: its steps against those of the captured program, tensor by tensor."""

import numpy as np

from parity import differences
from parity import findings

# A float32 update is this many times as far off as one unit in the last place makes it.
_MARGIN = 64
# A gradient this small beside the largest of its update is zero but for rounding.
_ZERO = 1e-12


class Sides:
    """The two traces of one precision, and how their names belong together.

    Args:
      reference, port: mappings from names to arrays.
      pairing: a `parity.pair.variables.Pairing`.
      slots: `parity.pair.slots.Row`s.
      steps: numbers of the steps that were compared.
      optimizers: `{port path: number of the optimiser that trains it}`.
    """

    def __init__(self, reference, port, pairing, slots, steps, optimizers):
        self.reference, self.port, self.pairing = reference, port, pairing
        self.slots, self.steps, self.optimizers = slots, steps, optimizers

    def phases(self, step):
        """Phases of a step, in order."""
        return sorted({int(name.split("/")[2]) for name in self.reference
                       if name.startswith(f"gradient/{step}/")})


def judge(case, narrow, wide, structure):
    """The `Result` of a pair.

    Args:
      case: what it is called in the report.
      narrow, wide: `Sides` in float32 and in float64.
      structure: findings of rung 1.
    """
    found = list(structure)
    verdicts = {}
    for rung, tensor, step, difference, constant in _compared(wide):
        verdict = differences.float64_verdict(difference, constant)
        verdicts[rung, tensor, step] = verdict
        found.append(findings.Finding(rung, "float64", tensor, verdict, difference.relative,
                                      step=step))
    for rung, tensor, step, difference, nudged in _compared(narrow):
        above = difference.relative > _MARGIN * max(nudged, np.finfo(np.float32).eps)
        verdict = differences.float32_verdict(
            difference, verdicts.get((rung, tensor, step), differences.DIFFERENT),
            above if rung >= 6 else None)
        found.append(findings.Finding(rung, "float32", tensor, verdict, difference.relative,
                                      step=step))
    found.sort(key=lambda finding: (finding.rung, finding.step, finding.dtype))
    return findings.Result(case, found, "", {}, {}, {"float32": {}, "float64": {}}, {})


def _compared(sides):
    """`(rung, tensor, step, Difference, what constants or one ulp change)` of all tensors."""
    for step in sides.steps:
        if step == sides.steps[0]:
            yield from _losses(sides, step)
            yield from _gradients(sides, step)
        yield from _variables(sides, step)
        yield from _slots(sides, step)


def _losses(sides, step):
    for phase in sides.phases(step):
        reference = [sides.reference[name] for name in sides.reference
                     if name.startswith(f"loss/{step}/{phase}/")]
        name = f"update_loss/{step}/{phase}"
        if len(reference) == 1 and name in sides.port:
            yield 4, f"phase {phase + 1}", step, differences.measure(
                np.asarray(sides.port[name]), np.asarray(reference[0])), 0.0


def _gradients(sides, step):
    for phase in sides.phases(step):
        largest = max(np.abs(sides.reference[name]).max() for name in sides.reference
                      if name.startswith(f"gradient/{step}/{phase}/"))
        for row in sides.pairing.rows:
            name = f"gradient/{step}/{phase}/{row.reference}"
            if name not in sides.reference:
                continue
            expected = row.transform.change(sides.reference[name])
            partner = f"gradient/{step}/{phase}/{row.port}"
            if partner not in sides.port:
                yield 5, row.port, step, differences.Difference(False, float("inf")), 0.0
                continue
            difference = differences.measure(sides.port[partner], expected)
            if np.abs(expected).max() <= _ZERO * largest:
                difference = difference._replace(within_ulp=bool(
                    np.abs(sides.port[partner]).max() <= _ZERO * largest))
            yield 5, row.port, step, difference, 0.0


def _variables(sides, step):
    for row in sides.pairing.rows:
        before = row.transform.state(sides.reference[f"before/{step}/{row.reference}"])
        expected = row.transform.state(sides.reference[f"after/{step}/{row.reference}"])
        if expected.dtype.kind != "f":
            continue
        difference = differences.measure(sides.port[f"after/{step}/{row.port}"], expected, before)
        trained = f"gradient/{step}/" in "".join(
            name for name in sides.reference if name.endswith("/" + row.reference)
            and name.startswith(f"gradient/{step}/"))
        rung = 8 if step != sides.steps[0] else 6 if trained else 7
        yield rung, row.port, step, difference, _allowance(
            sides, step, row.reference, row.transform.state, before, expected)


def _allowance(sides, step, name, transform, before, expected):
    """What constants read as they are stored change, or one unit in the last place, relative."""
    stored = f"stored/{step}/{name}"
    if stored in sides.reference:
        return differences.measure(
            transform(sides.reference[stored]), expected, before).relative
    return float(sides.reference.get(f"nudged/{step}/{name}", 0.0))


def _slots(sides, step):
    transform = {row.port: row.transform for row in sides.pairing.rows}
    for slot in sides.slots:
        name = (f"slot_after/{step}/{sides.optimizers.get(slot.port)}/{slot.port}/{slot.role}")
        if name not in sides.port:
            yield 7, f"{slot.port}@{slot.role}", step, differences.Difference(
                False, float("inf")), 0.0
            continue

        def as_held(value, change=transform[slot.port].change, slot=slot):
            factor = -rate_of(sides.reference, step, slot.variable) if slot.holds_rate else 1.0
            return change(value) * np.asarray(factor, value.dtype)
        before = as_held(sides.reference[f"before/{step}/{slot.reference}"])
        expected = as_held(sides.reference[f"after/{step}/{slot.reference}"])
        rung = 8 if step != sides.steps[0] else 7
        yield rung, f"{slot.port}@{slot.role}", step, differences.measure(
            sides.port[name], expected, before), _allowance(
                sides, step, slot.reference, as_held, before, expected)


def rate_of(reference, step, variable):
    """The learning rate of a variable's update at a step."""
    found = [reference[name] for name in reference
             if name.startswith(f"rate/{step}/") and name.endswith("/" + variable)]
    return float(found[0]) if found else 1.0
