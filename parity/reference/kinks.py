"""Finds places that amplify float32 rounding: kinks of activations, and vanishing gradients."""

import functools

import numpy as np

from parity.reference import loops
from parity.reference import watched
from parity.reference.reading import structure
from parity.reference.reading import updates
from parity.reference.replay import Replay

_KINKED = ("Relu", "Relu6", "LeakyRelu", "Maximum", "Minimum", "Abs", "Elu", "Selu")


def _fetched(captured, call, dtype, names):
    """`{tensor: array}` of a call that is run again from its captured state."""
    replay = Replay(captured, dtype)
    try:
        replay.load(call.before())
        return replay.run(call, fetches=names)
    finally:
        replay.close()


@functools.lru_cache(maxsize=8)
def _kinked_inputs(captured):
    """Names of inputs of activations with a kink at zero, outside of loops."""
    replay = Replay(captured)
    inside = loops.inside(replay.graph)
    names = [op.inputs[0].name for op in replay.graph.get_operations() if op.type in _KINKED
             and op.name not in inside
             and op.inputs[0].op.type not in ("Placeholder", "Const")]
    replay.close()
    return sorted(set(names))


@functools.lru_cache(maxsize=8)
def crossed(captured, call):
    """Number of activations whose inputs have other signs in float32 than in float64.

    One sign among millions moves all updates below it by far more than rounding does.
    """
    names = _kinked_inputs(captured)
    narrow = _fetched(captured, call, "float32", names)
    wide = _fetched(captured, call, "float64", names)
    return int(sum(np.count_nonzero((narrow[name] > 0) != (wide[name] > 0)) for name in narrow))


@functools.lru_cache(maxsize=8)
def _gradients(captured, call):
    """`{variable: (norm in float32, norm in float64)}` of the gradients of a call."""
    graph = structure.of(captured)
    gradients = {names[0]: variable for variable, names in watched.Watched(captured).of(
        call).gradients.items() if graph.tensor(names[0]).op.type != "Placeholder"}
    narrow, wide = (_fetched(captured, call, dtype, sorted(gradients))
                    for dtype in ("float32", "float64"))
    return {gradients[name]: (np.linalg.norm(narrow[name]), np.linalg.norm(wide[name]))
            for name in narrow}


def _shrinking(captured, call):
    """Names of variables whose gradients shrink with the precision."""
    return {variable for variable, (narrow, wide) in _gradients(captured, call).items()
            if wide < 1e-6 * narrow}


def zero_gradients(captured, call):
    """Names of variables whose gradient is zero but for rounding, and of their slots.

    The gradient of a bias before batch norm is one, and that of the bias of the keys of attention.
    Such a gradient is smaller in float64. Where it happens to be exactly zero, other calls of the
    same kind are looked at, those that can be run from the state that was kept before them.
    """
    found = _shrinking(captured, call)
    cancelled = {variable for variable, norms in _gradients(captured, call).items()
                 if not any(norms)}
    for other in captured.calls if cancelled else ():
        if other.whole and (other.applies, other.writes) == (call.applies, call.writes):
            found |= cancelled & _shrinking(captured, other)
    return frozenset(found).union(
        slot for update in updates.of_call(captured, call) if update.variable in found
        for role, slot in update.slots.items() if not role.endswith("_power"))
