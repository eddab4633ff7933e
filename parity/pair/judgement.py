"""Verdicts on a port: its steps against those of the captured program, tensor by tensor."""

from typing import NamedTuple

import numpy as np

from parity import differences
from parity import findings

# A float32 update is this many times as far off as one unit in the last place makes it.
_MARGIN = 64
# A gradient this small beside the largest of its update is zero but for rounding.
_ZERO = 1e-12
_ABSENT = differences.Difference(False, float("inf"))
_BIASED = ("follows the batch's variance, as Keras's batch norm does; TensorFlow 1's fused one "
           "follows n / (n - 1) times that")


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

    def trains(self, variable):
        """Whether a variable of the reference is trained in the first step."""
        return any(f"gradient/{self.steps[0]}/{phase}/{variable}" in self.reference
                   for phase in self.phases(self.steps[0]))

    def phases(self, step):
        """Phases of a step, in order."""
        return sorted({int(name.split("/")[2]) for name in self.reference
                       if name.startswith(f"gradient/{step}/")})


class Compared(NamedTuple):
    """A tensor of both sides.

    Attributes:
      rung, tensor, step: where it stands in the report.
      difference: a `parity.differences.Difference`.
      allowance: what constants or one unit in the last place change, relative.
      note: what is said of it.
      at_best: the best verdict that it can have.
    """

    rung: int
    tensor: str
    step: int
    difference: differences.Difference
    allowance: float = 0.0
    note: str = ""
    at_best: str = differences.IDENTICAL


def judge(case, narrow, wide, structure, headers):
    """The `Result` of a pair.

    Args:
      case: what it is called in the report.
      narrow, wide: `Sides` in float32 and in float64.
      structure: findings of rung 1.
      headers: `{dtype: {"legacy": header, "modern": header}}`, what ran.
    """
    found = list(structure)
    verdicts = {}
    for row in _compared(wide):
        verdict = differences.worst([row.at_best, differences.float64_verdict(
            row.difference, row.allowance)])
        verdicts[row[:3]] = verdict
        found.append(_finding(row, "float64", verdict))
    for row in _compared(narrow):
        nudged = max(row.allowance, np.finfo(np.float32).eps)
        above = row.difference.relative > _MARGIN * nudged if row.rung >= 6 else None
        found.append(_finding(row, "float32", differences.float32_verdict(
            row.difference, verdicts.get(row[:3], differences.DIFFERENT), above)))
    found = _without_noise(found)
    found.sort(key=lambda finding: (finding.rung, finding.step, finding.dtype))
    return findings.Result(case, found, "", {}, {}, headers, {})


def _finding(row, dtype, verdict):
    return findings.Finding(row.rung, dtype, row.tensor, verdict, row.difference.relative,
                            row.note, row.step)


def _without_noise(found):
    """Findings without layers that have no partner, where the losses agree all the same.

    Where a layer ends and the next begins is the library's affair: an activation or a bias may
    stand on one side or the other of it.
    """
    losses = [finding.verdict for finding in found if finding.rung == 4]
    if not losses or differences.worst(losses) in (differences.DIFFERENT,
                                                   differences.INCONCLUSIVE):
        return found
    return [finding for finding in found
            if finding.rung != 3 or finding.verdict != differences.DIFFERENT]


def _compared(sides):
    """A `Compared` for each tensor."""
    first = sides.steps[0]
    yield from _outputs(sides, first)
    yield from _losses(sides, first)
    yield from _gradients(sides, first)
    for step in sides.steps:
        yield from _variables(sides, step)
        yield from _slots(sides, step)


def _outputs(sides, step):
    """Layer outputs, each with the port's tensor that comes nearest."""
    ours = {name.split("/", 2)[2]: sides.port[name] for name in sides.port
            if name.startswith(f"output/{step}/")}
    for name in sides.reference:
        if not name.startswith(f"output/{step}/"):
            continue
        expected = sides.reference[name]
        nearest = min(((differences.measure(value.reshape(expected.shape), expected), place)
                       for place, value in ours.items() if value.size == expected.size
                       and value.dtype == expected.dtype),
                      key=lambda pair: pair[0].relative, default=None)
        if nearest:
            yield Compared(3, name.split("/", 3)[3], step, nearest[0], note=nearest[1])


def _losses(sides, step):
    for phase in sides.phases(step):
        reference = [sides.reference[name] for name in sides.reference
                     if name.startswith(f"loss/{step}/{phase}/")]
        name = f"loss/{step}/loss"
        if len(reference) == 1 and name in sides.port and len(sides.phases(step)) == 1:
            yield Compared(4, f"phase {phase + 1}", step, differences.measure(
                np.asarray(sides.port[name]), np.asarray(reference[0])))


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
                yield Compared(5, row.port, step, _ABSENT, note="the port gives no gradient")
                continue
            difference = differences.measure(sides.port[partner], expected)
            if np.abs(expected).max() <= _ZERO * largest:
                difference = difference._replace(within_ulp=bool(
                    np.abs(sides.port[partner]).max() <= _ZERO * largest))
            yield Compared(5, row.port, step, difference)


def _variables(sides, step):
    for row in sides.pairing.rows:
        state = row.transform.state
        before = state(sides.reference[f"before/{step}/{row.reference}"])
        expected = state(sides.reference[f"after/{step}/{row.reference}"])
        if expected.dtype.kind != "f":
            continue
        value = sides.port[f"after/{step}/{row.port}"]
        rung = 8 if step != sides.steps[0] else 6 if sides.trains(row.reference) else 7
        found = Compared(rung, row.port, step, differences.measure(value, expected, before),
                         _allowance(sides, step, row.reference, state, before, expected))
        biased = f"biased/{step}/{row.reference}"
        if biased in sides.reference and differences.float64_verdict(
                found.difference, found.allowance) == differences.DIFFERENT:
            other = differences.measure(value, state(sides.reference[biased]), before)
            if differences.float64_verdict(other, found.allowance) != differences.DIFFERENT:
                found = found._replace(difference=other, note=_BIASED,
                                       at_best=differences.CONSTANTS)
        yield found


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
            yield Compared(7, f"{slot.port}@{slot.role}", step, _ABSENT,
                           note="the port's optimiser has no such slot")
            continue

        def as_held(value, change=transform[slot.port].change, slot=slot):
            factor = -rate_of(sides.reference, step, slot.variable) if slot.holds_rate else 1.0
            return change(value) * np.asarray(factor, value.dtype)
        before = as_held(sides.reference[f"before/{step}/{slot.reference}"])
        expected = as_held(sides.reference[f"after/{step}/{slot.reference}"])
        rung = 8 if step != sides.steps[0] else 7
        yield Compared(rung, f"{slot.port}@{slot.role}", step, differences.measure(
            sides.port[name], expected, before), _allowance(
                sides, step, slot.reference, as_held, before, expected))


def rate_of(reference, step, variable):
    """The learning rate of a variable's update at a step."""
    found = [reference[name] for name in reference
             if name.startswith(f"rate/{step}/") and name.endswith("/" + variable)]
    return float(found[0]) if found else 1.0
