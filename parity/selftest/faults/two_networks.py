"""Faults of networks that are trained against each other, and of tied weights."""

from parity.selftest.fault import Fault

_PAIR = "training.discriminator_first"
_UPDATE = "        self._apply(tape, d_loss, self.discriminator, self.d_optimizer)\n"
_G_LOSS = """        with tf.GradientTape() as tape:
            g_loss = _cross_entropy(self.discriminator(self._generated()), 1.0)
        self._apply(tape, g_loss, self.generator, self.g_optimizer)
"""

_TOLD = "conditional.label_embeddings"

FAULTS = [
    Fault(_PAIR, "Keras's slope", "keras.layers.LeakyReLU(0.2)", "keras.layers.LeakyReLU()", 3,
          "discriminator/hidden/activation", "activation",
          "keras.layers.LeakyReLU(negative_slope=0.2)"),
    Fault(_PAIR, "a slope a thousandth larger", "keras.layers.LeakyReLU(0.2)",
          "keras.layers.LeakyReLU(0.2002)", 3, "discriminator/hidden/activation", "activation",
          "keras.layers.LeakyReLU(negative_slope=0.2)"),
    Fault(_PAIR, "Keras's beta_1", "beta_1=0.5, ", "", 7, "@m", "optimiser's constant",
          "beta_1=0.5"),
    Fault(_PAIR, "the mean of both losses", "1.0) + _cross_entropy(",
          "1.0) + 0.5 * _cross_entropy(", 4, "of phase 1", "term of the loss"),
    Fault(_PAIR, "the generator does not see the discriminator's update", _UPDATE + _G_LOSS,
          _G_LOSS.replace("as tape", "as other").replace("(tape", "(other") + _UPDATE, 4,
          "of phase 2", "order of the updates", "the updates in the reference's order"),
    Fault(_PAIR, "the discriminator's update moves the generator",
          "self._apply(tape, d_loss, self.discriminator, self.d_optimizer)",
          "self._apply(tape, d_loss, keras.Sequential([self.generator, self.discriminator]), "
          "self.d_optimizer)", 1, "generator", "structure"),
    Fault(_PAIR, "the loss that saturates", "g_loss = _cross_entropy(self.discriminator("
          "self._generated()), 1.0)", "g_loss = -_cross_entropy(self.discriminator("
          "self._generated()), 0.0)", 4, "phase 2", "not recognised"),
    Fault(_TOLD, "the label's embedding before the noise", "[given, embedding(labels)]",
          "[embedding(labels), given]", 3, "hidden/input", "order of joined tensors",
          "keras.layers.Concatenate()"),
    Fault(_TOLD, "labels in the reverse order", "[real, labels]), 1.0)",
          "[real, 4 - labels]), 1.0)", 4, "of phase 1", "not recognised"),
    Fault("updates.tied_weights", "a gradient that is stopped at tied weights",
          "ops.transpose(self.dense.kernel)", "ops.transpose(ops.stop_gradient(self.dense.kernel))",
          5, "encoder/kernel", "not recognised")]
