"""Verdicts on a port: its steps against those of the captured program, tensor by tensor."""

from typing import Callable, NamedTuple

import numpy as np

from parity import differences
from parity import findings
from parity.pair import zeros
from parity.pair.nearest import nearest

# A float32 update is this many times as far off as one unit in the last place makes it.
_MARGIN = 64
# A gradient this small beside the largest of its update is zero but for rounding.
_ZERO = 1e-12
_ABSENT = differences.Difference(False, float("inf"))
_BIASED = ("follows the batch's variance, as Keras's batch norm does; TensorFlow 1's fused one "
           "follows n / (n - 1) times that")


# What is computed without training has a partner that the training pass tells.
NOT_TRAINING = ", not training"


class Sides:
    """The two traces of one precision, and how their names belong together.

    Args:
      reference, port: mappings from names to arrays.
      pairing: a `parity.pair.variables.Pairing`.
      slots: `parity.pair.slots.Row`s.
      steps: numbers of the steps that were compared.
      optimizers: `{port path: number of the optimiser that trains it}`.
      own: `parity.pair.own_state.Row`s.
      updated: names of the variables that the reference trains; whose gradient is not among the
        arrays was trained by operations that hide it.
    """

    def __init__(self, reference, port, pairing, slots, steps, optimizers, updated=(), own=()):
        self.reference, self.port, self.pairing = reference, port, pairing
        self.slots, self.steps, self.optimizers = slots, steps, optimizers
        self.own = own
        self._largest = {}
        self.hidden = {name for name in updated if not self.trains(name)}

    def trains(self, variable):
        """Whether a variable of the reference is trained in the first step."""
        return any(f"gradient/{self.steps[0]}/{phase}/{variable}" in self.reference
                   for phase in self.phases(self.steps[0]))

    def first_phase(self, variable):
        """The first phase of a step that trains a variable; 0 where none does."""
        step = self.steps[0]
        return min((phase for phase in self.phases(step)
                    if f"gradient/{step}/{phase}/{variable}" in self.reference), default=0)

    def largest_gradient(self, step, phase):
        """The largest number of all gradients of a phase."""
        if (step, phase) not in self._largest:  # they are read from the disk for it
            self._largest[step, phase] = max(
                np.abs(self.reference[name]).max() for name in self.reference
                if name.startswith(f"gradient/{step}/{phase}/"))
        return self._largest[step, phase]

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
      phase: in which phase of the step it is computed; of a variable, the first that trains it.
    """

    rung: int
    tensor: str
    step: int
    difference: differences.Difference
    allowance: float = 0.0
    note: str = ""
    at_best: str = differences.IDENTICAL
    phase: int = 0


class Kind(NamedTuple):
    """A kind of pair.

    Attributes:
      compared: function of `Sides` that gives a `Compared` for each tensor.
      cleared: function of `[(Compared, dtype, verdict)]` that leaves out what is no difference.
      required: rungs without which nothing is proved.
    """

    compared: Callable
    cleared: Callable
    required: tuple


class Seen(NamedTuple):
    """What the traces of one precision say; of them nothing else is needed.

    Attributes:
      rows: a `Compared` for each tensor.
      zero: port paths of the variables whose gradient may be zero but for rounding.
    """

    rows: list
    zero: set


def seen(sides, dtype, kind=None):
    """The `Seen` of `Sides` in a precision, for a `Kind`; if not given, `TRAINED`."""
    return Seen(list((kind or TRAINED).compared(sides)), zeros.vanishing(sides, dtype))


def judge(case, narrow, wide, structure, headers, kind=None):
    """The `Result` of a pair.

    Args:
      case: what it is called in the report.
      narrow, wide: what is `Seen` in float32 and in float64; None of float64 that was not run.
      structure: findings of rung 1.
      headers: `{dtype: {"legacy": header, "modern": header}}`, what ran.
      kind: a `Kind`; if not given, `TRAINED`.
    """
    kind = kind or TRAINED
    verdicts, constants, judged = {}, {}, []
    zero = narrow.zero & wide.zero if wide else set()
    alike = {row[:3] for row in narrow.rows
             if row.difference.identical and row.note != _BIASED}
    for row in (zeros.excused(row, zero) for row in (wide.rows if wide else ())):
        constants[row[:3]] = row.allowance
        verdict = differences.worst([_at_best(row, alike), differences.float64_verdict(
            row.difference, row.allowance)])
        verdicts[row[:3]] = verdict
        judged.append((row, "float64", verdict))
    for row in (zeros.excused(row, zero) for row in narrow.rows):
        judged.append((row, "float32", _float32_verdict(
            row, verdicts.get(row[:3], differences.DIFFERENT), constants.get(row[:3], 0.0))
                       if wide else verdict_alone(row)))
    judged = kind.cleared(judged)
    judged.sort(key=lambda each: (each[0].rung, each[0].step, each[1], each[0].phase))
    found = structure + [
        findings.Finding(row.rung, dtype, row.tensor, verdict, row.difference.relative, row.note,
                         row.step) for row, dtype, verdict in judged]
    found += [findings.Finding(rung, dtype, "nothing", differences.INCONCLUSIVE,
                               note="nothing was compared") for rung in kind.required
              for dtype in headers if not any((finding.rung, finding.dtype) == (rung, dtype)
                                              for finding in found)]
    found.sort(key=lambda finding: finding.rung)
    return findings.Result(case, found, "", {}, {}, headers, {})


def _at_best(row, alike):
    """The best verdict on a float64 row, given which rows are alike in float32 bit for bit.

    There is no fused batch norm in float64, so that its formula stands for it on the reference's
    side; where the kernels themselves agree in float32, a port may use the other formula there.
    """
    return differences.IDENTICAL if row.note == _BIASED and row[:3] in alike else row.at_best


def _float32_verdict(row, wide, constant):
    """Verdict on a float32 row, given float64's and what rounded constants change there."""
    if row.at_best == differences.INCONCLUSIVE:
        return row.at_best
    above = None
    if row.rung >= 6:
        above = row.difference.relative > _MARGIN * max(row.allowance, np.finfo(np.float32).eps)
    verdict = differences.float32_verdict(row.difference, wide, above)
    if verdict == differences.DIFFERENT and row.difference.relative <= 2 * constant:
        return differences.CONSTANTS  # as 1 - 0.999 in float32, where 0.001 is in Keras
    return verdict


def verdict_alone(row):
    """Verdict on a float32 row where float64 was not run: what is above measured rounding differs.

    What is measured then are constants one unit in the last place off, too.
    """
    if row.at_best == differences.INCONCLUSIVE or row.difference.identical:
        return row.at_best
    floor = _MARGIN * max(row.allowance, np.finfo(np.float32).eps)
    if row.difference.within_ulp or row.difference.relative <= floor:
        return differences.worst([row.at_best, differences.ROUNDING])
    return differences.DIFFERENT


def _without_heirs(judged):
    """Rows without the passes of phases that follow a phase whose update is different."""
    first = min((row.phase for row, _, verdict in judged
                 if row.rung == 6 and verdict == differences.DIFFERENT), default=None)
    return [each for each in judged if first is None or each[0].rung not in (3, 4, 5)
            or each[0].phase <= first]


def _without_noise(judged):
    """Rows without layers that have no partner, where what follows agrees all the same.

    Where a layer ends and the next begins is the library's affair: an activation or a bias may
    stand on one side or the other of it. What follows is the activation, the losses, gradients.
    """
    agree = {(row.tensor, row.phase, dtype) for row, dtype, verdict in judged
             if row.rung == 3 and verdict != differences.DIFFERENT}
    judged = [(row, dtype, verdict) for row, dtype, verdict in judged
              if row.rung != 3 or (row.tensor + "/activation", row.phase, dtype) not in agree]
    judged = _without_repeats(judged)
    if not (_agree(judged, 4) or _agree(judged, 5)):
        return judged
    return [each for each in judged if each[0].rung != 3 or each[2] != differences.DIFFERENT
            or each[0].tensor.endswith(NOT_TRAINING)]


def _without_repeats(judged):
    """Rows without a loss of other phases than the one of which the port says it.

    A step that updates D five times says the last of its losses, or the first.
    """
    said = {(row.tensor.rpartition(" of phase ")[0], dtype) for row, dtype, verdict in judged
            if row.rung == 4 and verdict != differences.DIFFERENT}
    return [(row, dtype, verdict) for row, dtype, verdict in judged
            if row.rung != 4 or verdict != differences.DIFFERENT
            or (row.tensor.rpartition(" of phase ")[0], dtype) not in said]


def _agree(judged, rung):
    """Whether something was compared at a rung, and none of it is different or inconclusive."""
    verdicts = {verdict for row, _, verdict in judged if row.rung == rung}
    return bool(verdicts) and not verdicts & {differences.DIFFERENT, differences.INCONCLUSIVE}


def _compared(sides):
    """A `Compared` for each tensor."""
    first = sides.steps[0]
    yield from _outputs(sides, first)
    yield from _losses(sides, first)
    yield from _gradients(sides, first)
    for step in sides.steps:
        yield from _variables(sides, step)
        yield from _slots(sides, step)
        yield from _own(sides, step)


TRAINED = Kind(_compared, lambda judged: _without_noise(_without_heirs(judged)), (5, 6))


def _seen(found, expected):
    """A `Compared` as it is, or inconclusive where the reference itself is not finite."""
    if expected.dtype.kind != "f" or np.isfinite(expected).all():
        return found
    return found._replace(at_best=differences.INCONCLUSIVE,
                          note="the reference is infinite or no number here")


def _outputs(sides, step):
    """Layer outputs, each with the port's tensor that comes nearest."""
    ours = {name.split("/", 2)[2]: sides.port[name] for name in sides.port
            if name.startswith(f"output/{step}/")}
    for name in sides.reference:
        if not name.startswith(f"output/{step}/"):
            continue
        found = nearest(sides.reference[name], ours)
        if found:
            yield Compared(3, name.split("/", 3)[3], step, found[0],
                           _allowance(sides, name), found[1], phase=int(name.split("/")[2]))


def _losses(sides, step):
    """Losses of the phases, each with the port's that comes nearest; one is one update's."""
    ours = {name.split("/", 2)[2]: np.asarray(sides.port[name]) for name in sides.port
            if name.startswith(f"loss/{step}/") and sides.port[name].size == 1}
    for name in sides.reference:
        if name.startswith(f"loss/{step}/") and ours and sides.reference[name].size == 1:
            expected = np.asarray(sides.reference[name]).reshape(())
            difference, place = min(
                ((differences.measure(value.reshape(()), expected), place)
                 for place, value in ours.items()), key=lambda pair: pair[0].relative)
            _, _, phase, tensor = name.split("/", 3)
            yield _seen(Compared(4, f"{tensor} of phase {int(phase) + 1}", step, difference,
                                 _allowance(sides, name), place, phase=int(phase)), expected)


def _allowance(sides, name, transform=lambda value: value, before=None):
    """What rounded constants change of a tensor of the reference; in float32, one ulp; relative."""
    if "allowed_" + name in sides.reference:
        return float(sides.reference["allowed_" + name])
    expected = transform(sides.reference[name])
    return max((differences.measure(
        transform(sides.reference[f"{variant}_{name}"]), expected, before).relative
                for variant in ("stored", "powers")
                if f"{variant}_{name}" in sides.reference), default=0.0)


def _gradients(sides, step):
    """Gradients as the optimisers take them, clipped; a variable's updates in their order."""
    updates = sorted({int(name.split("/")[2]) for name in sides.port
                      if name.startswith(f"clipped/{step}/")})
    for row in sides.pairing.rows:
        theirs = [(phase, f"gradient/{step}/{phase}/{row.reference}")
                  for phase in sides.phases(step)]
        theirs = [pair for pair in theirs if pair[1] in sides.reference]
        ours = [name for name in (f"clipped/{step}/{update}/{row.port}" for update in updates)
                if name in sides.port]
        if not theirs and row.reference in sides.hidden:
            continue
        if len(ours) > len(theirs):
            yield Compared(5, row.port, step, _ABSENT,
                           note=f"updated {len(ours)} times instead of {len(theirs)}")
        for number, (phase, name) in enumerate(theirs):
            if number >= len(ours):
                yield Compared(5, row.port, step, _ABSENT, note="the port gives no gradient",
                               phase=phase)
                continue
            expected = row.transform.change(sides.reference[name])
            yield _seen(Compared(5, row.port, step, _gradient_difference(
                sides.port[ours[number]], expected, sides.largest_gradient(step, phase)),
                                 _allowance(sides, name), phase=phase), expected)


def _gradient_difference(value, expected, largest):
    """The difference of two gradients; of two that are zero but for rounding, none."""
    difference = differences.measure(value, expected)
    if value.shape == expected.shape and max(
            np.abs(expected).max(), np.abs(value).max()) <= _ZERO * largest:
        return difference._replace(within_ulp=True)
    return difference


def _variables(sides, step):
    for row in sides.pairing.rows:
        state = row.transform.state
        before = state(sides.reference[f"before/{step}/{row.reference}"])
        expected = state(sides.reference[f"after/{step}/{row.reference}"])
        if expected.dtype.kind != "f":
            continue
        value = sides.port[f"after/{step}/{row.port}"]
        rung = 8 if step != sides.steps[0] else 6 if sides.trains(row.reference) or (
            row.reference in sides.hidden) else 7
        found = Compared(rung, row.port, step, differences.measure(value, expected, before),
                         _allowance(sides, f"after/{step}/{row.reference}", state, before),
                         phase=sides.first_phase(row.reference))
        biased = f"biased_after/{step}/{row.reference}"
        if biased in sides.reference and _is_apart(found, expected.dtype):
            other = found._replace(
                difference=differences.measure(value, state(sides.reference[biased]), before),
                note=_BIASED, at_best=differences.CONSTANTS)
            found = found if _is_apart(other, expected.dtype) else other
        yield _seen(found, expected)


def _is_apart(row, dtype):
    """Whether neither rounding nor rounded constants explain a row of a precision."""
    return differences.DIFFERENT == (verdict_alone(row) if dtype == np.float32 else (
        differences.float64_verdict(row.difference, row.allowance)))


def _slots(sides, step):
    transform = {row.port: row.transform for row in sides.pairing.rows}
    for slot in sides.slots:
        name = (f"slot_after/{step}/{sides.optimizers.get(slot.port)}/{slot.port}/{slot.role}")
        if name not in sides.port:
            if not slot.idle:
                yield Compared(7, f"{slot.port}@{slot.role}", step, _ABSENT,
                               note="the port's optimiser has no such slot")
            continue

        take, _ = slot.layout(transform[slot.port])

        def as_held(value, last=False, take=take, slot=slot):
            factor = -rate_of(sides.reference, step, slot.variable, last) if (
                slot.holds_rate) else 1.0
            return take(value) * np.asarray(factor, value.dtype)
        before = as_held(sides.reference[f"before/{step}/{slot.reference}"], last=True)
        expected = as_held(sides.reference[f"after/{step}/{slot.reference}"])
        rung = 8 if step != sides.steps[0] else 7
        yield _seen(Compared(rung, f"{slot.port}@{slot.role}", step, differences.measure(
            sides.port[name], expected, before), _allowance(
                sides, f"after/{step}/{slot.reference}", as_held, before)), expected)


def _own(sides, step):
    for row in sides.own:
        before, expected = (sides.reference[f"{when}/{step}/{row.reference}"]
                            for when in ("before", "after"))
        yield _seen(Compared(
            8 if step != sides.steps[0] else 7, f"{row.name} of optimiser {row.optimizer + 1}",
            step, differences.measure(sides.port[f"own_after/{step}/{row.optimizer}/{row.name}"],
                                      expected, before),
            _allowance(sides, f"after/{step}/{row.reference}", before=before)), expected)


def rate_of(reference, step, variable, last=False):
    """The learning rate of a variable's update at a step, or at the last one before it."""
    for kind in ["last_rate", "rate"] if last else ["rate"]:
        for name in reference:
            if name.startswith(f"{kind}/{step}/") and name.split("/", 3)[3] == variable:
                return float(reference[name])
    return 1.0
