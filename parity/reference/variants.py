"""Variants of a reference: its steps with small changes, which measure the effect of rounding."""

import numpy as np

from parity.reference import batch_norm
from parity.reference import edits
from parity.reference import noise
from parity.reference import precision
from parity.reference.reading import updates
from parity.reference import port_order
from parity.reference import replay
from parity.reference import steps


class Variant(object):
    """A variant of the reference's steps.

    Args:
      name: "again", unchanged; "stored", constants as they are stored in float32; "raised" and
        "mixed", constants moved by one float32 ulp, all up or some down; "rates", computed rates
        moved likewise; "powers", beta powers of Adam of the stored betas; "biased", moving
        variances without n / (n - 1); "nudged", inputs and state moved by one ulp, and constants
        where float64 is not run.
      replay: the `Replay` that computes it.
      state: function (`{variable: array}`) -> changed ones, applied before a step and before each
        of its calls.
      names: names of the variables that `state` changes.
      nudged: True to move each array of state and input by one ulp.
    """

    def __init__(self, name, replay, state=dict, names=(), nudged=False):
        self.name, self._state, self._names, self._nudged = name, state, names, nudged
        self._runner = steps.Runner(replay)

    def run(self, step, calls):
        """`Step` of the variant from a step of the reference, whose `before` it keeps."""
        change = noise.Nudge(step.number) if self._nudged else None
        self._load(self._state(step.before), change)
        made = self._runner.run(step.number, calls, change, step.before,
                                self._again if self._names else None)
        self._runner.replay.forget()  # until the next step; large variables fill the memory
        return made

    def close(self):
        """Ends the replay."""
        self._runner.replay.close()

    def _load(self, state, change):
        if change:
            state = {name: change(state[name]) for name in sorted(state)}
        self._runner.replay.load(state)

    def _again(self):
        """Applies `state` to the variables between two calls."""
        replay = self._runner.replay
        replay.load(self._state(replay.state(self._names)))


def of(captured, dtype, alone=False, only=None):
    """List of the `Variant`s in one precision.

    Args:
      captured: a `parity.reference.captured.Captured`.
      dtype: the precision.
      alone: True where float32 is compared without float64, so that it also measures the rounding
        of constants.
      only: names of the wanted variants; all but "again" if None.
    """
    if only == ["again"]:
        return [Variant("again", _replay(captured, dtype))]
    makers = _alone(captured) if alone else (
        _narrow(captured) if dtype == "float32" else _wide(captured))
    return [make() for name, make in makers if only is None or name in only]


def _replay(captured, dtype="float32", **more):
    """`Replay` of a variant; variants that do not edit the graph share one.

    Programs that draw in loops have a session for each variant, in which the draws go on.
    """
    order = port_order.order(captured)
    if more or any(call.hidden for call in captured.calls):
        return replay.Replay(captured, dtype, order=order, **more)
    return replay.plain(captured, dtype, order)


def _narrow(captured):
    yield "nudged", lambda: Variant("nudged", _replay(captured), nudged=True)


def _wide(captured):
    """Yields (name, function () -> `Variant`) in float64."""
    def made(**more):
        return _replay(captured, "float64", **more)
    yield "nudged", lambda: Variant("nudged", made(), nudged=True)
    for name, read in (("stored", precision.as_stored), ("raised", precision.raised),
                       ("mixed", precision.mixed)):
        yield name, lambda name=name, read=read: Variant(name, made(read=read))
    rates = _scheduled(captured)
    if rates:
        yield "rates", lambda: Variant("rates", made(edits=[edits.one_ulp_larger(rates)]))
    powers = dict(_powers(captured))
    if powers:
        yield "powers", lambda: Variant("powers", made(), lambda state: _rounded(state, powers),
                                        list(powers))
    if batch_norm.is_fused(captured.graph_def()):
        yield "biased", lambda: Variant("biased", made(edits=[batch_norm.biased]))


def _alone(captured):
    yield "nudged", lambda: Variant(
        "nudged", _replay(captured, edits=[edits.rounded_one_ulp_up]), nudged=True)
    if batch_norm.is_fused(captured.graph_def()):
        yield "biased", lambda: Variant(
            "biased", _replay(captured, edits=[batch_norm.biased_in_float32]))


def _scheduled(captured):
    """`{operation of an update: tensor of its rate}`, for rates that are no constants.

    Keras computes schedules in float32 whatever the precision of the model.
    """
    return {update.operation: update.rate.tensor for update in updates.read(captured)
            if update.rate and update.rate.tensor and update.rate.kind != "constant"}


def _powers(captured):
    """Yields (variable of a beta power of Adam, the beta)."""
    for update in updates.read(captured):
        for beta in ("beta1", "beta2"):
            if beta + "_power" in update.slots and update.constants.get(beta):
                yield update.slots[beta + "_power"], update.constants[beta]


def _rounded(state, powers):
    """State whose beta powers are those of betas rounded to float32."""
    found = dict(state)
    for name, beta in powers.items():
        if state.get(name, 0) > 0:  # after thousands of steps it has underflowed
            times = round(np.log(float(state[name])) / np.log(beta))
            found[name] = np.asarray(float(np.float32(beta)) ** times, state[name].dtype)
    return found
