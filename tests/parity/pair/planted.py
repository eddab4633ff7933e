"""Faults to plant in the correct ports and their programs, each a change of one place.

A fault that the compared steps of a pair do not reach stands in `UNEXERCISED`.
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


LAYERS = [
    Planted("activations.prelu", "Constant(0.25)", "Constant(0.2)"),
    Planted("activations.prelu", "shared_axes=[1, 2]", "shared_axes=[1]", STRUCTURE),
    Planted("activations.gelu", "_activated(\"gelu\")",
            "_activated(lambda net: keras.activations.gelu(net, approximate=True))"),
    Planted("activations.gelu_by_tanh", "approximate=True", "approximate=False"),
    Planted("activations.swish", "silu", "hard_silu"),
    Planted("activations.relu_to_six", "max_value=6.0", "max_value=None"),
    Planted("activations.both_signs", "layers.ReLU()(-net)", "layers.ReLU()(1.0 - net)"),
    Planted("activations.group_norm", "GroupNormalization(2", "GroupNormalization(4"),
    Planted("activations.group_norm", "epsilon=1e-3", "epsilon=1e-5"),
    Planted("activations.instance_norm", "epsilon=1e-5", "epsilon=1.001e-5"),
    Planted("activations.batch_norm_without_training", "_Given(", "layers.BatchNormalization("),
    Planted("activations.batch_norm_without_scale", "momentum=0.9", "momentum=0.99"),
    Planted("activations.temperature", "/ 2.5", "/ 2.0"),
    Planted("activations.temperature", "+ 1e-8", "+ 1e-7"),
    Planted("activations.weight_norm", "ops.sum(self.directions ** 2, axis=0)",
            "ops.sum(self.directions ** 2, axis=0) + 1e-9"),
    Planted("layers.batch_norm_not_fused", "epsilon=1e-5", "epsilon=1.001e-5"),
    Planted("layers.batch_norm_of_rows", "BatchNormalization(",
            "BatchNormalization(moving_variance_initializer=\"zeros\", "),
    Planted("layers.batch_norm_of_rows", "_relu(layers.BatchNormalization(name=\"norm\")(net))",
            "_relu(layers.BatchNormalization(name=\"norm\")(net, training=False))", DIFFERENT),
    Planted("layers.convolutions", "padding=\"same\", activation",
            "padding=\"same\", kernel_initializer=\"he_normal\", activation"),
    Planted("layers.average_pooling_same", "layers.AveragePooling2D(3, strides=2, padding=\"same\")"
            "(net)", "layers.AveragePooling2D(3, strides=2)(layers.ZeroPadding2D(1)(net))"),
    Planted("layers.transposed_convolution", "activation=\"tanh\"", "activation=\"sigmoid\""),
    Planted("layers.without_names", "layers.Dense(6, activation=\"tanh\")",
            "layers.Dense(6, activation=\"tanh\", dtype=\"float16\")"),
    Planted("images.padded_by_hand", "ZeroPadding2D(1)", "ZeroPadding2D(((0, 1), (0, 1)))"),
    Planted("images.padded_by_reflection", "\"reflect\"", "\"symmetric\""),
    Planted("images.resized_to_nearest", "UpSampling2D(2)",
            "UpSampling2D(2, interpolation=\"bilinear\")"),
    Planted("images.resized_by_lines", "_Resized()(net)",
            "layers.Resizing(9, 9, interpolation=\"bilinear\")(net)"),
    Planted("images.channels_first", "layers.Permute((3, 1, 2))(net)", "net"),
    Planted("images.channels_first", "(3, 1, 2)", "(3, 2, 1)"),
    Planted("images.residual", "layers.Add()([net, shortcut])", "net"),
    Planted("images.branches", "layers.Conv2D(2, 1, activation=\"relu\", name=\"pooled\")(pooled)",
            "layers.Conv2D(2, 1, activation=\"relu\", name=\"pooled\")(net)"),
    Planted("images.scaled_bytes", "127.5", "127.0"),
    Planted("images.convolution_of_sequences", "GlobalMaxPooling1D", "GlobalAveragePooling1D"),
    Planted("images.dilated", "dilation_rate=2", "dilation_rate=1", STRUCTURE),
]
SEQUENCES = [
    Planted("attention.dot_products", "query / 2.0", "query"),
    Planted("attention.causal", "-1e9", "-10.0"),
    Planted("attention.several_heads", "0.98, 1e-9", "0.98, 1e-7"),
    Planted("attention.several_heads", "0.9, 0.98", "0.9, 0.999"),
    Planted("attention.additive", "Softmax(axis=1)", "Softmax(axis=2)"),
    Planted("attention.positions", "words != 0", "words != 1"),
    Planted("attention.last_state", "_, _, memory", "_, memory, _"),
    Planted("attention.lengths", "(x, mask=mask)", "(x)"),
    Planted("attention.encoder_and_decoder", ", initial_state=state", ""),
    Planted("attention.both_directions", "x = _sequences()", "x = _sequences()[:, ::-1]",
            DIFFERENT),
    Planted("sequences.lstm_static", "unit_forget_bias=False", "unit_forget_bias=True"),
    Planted("sequences.gru", "reset_after=False", "reset_after=True", STRUCTURE),
    Planted("sequences.language_model", "global_clipnorm=0.2", "global_clipnorm=0.3"),
    Planted("random_numbers.dropout_of_layers", "Dropout(0.25)", "Dropout(0.75)"),
    Planted("random_numbers.gaussian_noise", "GaussianNoise(0.3)", "GaussianNoise(0.2)"),
    Planted("random_numbers.uniform_noise", "0.5, 1.5", "0.5, 1.4"),
    Planted("random_numbers.latent", "+ keras.ops.exp(0.5 * log_variance) * "
            "keras.random.normal(keras.ops.shape(mean))", "+ 0.0"),
    Planted("random_numbers.dropout_of_whole_channels", "SpatialDropout2D", "Dropout",
            INCONCLUSIVE),
]
LOSSES = [
    Planted("weighted.squares_weighted", "ops.count_nonzero(weights)", "ops.size(weights)"),
    Planted("weighted.distances_of_rows", "ops.broadcast_to(weights, ops.shape(losses))",
            "weights * 1.0"),
    Planted("weighted.huber_over_the_batch", " * 2.0", ""),
    Planted("weighted.cosine", "1.0 + cosine", "cosine"),
    Planted("weighted.hinge_weighted", "1.0 - signs", "0.5 - signs"),
    Planted("weighted.log_of_another_epsilon", "share + 1e-5", "share + 1.001e-5"),
    Planted("weighted.log_of_another_epsilon", "share + 1e-5", "share + 1e-7"),
    Planted("weighted.sigmoid_smoothed", "label_smoothing=0.2", "label_smoothing=0.1"),
    Planted("weighted.positives_weigh_more", "2.0 * labels", "3.0 * labels"),
    Planted("weighted.a_loss_of_each_row", ", reduction=\"sum\"", ""),
    Planted("weighted.focal", "gamma=2.0", "gamma=1.0"),
    Planted("weighted.triplet", "+ 1.0", "+ 0.5"),
    Planted("weighted.two_heads", "0.3 * ops", "0.5 * ops"),
    Planted("weighted.absolute_weights", "_regularized(keras.regularizers.L1(0.01)",
            "_regularized(None"),
    Planted("weighted.both_regularizers", "ops.mean(net ** 2))", "ops.sum(net ** 2))"),
    Planted("weighted.both_regularizers", "0.01, 0.02", "0.01, 0.01"),
    Planted("weighted.divergence", "ops.softmax(labels), ops.softmax(logits)",
            "ops.softmax(logits), ops.softmax(labels)"),
    Planted("losses.log", "share + 1e-7", "share + 1e-8"),
    Planted("losses.softmax", "from_logits=True", "from_logits=False"),
    Planted("losses.hinge", "Hinge()", "SquaredHinge()"),
    Planted("losses.regularized", "L2(0.01)", "L2(0.005)"),
    Planted("losses.sparse_softmax", "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
            "lambda labels, logits: keras.losses.SparseCategoricalCrossentropy(from_logits=True)("
            "keras.ops.roll(labels, 1), logits)"),
]
TRAINING = [
    Planted("updates.natural_decay", "-0.4", "-0.41"),
    Planted("updates.inverse_time_decay", "2, 0.5)", "2, 0.5, staircase=True)"),
    Planted("updates.warm_restarts", "2.0, 0.5)", "2.0, 1.0)"),
    # In the one step that is not compared but for what a free run shows.
    Planted("updates.warm_restarts", "2, 2.0, 0.5)", "2, 1.0, 0.5)"),
    Planted("updates.polynomial_cycle", ", cycle=True", ""),
    Planted("updates.signs", "self._scale * ops",
            "(self._scale if self.optimizer.iterations < 3 else -1.0) * ops"),
    Planted("updates.warm_up", "/ 3.0", "/ 4.0"),
    Planted("updates.warm_up", "keras.config.floatx()) + 1.0", "keras.config.floatx())"),
    Planted("updates.rmsprop_on_a_schedule", "RMSprop(schedules",
            "keras.optimizers.RMSprop(schedules"),
    Planted("updates.noise_on_gradients", "0.1 * keras", "0.2 * keras"),
    Planted("updates.faster_last_layer", "gradient * 10.0", "gradient * 1.0"),
    Planted("updates.decay_of_kernels", "if variable.name == \"kernel\" else gradient", ""),
    Planted("updates.signs", "ops.sign(gradient)", "ops.tanh(1e2 * gradient)"),
    Planted("updates.bounded_by_mean", "ops.cast(ops.size(gradient), gradient.dtype)",
            "ops.sqrt(ops.cast(ops.size(gradient), gradient.dtype))"),
    Planted("updates.decoupled_decay", "weight_decay=0.1", "weight_decay=0.01"),
    Planted("updates.bounded_weights", "-0.3, 0.3", "-0.4, 0.4"),
    Planted("updates.two_optimizers", "gradients[:2], variables[:2]",
            "gradients[:1], variables[:1]"),
    Planted("updates.average_of_many_steps", "(10.0 + updates)", "(11.0 + updates)"),
    Planted("updates.average_of_many_steps", "average.assign(variable)",
            "average.assign(variable * 0)"),
    Planted("updates.tied_weights", "ops.transpose(self.kernel)",
            "ops.transpose(ops.stop_gradient(self.kernel))"),
    Planted("updates.stopped_gradient", "ops.stop_gradient(target(net))", "target(net)"),
    Planted("updates.gradient_penalty", "** 2, 1))", "** 2, 1) + 1e-12)"),
    Planted("updates.gradient_penalty", "10.0 * ops", "9.0 * ops"),
    Planted("training.polynomial_decay", "power=2.0", "power=1.0"),
    Planted("training.cosine_decay", "alpha=0.1", "alpha=0.0"),
    Planted("training.clip_by_value", "clipvalue=0.1", "clipvalue=0.2"),
    Planted("training.clip_by_norm", "clipnorm=0.5", "global_clipnorm=0.5"),
    Planted("training.averaged_weights", "ema_momentum=0.99)", "ema_momentum=0.999)"),
    Planted("training.weight_decay_by_hand", "L2(0.01)", "L2(0.005)"),
    Planted("training.frozen", "trainable = False", "trainable = True"),
    Planted("training.accumulated", "(one + other) / 2", "one + other"),
    Planted("training.discriminator_first", "self._apply(tape, g_loss, self.generator",
            "self._apply(tape, g_loss, self.discriminator"),
    Planted("training.adam_without_momentum", "beta_1=0.0", "beta_1=0.5"),
    Planted("optimizers.adam", "epsilon=1e-8", "epsilon=1.001e-8"),
    Planted("optimizers.rmsprop_momentum", "RMSprop(0.01", "keras.optimizers.RMSprop(0.01"),
    Planted("optimizers.ftrl", "l2_regularization_strength=0.01",
            "l2_regularization_strength=0.02"),
    Planted("optimizers.adadelta", "rho=0.9,", "rho=0.95,"),
    Planted("optimizers.adagrad", "epsilon=0.0", "epsilon=0.0, initial_accumulator_value=0.2"),
]
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


# Of numbers that are none, and of randomness that is not the other side's.
UNLIKE_THEMSELVES = [
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
    Planted("weighted.two_heads", "0.3 * ops", "0.0 * ops", legacy=("weights=0.3", "weights=0.0")),
    Planted("losses.huber", "delta=0.7", "delta=100.0", legacy=("delta=0.7", "delta=200.0")),
]
EXERCISED = LAYERS + SEQUENCES + LOSSES + TRAINING + UNLIKE_THEMSELVES
