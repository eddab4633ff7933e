"""Measured floors: how far the reference itself moves under changes that mean nothing."""

import collections

import numpy as np

from parity import differences
from parity.common.names import resolve

_POWERS = ("beta1", "beta2")
_ROUNDINGS = 64


def _ulp(value):
    """One float32 unit in the last place, as a part of the value."""
    single = np.float32(value)
    return float((np.float64(np.nextafter(single, np.float32(np.inf))) - single) / single)


def input_floor(pair):
    """What rounding may cause in a step: `{state name: change}`.

    Every operation rounds, and a program has many: it is 64 times what one unit in the last place
    of every input causes in the reference, the median over the compared steps.
    """
    changes = collections.defaultdict(list)
    for (name, _), change in pair.perturb(scale_inputs=float(1 + np.finfo(pair.dtype).eps)).items():
        changes[name].append(change)
    return {name: _ROUNDINGS * float(np.median(found)) for name, found in changes.items()}


def always_above(gaps, floor):
    """Names of the tensors that are further apart than their floor after every compared step.

    Where a unit lies at the kink of a ReLU, one ulp decides its whole gradient, so two correct
    programs may be far apart after some step; other computations are after each.

    Args:
      gaps: `{(state name, k): Difference}` of rung 8.
      floor: what `input_floor` gave.
    """
    below = {name for (name, _), gap in gaps.items()
             if gap.within_ulp or gap.relative <= floor.get(name, 0.0)}
    return {name for name, _ in gaps} - below


def constant_floors(pair):
    """What each hyper-parameter causes when moved by one float32 unit in the last place.

    TensorFlow 1 rounds Python floats to float32 and Keras does not (or elsewhere), so a correct
    port may be this far off. Adam's betas are moved in the program, and in their powers alone.

    Returns:
      `{hyper-parameter: {(state name, k): change}}`.
    """
    case = pair.case
    hparams = resolve(case.hparams)(case.model, dict(case.values))
    numbers = {name: value for name, value in resolve(case.hparams_dict)(hparams).items()
               if isinstance(value, float) and value != 0}
    floors = {}
    for name, value in numbers.items():
        values = dict(case.values, **{name: value * (1 + _ulp(value))})
        floors[name] = pair.perturb(values=values)
        if name in _POWERS:
            factors = {str(k): (1 + _ulp(value)) ** (k + 1) for k in pair.legacy[0]["resync"]}
            floors[name + " in its powers"] = pair.perturb(scale={f"@{name}_power": factors})
    return floors


def admissible(floors, gaps, owners):
    """The constants that the port's own state does not rule out, for each update's tensors.

    A hyper-parameter that moved would move every tensor that it reaches: where a slot or a power
    of beta did not follow, it did not move, and something else explains the difference.

    Args:
      floors: what `constant_floors` gave.
      gaps: `{(state name, k): Difference}` of the port.
      owners: `{variable or "<phase>/<loss>": loss of the update that it belongs to}`.

    Returns:
      `{loss: floors}`.
    """
    def follows(loss, changes):
        return not any(
            change > differences.FLOAT64_ROUNDING and gaps[key].relative < change / 100
            for key, change in changes.items()
            if key in gaps and owners.get(key[0].split("@")[0]) == loss)

    return {loss: {constant: changes for constant, changes in floors.items()
                   if follows(loss, changes)} for loss in set(owners.values())}


def largest(floors, name, k):
    """(change, hyper-parameter) of the constant that moves a tensor most at step k.

    (0.0, "") where none moves it.
    """
    changes = [(found.get((name, k), 0.0), constant) for constant, found in floors.items()]
    return max((row for row in changes if 0 < row[0] < np.inf), default=(0.0, ""))
