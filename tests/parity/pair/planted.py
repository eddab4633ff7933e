"""Faults to plant in the correct ports and their programs, each a change of one place.

Those that every step shows are in planted_formulas.py. Here are those of which two steps or two
runs tell, and those that no compared step reaches.
"""

import os
from typing import NamedTuple

from parity.judge import findings

DIFFERENT, STRUCTURE, INCONCLUSIVE = 1, 2, 3


class Planted(NamedTuple):
    """A fault.

    Attributes:
      pair: "<group>.<function>".
      right, wrong: what the port has, and what it has instead.
      status: what the verification ends with.
      legacy: (right, wrong) of the program, which is changed, too; or None.
    """

    pair: str
    right: str
    wrong: str
    status: int = DIFFERENT
    legacy: tuple | None = None

    @property
    def name(self):
        """What the fault is called in a list of tests."""
        changes = [change for change in ((self.right, self.wrong), self.legacy)
                   if change and change[0] != change[1]]
        return f"{self.pair}: {', '.join(_shown(*change) for change in changes)}"


def _shown(right, wrong):
    """A change without what both have before it."""
    alike = len(os.path.commonprefix([right, wrong]))
    return f"{right[alike:][:32]} -> {wrong[alike:][-48:]}"


def caught(fault, result):
    """Whether a `Result` is not that of a right port, or says that the fault is out of reach."""
    status = findings.exit_status([result])
    return status or any("not exercised" in finding.note for finding in result.findings)


_SQUARED = "keras.losses.MeanSquaredError()"
_OF_SIDES = "tf.losses.mean_squared_error(labels, _network(2))"
_FED = "_trained({})".format(_OF_SIDES)
_RANDOM = "__import__(\"numpy\").random.rand()"
_DRAWN = (_OF_SIDES, _OF_SIDES + " * (1 + 1e-3 * tf.py_func(lambda: np.float32("
                                 "np.random.rand()), [], tf.float32))")


def _with(factor):
    """The squared error with a factor, or None where the port is as it is."""
    return f"lambda labels, outputs: keras.ops.mean((outputs - labels) ** 2) * {factor}"


def _fed(value):
    """The program, whose labels are the value in one step."""
    return _FED, f"dict({_FED}, feed={{labels: lambda step: np.full([8, 2], {value})}})"


# Labels of the step before.
_LATE = ("(lambda kept: lambda labels, outputs: keras.ops.mean((outputs - [kept + 0.0, kept.assign("
         "labels)][0]) ** 2))(keras.Variable(keras.ops.zeros((8, 2))))")


# Of numbers that are none, and of randomness that is not the other side's.
UNLIKE_THEMSELVES = [
    Planted("losses.mean_squared", _SQUARED, _LATE, INCONCLUSIVE),
    Planted("losses.mean_squared", _SQUARED, _with("keras.ops.log(-keras.ops.ones(()))")),
    Planted("losses.mean_squared", _SQUARED, _SQUARED, INCONCLUSIVE,
            (_OF_SIDES, _OF_SIDES + " * tf.log(-tf.ones([]))")),
    Planted("losses.mean_squared", _SQUARED, _with("keras.ops.log(-keras.ops.ones(()))"),
            INCONCLUSIVE, (_OF_SIDES, _OF_SIDES + " * tf.log(-tf.ones([]))")),
    Planted("losses.mean_squared", _SQUARED, _SQUARED, INCONCLUSIVE,
            _fed("np.nan if step == 2 else 1.0")),
    Planted("losses.mean_squared", _SQUARED, _SQUARED, INCONCLUSIVE,
            _fed("np.inf if step == 1 else 1.0")),
    Planted("losses.mean_squared", _SQUARED, _SQUARED, INCONCLUSIVE,
            _fed("np.nan if step == 3 else 1.0")),
    Planted("losses.mean_squared", _SQUARED, _with(f"(1 + 1e-3 * {_RANDOM})"), INCONCLUSIVE),
    Planted("losses.mean_squared", _SQUARED, _with(f"(1 + 1e-9 * {_RANDOM})"), INCONCLUSIVE),
    Planted("losses.mean_squared", _SQUARED, _with(
        "(1 + 1e-3 * keras.random.gamma((1,), 1.0)[0])")),
    Planted("losses.mean_squared", _SQUARED, _SQUARED, DIFFERENT, (
        _OF_SIDES, _OF_SIDES + " * (1 + 1e-3 * tf.random_gamma([], 1.0))")),
    Planted("losses.mean_squared", _SQUARED, _SQUARED, DIFFERENT, _DRAWN),
    Planted("losses.mean_squared", _SQUARED, _with(f"(1 + 1e-3 * {_RANDOM})"), INCONCLUSIVE,
            _DRAWN),
    Planted("updates.noise_on_gradients", "keras.random.normal(\n        gradient.shape)",
            f"({_RANDOM})", INCONCLUSIVE),
]
# What no compared step reaches: never said to be the same without that being said.
UNEXERCISED = [
    Planted("activations.unit_length", "1e-12", "1e-6"),
    Planted("updates.boundary_far_away", "1000, 0.5", "2000, 0.5"),
    Planted("updates.boundary_far_away", "1000, 0.5", "1000, 0.9"),
    Planted("updates.average_of_many_steps", "minimum(0.99", "minimum(0.9"),
    Planted("updates.bounded_weights", ", \"bias_constraint\": _Bounded()", ""),
    Planted("training.piecewise_constant", "[1, 4]", "[1, 5]"),
    Planted("training.piecewise_constant", "0.1, 0.02]", "0.1, 0.03]"),
    Planted("training.clipped_by_nothing", "SGD(0.1", "SGD(0.1, global_clipnorm=500.0"),
    Planted("weighted.two_heads", " + 0.3 * ops.mean(\n                (outputs[\"sizes\"] - "
            "batch[\"sizes\"]) ** 2)", "", legacy=("weights=0.3", "weights=0.0")),
    Planted("losses.huber", "delta=0.7", "delta=100.0", legacy=("delta=0.7", "delta=200.0")),
]
