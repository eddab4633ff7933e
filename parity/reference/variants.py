"""Variants of a reference: what it would compute if something small were otherwise."""

import numpy as np

from parity.reference import batch_norm
from parity.reference import edits
from parity.reference import losses_first
from parity.reference import noise
from parity.reference import precision
from parity.reference import replay
from parity.reference import steps
from parity.reference.reading import updates


class Variant(object):
    """One way to compute a step a little otherwise.

    Args:
      name: "again", the same once more; "stored", constants as they are stored; "raised" and
        "mixed", one unit in float32's last place off, all of them up or some down; "rates", the
        same of rates that are computed; "powers", powers of Adam's betas as they are stored;
        "biased", moving variances without n / (n - 1); "nudged", inputs and state one unit in the
        last place off, and constants where float64 is not run.
      replay: the `Replay` that computes it.
      state: function of the variables `names`, which gives those to start a step and each of its
        calls from.
      names: the variables that it changes.
      nudged: whether each array is moved by a unit in the last place.
    """

    def __init__(self, name, replay, state=dict, names=(), nudged=False):
        self.name, self._state, self._names, self._nudged = name, state, names, nudged
        self._runner = steps.Runner(replay)

    def run(self, step, calls):
        """The `Step` that it makes of a step of the reference; its `before` is the reference's."""
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
        """Changes what the calls before have made of the variables."""
        replay = self._runner.replay
        replay.load(self._state(replay.state(self._names)))


def of(captured, dtype, alone=False, only=None):
    """The `Variant`s that a port is compared with in one precision.

    Args:
      captured: a `parity.reference.captured.Captured`.
      dtype: the precision.
      alone: whether it is float32, and float64 is not there to tell what rounded constants change.
      only: names of those that are wanted; if not given, every one but "again".
    """
    if only == ["again"]:
        return [Variant("again", _replay(captured, dtype))]
    makers = _alone(captured) if alone else (
        _narrow(captured) if dtype == "float32" else _wide(captured))
    return [make() for name, make in makers if only is None or name in only]


def _replay(captured, dtype="float32", **more):
    """The replay of a variant; those that change no graph take turns in one.

    Each of those that draw in loops has a session of its own, where the draws go on.
    """
    order = losses_first.order(captured)
    if more or any(call.hidden for call in captured.calls):
        return replay.Replay(captured, dtype, order=order, **more)
    return replay.plain(captured, dtype, order)


def _narrow(captured):
    yield "nudged", lambda: Variant("nudged", _replay(captured), nudged=True)


def _wide(captured):
    """(name, function that makes the `Variant`) in float64."""
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
    """`{operation of an update: its rate}` of those whose rate is no constant.

    Keras computes schedules in float32 whatever the precision of the model.
    """
    return {update.operation: update.rate.tensor for update in updates.read(captured)
            if update.rate and update.rate.tensor and update.rate.kind != "constant"}


def _powers(captured):
    """(variable that holds a power of one of Adam's betas, the beta)."""
    for update in updates.read(captured):
        for beta in ("beta1", "beta2"):
            if beta + "_power" in update.slots and update.constants.get(beta):
                yield update.slots[beta + "_power"], update.constants[beta]


def _rounded(state, powers):
    """A state whose powers are those of betas rounded to float32."""
    found = dict(state)
    for name, beta in powers.items():
        if state.get(name, 0) > 0:  # after thousands of steps it has vanished
            times = round(np.log(float(state[name])) / np.log(beta))
            found[name] = np.asarray(float(np.float32(beta)) ** times, state[name].dtype)
    return found
