"""Faults of attention and of spectral normalisation."""

from parity.selftest.fault import Fault

_SELF, _ONE, _CONV = "attention.self_attention", "spectral.one_iteration", "spectral.convolution"
_HIDDEN = '_Dense((6, 5), 1, name="hidden")(x)'

FAULTS = [
    Fault(_SELF, "scores divided by the root of the channels",
          "scores = keras.ops.matmul(query, keras.ops.transpose(key, (0, 2, 1)))",
          "scores = keras.ops.matmul(query, keras.ops.transpose(key, (0, 2, 1))) / 2.0", 5,
          "gamma", "attention's scale", "scores as they are"),
    Fault("attention.dot_products", "no scale", "query / 2.0", "query", 3, "logits",
          "attention's scale", "scores * 0.5"),
    Fault(_SELF, "weights of the queries", "layers.Softmax()(scores)",
          "layers.Softmax(axis=1)(scores)", 5, "gamma", "attention's axis",
          "softmax(scores, axis=-1)"),
    Fault(_SELF, "a gamma that starts at 1", '"gamma", shape=(), initializer="zeros"',
          '"gamma", shape=(), initializer="ones"', 2, "gamma", "start",
          "gamma_initializer="),
    Fault(_ONE, "two power iterations", "(6, 5), 1", "(6, 5), 2", 3, "hidden", "power iterations",
          "power_iterations=1"),
    Fault("spectral.two_iterations", "one power iteration", "(6, 5), 2", "(6, 5), 1", 3, "hidden",
          "power iterations", "power_iterations=2"),
    Fault(_CONV, "three power iterations", "4), 1", "4), 3", 3, "conv", "power iterations",
          "power_iterations=1"),
    Fault(_ONE, "another epsilon", "1e-12", "1e-4", 3, "hidden", "power iteration's epsilon",
          "vector / (norm + 1e-12)"),
    Fault(_CONV, "an epsilon of one's own", "ops.sqrt(ops.maximum(ops.sum(vector ** 2), 1e-12))",
          "(ops.sqrt(ops.sum(vector ** 2)) + 3e-5)", 3, "conv",
          "power iteration's epsilon", "vector / (norm + 1e-12)"),
    Fault(_ONE, "no spectral norm", "self.kernel / sigma", "self.kernel", 3, "hidden",
          "spectral norm", "a layer that uses kernel / norm"),
    Fault(_ONE, "a norm without a gradient", "self.kernel / sigma",
          "self.kernel / ops.stop_gradient(sigma)", 5, "hidden/kernel",
          "spectral norm's gradient", "the norm without stop_gradient"),
    Fault(_ONE, "Keras's own layer", _HIDDEN, "layers.SpectralNormalization("
          'layers.Dense(5, "relu", name="hidden"))(x)', 5, "kernel", "spectral norm's kernel",
          "a layer that keeps its kernel"),
    Fault(_ONE, "a vector that stays", "if training:", "if False:", 7, "hidden/u",
          "spectral norm's vector", "self.u.assign(...)")]
