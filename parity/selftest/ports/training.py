"""Keras 3: schedules, clipping and averages between a loss and its variables, as in ../programs."""

import keras
import tensorflow as tf


def _network(regularizer=None):
    options = {"kernel_regularizer": regularizer, "bias_regularizer": regularizer}
    return keras.Sequential([
        keras.Input((6,), name="x"),
        keras.layers.Dense(5, activation="sigmoid", name="hidden", **options),
        keras.layers.Dense(2, name="out", **options)])


def _trained(optimizer, loss=None, model=None):
    return model or _network(), loss or keras.losses.MeanSquaredError(), optimizer


def _scheduled(schedule):
    return _trained(keras.optimizers.SGD(schedule))


def exponential_decay():
    return _scheduled(keras.optimizers.schedules.ExponentialDecay(0.5, 3, 0.9))


def staircase():
    return _scheduled(keras.optimizers.schedules.ExponentialDecay(0.5, 2, 0.5, staircase=True))


def piecewise_constant():
    return _scheduled(keras.optimizers.schedules.PiecewiseConstantDecay([1, 4], [0.5, 0.1, 0.02]))


def polynomial_decay():
    return _scheduled(keras.optimizers.schedules.PolynomialDecay(0.5, 5, 0.01, power=2.0))


def cosine_decay():
    return _scheduled(keras.optimizers.schedules.CosineDecay(0.5, 8, alpha=0.1))


def adam_on_a_schedule():
    rate = keras.optimizers.schedules.ExponentialDecay(0.05, 2, 0.7)
    return _trained(keras.optimizers.Adam(rate, epsilon=1e-8))


def _clipped(optimizer):
    squared = keras.losses.MeanSquaredError()
    return _trained(optimizer, lambda labels, outputs: 10.0 * squared(labels, outputs))


def clip_by_value():
    return _clipped(keras.optimizers.SGD(0.1, clipvalue=0.1))


def clip_by_norm():
    return _clipped(keras.optimizers.Adam(0.01, epsilon=1e-8, clipnorm=0.5))


def clip_by_global_norm():
    return _clipped(keras.optimizers.SGD(0.1, momentum=0.9, global_clipnorm=1.0))


def clipped_by_nothing():
    return _clipped(keras.optimizers.SGD(0.1))


class Averaging(keras.optimizers.Adam):
    """Adam whose averages start at the initial values; stock ones start with the first update."""

    def build(self, variables):
        super().build(variables)
        for variable, average in zip(variables, self._model_variables_moving_average):
            average.assign(variable)

    def _update_model_variables_moving_average(self, trainable_variables):
        for variable, average in zip(trainable_variables, self._model_variables_moving_average):
            average.assign(average * self.ema_momentum + variable * (1 - self.ema_momentum))


def averaged_weights():
    return _trained(Averaging(0.01, epsilon=1e-8, use_ema=True, ema_momentum=0.99))


def weight_decay_by_hand():
    return _trained(keras.optimizers.SGD(0.1, momentum=0.5),
                    model=_network(keras.regularizers.L2(0.01)))


def frozen():
    model = _network()
    model.get_layer("hidden").trainable = False
    return _trained(keras.optimizers.Adam(0.01, epsilon=1e-8), model=model)


class _Accumulated:
    """Accumulates the gradients of two halves of a batch for one update."""

    def __init__(self):
        self.model = _network()
        self.optimizer = keras.optimizers.Adam(0.01, epsilon=1e-8)

    def step(self, batch):
        halves = []
        for rows in (slice(0, 4), slice(4, 8)):
            with tf.GradientTape() as tape:
                loss = keras.ops.mean((self.model(batch["x"][rows]) - batch["labels"][rows]) ** 2)
            halves.append(tape.gradient(loss, self.model.trainable_variables))
        self.optimizer.apply([(one + other) / 2 for one, other in zip(*halves)],
                             self.model.trainable_variables)


def accumulated():
    return _Accumulated()


def _cross_entropy(logits, label):
    return keras.ops.mean(keras.losses.binary_crossentropy(
        keras.ops.full_like(logits, label), logits, from_logits=True))


class _Adversaries:
    """Trains a discriminator and a generator in turn."""

    def __init__(self):
        self.discriminator = keras.Sequential([
            keras.Input((4,)), keras.layers.Dense(5), keras.layers.LeakyReLU(0.2),
            keras.layers.Dense(1)], name="discriminator")
        self.generator = keras.Sequential([
            keras.Input((3,)), keras.layers.Dense(5, activation="relu"),
            keras.layers.Dense(4, activation="tanh")], name="generator")
        self.model = [self.generator, self.discriminator]
        self.d_optimizer, self.g_optimizer = (
            keras.optimizers.Adam(0.01, beta_1=0.5, epsilon=1e-8) for _ in range(2))

    def step(self, batch):
        with tf.GradientTape() as tape:
            d_loss = _cross_entropy(self.discriminator(batch["real"]), 1.0) + _cross_entropy(
                self.discriminator(self._generated()), 0.0)
        self._apply(tape, d_loss, self.discriminator, self.d_optimizer)
        with tf.GradientTape() as tape:
            g_loss = _cross_entropy(self.discriminator(self._generated()), 1.0)
        self._apply(tape, g_loss, self.generator, self.g_optimizer)
        return d_loss, g_loss

    def _generated(self):
        return self.generator(keras.random.normal((8, 3)))

    def _apply(self, tape, loss, network, optimizer):
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)


def discriminator_first():
    return _Adversaries()


def adam_without_momentum():
    return _trained(keras.optimizers.Adam(0.01, beta_1=0.0, beta_2=0.9, epsilon=1e-8))


class Momentum(keras.optimizers.SGD):
    """Momentum that adds up gradients without their rates, as TensorFlow 1 does."""

    def update_step(self, gradient, variable, learning_rate):
        slot = self.momentums[self._get_variable_index(variable)]
        rate = keras.ops.cast(learning_rate, variable.dtype)
        slot.assign(slot * self.momentum + gradient)
        moved = gradient + slot * self.momentum if self.nesterov else slot
        variable.assign_sub(moved * rate)


def momentum_on_a_schedule():
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5, staircase=True)
    return _trained(Momentum(rate, momentum=0.9))


def nesterov_on_a_schedule():
    rate = keras.optimizers.schedules.PiecewiseConstantDecay([1], [0.1, 0.01])
    return _trained(Momentum(rate, momentum=0.9, nesterov=True))
