"""Faults of batch norm that sees two batches in a call, each of which moves its averages."""

from parity.selftest.fault import Fault

_PAIR = "two_batches.real_first"
_MODE, _TRAINING = "batch norm's mode", "layer(x, training=True), and the layer trainable"
_SECOND = "second = _loss(discriminator(fake, training=True), ops.ones_like)"
_MEAN = "norm/moving_mean"
_OF_FAKE = "return real, self.model.discriminator(fake, training=True)"

FAULTS = [
    Fault(_PAIR, "Keras's momentum", "momentum=0.9, ", "", 7, _MEAN, "moving average",
          "momentum=0.9"),
    Fault(_PAIR, "a momentum a little larger", "momentum=0.9, ", "momentum=0.9001, ", 7, _MEAN,
          "moving average", "momentum=0.9"),
    Fault(_PAIR, "Keras's epsilon", "epsilon=1e-5", "epsilon=1e-3", 3, "norm",
          "normalisation's epsilon", "epsilon=1e-05"),
    Fault(_PAIR, "a generated batch normalised by the averages", _OF_FAKE,
          _OF_FAKE.replace("True", "False"), 4, "of phase 1", "not recognised"),
    Fault(_PAIR, "averages in the generator's step", _SECOND, _SECOND.replace("True", "False"), 4,
          "of phase 2", _MODE, _TRAINING),
    Fault(_PAIR, "a discriminator that is frozen for the generator", _SECOND,
          "discriminator.trainable = False\n            " + _SECOND
          + "\n            discriminator.trainable = True", 4, "of phase 2",
          _MODE, _TRAINING),
    Fault("two_batches.fused", "averages in the generator's step", _SECOND,
          _SECOND.replace("True", "False"), 4, "of phase 2", _MODE, _TRAINING)]
