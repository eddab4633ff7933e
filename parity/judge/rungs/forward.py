"""The forward pass: outputs of layers in the first compared step, each with the port's nearest."""

import numpy as np

from parity.common import keys
from parity.common import rungs
from parity.judge import differences
from parity.judge import findings
from parity.judge import tensor_names
from parity.judge.compared import ABSENT, Compared
from parity.judge.nearest import Nearest, nearest

NO_PARTNER = "no layer's partner is told by the training pass"
_APART = (differences.DIFFERENT, differences.INCONCLUSIVE)
# Relative difference below which two outputs of the training pass are of one layer.
_SAME = {"float32": 1e-4, "float64": 1e-9}


def compared(sides):
    """Yields a `Compared` for each layer of the reference that has a partner of its size."""
    step = sides.first_step
    ours = outputs(sides.port, step)
    for phase, layer, name in sides.reference.by_phase("output", step):
        found, value = _partner(sides.reference[name], ours)
        if found:
            yield Compared(rungs.FORWARD, layer, step, found.difference, sides.noise_floor(name),
                           found.place, phase=phase).of(sides.reference[name], value)


def _partner(expected, ours):
    """(the `Nearest` tensor of the port, its array), or (None, None) where none is comparable.

    TensorFlow 1 often reads sequences time by time, [time, batch, units], where Keras has the batch
    first: those of the port are compared in both orders.
    """
    turned = {place: np.swapaxes(value, 0, 1) for place, value in ours.items()
              if value.ndim == expected.ndim == 3
              and value.shape == expected.shape[1::-1] + expected.shape[2:]}
    found = [(each, arrays[each.place]) for arrays in (ours, turned)
             for each in [nearest(expected, arrays)] if each]
    return min(found, key=lambda pair: pair[0].difference.relative, default=(None, None))


def outputs(port, step):
    """`{place: array}` of the outputs of the port's layers in a step, and of their outer inputs.

    Args:
      port: the port's `Trace`.
      step: number of the step.
    """
    returned = {place: port[name] for place, name in port.part("output", step).items()}
    return dict(returned, **{tensor_names.INPUT_OF + place: port[name]
                             for place, name in port.part("taken", step).items()})


def inference(sides, dtype, theirs, ours):
    """Yields a `Compared` of the pass without training for each layer with a partner in training.

    Args:
      sides: the `Sides` of the training steps, which tell the partners.
      dtype: their precision.
      theirs: `{layer: array}` of the reference's pass without training.
      ours: `{"output/<step>/<place>": array}` of the port's.
    """
    step = sides.first_step
    places = outputs(sides.port, step)
    for _, layer, name in sides.reference.by_phase("output", step):
        if layer not in theirs:
            continue
        found, _ = _partner(sides.reference[name], places)
        called = keys.port_output(step, found.place) if found else ""
        if found and found.difference.relative <= _SAME[dtype] and called in ours:
            other, value = _partner(theirs[layer], {found.place: ours[called]})
            other = other or Nearest(ABSENT, "of another shape in the port")
            yield Compared(rungs.FORWARD, layer + tensor_names.NOT_TRAINING, step,
                           other.difference, sides.noise_floor(name), other.place).of(
                               theirs[layer], ours[called] if value is None else value)


def not_run(dtype, reason):
    """The finding that the pass without training was not compared, for this reason."""
    return findings.Finding(rungs.FORWARD, dtype, "inference", differences.NOT_RUN, note=reason)


def cleared(judged, following):
    """Drops layers that seem different and are not: their activation, or all that follows, agrees.

    Libraries draw the line between layers differently: an activation or a bias may stand on either
    side of it, so that a layer may have no partner. Nothing came of a difference where the last
    layer of the phase agrees.

    Args:
      judged: `[Judged]`.
      following: True where losses or gradients agree.
    """
    agree = {(row.tensor, row.phase, dtype) for row, dtype, verdict in judged
             if row.rung == rungs.FORWARD and verdict != differences.DIFFERENT}
    judged = [each for each in judged if each.row.rung != rungs.FORWARD
              or (each.row.tensor + tensor_names.ACTIVATION, each.row.phase,
                  each.dtype) not in agree]
    ends = {(row.phase, dtype): verdict for row, dtype, verdict in judged
            if row.rung == rungs.FORWARD and not row.tensor.endswith(tensor_names.NOT_TRAINING)}
    return [each for each in judged
            if each.row.rung != rungs.FORWARD or each.verdict != differences.DIFFERENT
            or each.row.tensor.endswith(tensor_names.NOT_TRAINING)
            or not following and ends[each.row.phase, each.dtype] in _APART]
