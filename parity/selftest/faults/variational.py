"""Faults of random layers: dropout, and the variational autoencoder."""

from parity.selftest.fault import Fault

FAULTS = [
    Fault("random_numbers.dropout", "keep for drop", "Dropout(0.4)", "Dropout(0.6)", 3, "out",
          "dropout's rate", "keras.layers.Dropout(0.4)"),
    Fault("random_numbers.dropout", "a little more dropped", "Dropout(0.4)", "Dropout(0.4001)", 3,
          "out", "dropout's rate", "keras.layers.Dropout(0.4)"),
    Fault("random_numbers.dropout", "no dropout", "layers.Dropout(0.4)(", "(", 3, "out",
          "dropout's rate", "keras.layers.Dropout(0.4)"),
    Fault("random_numbers.latent", "the variance for the deviation", "0.5 * log_variance",
          "log_variance", 3, "decoder", "a number", "0.5 instead of 1"),
    Fault("random_numbers.latent", "a divergence a little larger", "-0.05 *", "-0.05001 *", 4,
          "of phase 1", "term of the loss"),
    Fault("random_numbers.latent", "a divergence ten times as large", "-0.05 *", "-0.5 *", 4,
          "of phase 1", "term of the loss")]
