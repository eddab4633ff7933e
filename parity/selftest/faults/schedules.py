"""Faults of learning rate schedules, in dense networks."""

from parity.selftest.fault import Fault

_KERNEL = "hidden/kernel"
_AHEAD = ('type("Ahead", (keras.optimizers.schedules.ExponentialDecay,), {"__call__": lambda self, '
          "step:\n        keras.optimizers.schedules.ExponentialDecay.__call__(self, step + 1)})(")

FAULTS = [
    Fault("training.exponential_decay", "another decay", "3, 0.9", "3, 0.95", 8, _KERNEL,
          "schedule", "learning_rate=keras.optimizers.schedules.ExponentialDecay(0.5, 3, 0.9"),
    Fault("training.exponential_decay", "a decay a little slower", "3, 0.9", "3, 0.9001", 8,
          _KERNEL, "schedule",
          "learning_rate=keras.optimizers.schedules.ExponentialDecay(0.5, 3, 0.9"),
    Fault("training.exponential_decay", "decay as another schedule",
          "schedules.ExponentialDecay(0.5", "schedules.InverseTimeDecay(0.5", 8, _KERNEL,
          "schedule", "learning_rate=keras.optimizers.schedules.ExponentialDecay("),
    Fault("training.exponential_decay", "a schedule one step ahead",
          "keras.optimizers.schedules.ExponentialDecay(0.5, 3", _AHEAD + "0.5, 3", 6, _KERNEL,
          "schedule's count", "the schedule of optimizer.iterations"),
    Fault("training.staircase", "a slope for stairs", ", staircase=True))\n\n\ndef piece",
          "))\n\n\ndef piece", 8, _KERNEL, "schedule's stairs", "staircase=True"),
    Fault("training.adam_on_a_schedule", "stairs for a slope", "0.05, 2, 0.7",
          "0.05, 2, 0.7, staircase=True", 8, _KERNEL, "schedule's stairs", "staircase=False"),
    Fault("training.piecewise_constant", "a boundary two steps early", "[1, 4]", "[1, 2]", 8,
          _KERNEL, "schedule",
          "learning_rate=keras.optimizers.schedules.PiecewiseConstantDecay([1, 4]"),
    Fault("training.piecewise_constant", "a boundary one step late, which no step reaches",
          "[1, 4]", "[1, 5]", 8, "rate of optimiser 1", "schedule",
          "learning_rate=keras.optimizers.schedules.PiecewiseConstantDecay([1, 4]"),
    Fault("training.polynomial_decay", "Keras's power", ", power=2.0", "", 8, _KERNEL, "schedule",
          "learning_rate=keras.optimizers.schedules.PolynomialDecay(0.5, 5, 0.01, 2.0)"),
    Fault("training.cosine_decay", "Keras's alpha", ", alpha=0.1", "", 8, _KERNEL, "schedule",
          "learning_rate=keras.optimizers.schedules.CosineDecay(")]
