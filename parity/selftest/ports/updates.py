"""Keras 3: changes of gradients, rates and variables around updates, as in ../programs."""

import keras
from keras import ops
from keras.optimizers import schedules
import tensorflow as tf


class RMSprop(keras.optimizers.RMSprop):
    """RMSprop whose mean squares start at 1, as TensorFlow 1's do."""

    def build(self, variables):
        super().build(variables)
        for mean_square in self._velocities:
            mean_square.assign(ops.ones_like(mean_square))


def _network():
    return keras.Sequential([keras.Input((6,), name="x"),
                             keras.layers.Dense(5, activation="tanh", name="hidden"),
                             keras.layers.Dense(2, name="out")])


def _trained(optimizer, scale=1.0):
    squared = keras.losses.MeanSquaredError()
    return (_network(), lambda labels, outputs: scale * squared(labels, outputs), optimizer)


class _Natural(schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.5 * ops.exp(-0.4 * ops.cast(step, keras.config.floatx()) / 3.0)


def natural_decay():
    return _trained(keras.optimizers.SGD(_Natural()))


def inverse_time_decay():
    return _trained(keras.optimizers.SGD(schedules.InverseTimeDecay(0.5, 2, 0.5)))


def warm_restarts():
    return _trained(keras.optimizers.SGD(schedules.CosineDecayRestarts(0.5, 2, 2.0, 0.5)))


def polynomial_cycle():
    return _trained(keras.optimizers.SGD(schedules.PolynomialDecay(0.5, 2, 0.05, cycle=True)))


class _WarmUp(schedules.LearningRateSchedule):
    def __call__(self, step):
        step = ops.cast(step, keras.config.floatx()) + 1.0
        return 0.2 * ops.minimum(step / 3.0, ops.rsqrt(step))


def warm_up():
    return _trained(keras.optimizers.Adam(_WarmUp(), epsilon=1e-8))


def boundary_far_away():
    return _trained(keras.optimizers.SGD(schedules.ExponentialDecay(0.5, 1000, 0.5,
                                                                    staircase=True)))


def rmsprop_on_a_schedule():
    """RMSProp, whose momentum holds rates in TensorFlow 1 and in Keras."""
    return _trained(RMSprop(schedules.ExponentialDecay(0.01, 1, 0.5), rho=0.9, momentum=0.9,
                            epsilon=1e-10))


class _Stepping:
    """Training step whose gradients a function of (gradient, variable) changes."""

    def __init__(self, change, optimizer, scale=10.0):
        self.model, self.optimizer = _network(), optimizer
        self._change, self._scale = change, scale

    def step(self, batch):
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            loss = self._scale * ops.mean((self.model(batch["x"]) - batch["labels"]) ** 2)
        gradients = tape.gradient(loss, variables)
        self.optimizer.apply([self._change(*pair) for pair in zip(gradients, variables)],
                             variables)
        return loss


def noise_on_gradients():
    return _Stepping(lambda gradient, variable: gradient + 0.1 * keras.random.normal(
        gradient.shape), keras.optimizers.SGD(0.01))


def faster_last_layer():
    return _Stepping(lambda gradient, variable: gradient * 10.0 if "out" in variable.path
                     else gradient, keras.optimizers.SGD(0.01, momentum=0.9), 1.0)


def decay_of_kernels():
    return _Stepping(lambda gradient, variable: gradient + 0.01 * variable
                     if variable.name == "kernel" else gradient,
                     keras.optimizers.Adam(0.01, epsilon=1e-8), 1.0)


def signs():
    return _Stepping(lambda gradient, variable: ops.sign(gradient), keras.optimizers.SGD(0.01))


def _bounded_by_mean(gradient, variable):
    mean = ops.sqrt(ops.sum(gradient ** 2)) / ops.cast(ops.size(gradient), gradient.dtype)
    return gradient * 0.1 / ops.maximum(mean, 0.1)


def bounded_by_mean():
    return _Stepping(_bounded_by_mean, keras.optimizers.SGD(0.1))


def decoupled_decay():
    return _trained(keras.optimizers.AdamW(0.01, weight_decay=0.1, epsilon=1e-8))


class _Bounded(keras.constraints.Constraint):
    def __call__(self, weight):
        return ops.clip(weight, -0.3, 0.3)


def ungated():
    return _trained(keras.optimizers.SGD(0.5))


def bounded_weights():
    bounds = {"kernel_constraint": _Bounded(), "bias_constraint": _Bounded()}
    return (keras.Sequential([
        keras.Input((6,), name="x"),
        keras.layers.Dense(5, activation="tanh", name="hidden", **bounds),
        keras.layers.Dense(2, name="out", **bounds)]), keras.losses.MeanSquaredError(),
            RMSprop(0.05, rho=0.9, epsilon=1e-10))


class _TwoOptimizers:
    """Updates two lists of variables by two optimisers from one gradient."""

    def __init__(self):
        self.model = _network()
        self.first = keras.optimizers.Adam(0.01, epsilon=1e-8)
        self.last = keras.optimizers.SGD(0.05, momentum=0.9)

    def step(self, batch):
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            loss = ops.mean((self.model(batch["x"]) - batch["labels"]) ** 2)
        gradients = tape.gradient(loss, variables)
        self.first.apply(gradients[:2], variables[:2])
        self.last.apply(gradients[2:], variables[2:])
        return loss


def two_optimizers():
    return _TwoOptimizers()


class Averaging(keras.optimizers.SGD):
    """SGD whose averages start at the initial values, with a decay that grows."""

    def build(self, variables):
        super().build(variables)
        for variable, average in zip(variables, self._model_variables_moving_average):
            average.assign(variable)

    def _update_model_variables_moving_average(self, trainable_variables):
        updates = ops.cast(self.iterations + 1, keras.config.floatx())
        decay = ops.minimum(0.99, (1.0 + updates) / (10.0 + updates))
        for variable, average in zip(trainable_variables, self._model_variables_moving_average):
            average.assign(average - (average - variable) * (1.0 - decay))


def average_of_many_steps():
    return _trained(Averaging(0.1, use_ema=True))


class _Transposed(keras.layers.Layer):
    """Dense layer with the transposed kernel of another one."""

    def __init__(self, dense):
        super().__init__()
        self.dense = dense

    def call(self, net):
        return ops.matmul(net, ops.transpose(self.dense.kernel))


def tied_weights():
    x = keras.Input((6,), name="x")
    encoder = keras.layers.Dense(3, activation="sigmoid", name="encoder")
    model = keras.Model(x, _Transposed(encoder)(encoder(x)))
    return (model, lambda model, batch: ops.mean((model(batch["x"]) - batch["x"]) ** 2),
            keras.optimizers.SGD(0.1))


def stopped_gradient():
    x = keras.Input((6,), name="x")
    net = keras.layers.Dense(5, activation="tanh", name="hidden")(x)
    target = keras.layers.Dense(1, activation="sigmoid", name="target")
    target.trainable = False
    model = keras.Model(x, [net, keras.layers.Dense(1, name="value")(net),
                            ops.stop_gradient(target(net))])

    def loss(model, batch):
        hidden, value, target = model(batch["x"])
        return ops.mean((value - target) ** 2) + ops.mean(hidden ** 2)
    return model, loss, keras.optimizers.Adam(0.01, epsilon=1e-8)


def _penalized(model, batch):
    x = tf.convert_to_tensor(batch["x"])
    with tf.GradientTape() as tape:
        tape.watch(x)
        net = model(x)
    slopes = ops.sqrt(ops.sum(tape.gradient(net, x) ** 2, 1))
    return ops.mean(net) + 10.0 * ops.mean((slopes - 1.0) ** 2)


def gradient_penalty():
    model = keras.Sequential([keras.Input((6,), name="x"),
                              keras.layers.Dense(5, activation="tanh", name="hidden"),
                              keras.layers.Dense(1, name="out")])
    return model, _penalized, keras.optimizers.Adam(0.001, 0.0, 0.9, 1e-8)
