"""Keras 3 ports of the programs in legacy.py, right unless an argument says otherwise."""

import keras
from keras.optimizers import schedules
import tensorflow as tf


class WarmUp(schedules.LearningRateSchedule):
    """Rises for as many steps, then stays."""

    def __init__(self, rate, steps):
        self._rate, self._steps = rate, steps

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        return self._rate * keras.ops.minimum((step + 1.0) / self._steps, 1.0)


class Later(schedules.LearningRateSchedule):
    """Another schedule of a counter that began earlier, or counts faster."""

    def __init__(self, schedule, begins=0, counts=1):
        self._schedule, self._begins, self._counts = schedule, begins, counts

    def __call__(self, step):
        return self._schedule(self._counts * step + self._begins)


def _network(layers):
    return keras.Sequential([keras.Input((4,), name="x"), *[
        keras.layers.Dense(4, activation="tanh", name=name) for name in layers]])


class _Layers:
    """A network whose layers have an optimiser each."""

    def __init__(self, rates, together=True):
        self.model = _network(rates)
        self.optimizers = [keras.optimizers.SGD(rate) for rate in rates.values()]
        self._together = together

    def _gradients(self, batch, variables):
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((self.model(batch["x"]) - batch["labels"]) ** 2)
        return loss, tape.gradient(loss, variables)

    def step(self, batch):
        owned, losses = [layer.trainable_variables for layer in self.model.layers], []
        if self._together:
            loss, gradients = self._gradients(batch, owned)
            for optimizer, each, variables in zip(self.optimizers, gradients, owned):
                optimizer.apply(each, variables)
            return loss
        for optimizer, variables in zip(self.optimizers, owned):
            loss, gradients = self._gradients(batch, variables)
            optimizer.apply(gradients, variables)
            losses.append(loss)
        return losses


def rates(factor=0.96, boundary=500, end=0.001, alpha=0.01, decay=0.5, steps=300):
    return _Layers({
        "staircase": schedules.ExponentialDecay(0.3, 1000, factor, staircase=True),
        "exponential": schedules.ExponentialDecay(0.3, steps, 0.96),
        "piecewise": schedules.PiecewiseConstantDecay([boundary, 20000], [0.3, 0.1, 0.01]),
        "polynomial": schedules.PolynomialDecay(0.3, 5000, end, power=2.0),
        "cosine": schedules.CosineDecay(0.3, 3000, alpha=alpha),
        "inverse": schedules.InverseTimeDecay(0.3, 700, decay),
        "warmed": WarmUp(0.3, 4000.0),
        "constant": 0.3})


def decayed(constant=False):
    rate = schedules.ExponentialDecay(0.3, 1000, 0.5, staircase=True)
    return (_network(["hidden"]), keras.losses.MeanSquaredError(),
            keras.optimizers.SGD(0.3 if constant else rate))


class _SetByHand:
    """Counts in Python, and sets the rate when it changes."""

    def __init__(self, model, optimizer):
        self.model, self.optimizer, self._taken = model, optimizer, 0

    def step(self, batch):
        if self._taken == 1000:
            self.optimizer.learning_rate = 0.15
        self._taken += 1
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((self.model(batch["x"]) - batch["labels"]) ** 2)
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss


def set_by_hand():
    return _SetByHand(_network(["hidden"]), keras.optimizers.SGD(0.3))


class Halved(keras.optimizers.SGD):
    """Moves by half its rate."""

    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient, variable, learning_rate * 0.5)


def halved(factor=0.5):
    rate = schedules.ExponentialDecay(0.6, 1000, factor, staircase=True)
    return _network(["hidden"]), keras.losses.MeanSquaredError(), Halved(rate)


def of_python():
    return _network(["hidden"]), keras.losses.MeanSquaredError(), keras.optimizers.SGD(0.25)


def counted_from_100(begins=100, assigned=False):
    decay = schedules.ExponentialDecay(0.3, 30, 0.5)
    optimizer = keras.optimizers.SGD(decay if assigned else Later(decay, begins))
    if assigned:
        optimizer.iterations.assign(begins)
    return _network(["hidden"]), keras.losses.MeanSquaredError(), optimizer


def adam(begins=0):
    optimizer = keras.optimizers.Adam(0.125, epsilon=1e-8)
    optimizer.iterations.assign(begins)
    return _network(["hidden"]), keras.losses.MeanSquaredError(), optimizer


class _Repeated(_Layers):
    """The one optimiser twice."""

    def step(self, batch):
        return [*super().step(batch), *super().step(batch)]


def repeated(steps=4):
    rate = schedules.ExponentialDecay(0.3, steps, 0.5, staircase=True)
    return _Repeated({"hidden": rate}, together=False)


def shared_counter(counts=2):
    decay = schedules.ExponentialDecay(0.3, 3, 0.9)
    return _Layers({"first": Later(decay, 0, counts), "second": Later(decay, 1, counts)},
                   together=False)


class Averaging(keras.optimizers.Adagrad):
    """Averages from the first values on; a stock optimiser's begin with the first update."""

    from_zero = False

    def build(self, variables):
        super().build(variables)
        for variable, average in zip(variables, self._model_variables_moving_average):
            average.assign(0.0 * variable if self.from_zero else variable)

    def _update_model_variables_moving_average(self, trainable_variables):
        for variable, average in zip(trainable_variables, self._model_variables_moving_average):
            average.assign(average * self.ema_momentum + variable * (1 - self.ema_momentum))


def starts(average="weights", variance="ones", accumulator=0.5):
    network = keras.Sequential([
        keras.Input((4,), name="x"), keras.layers.Dense(4, name="hidden"),
        keras.layers.BatchNormalization(
            momentum=0.9, moving_variance_initializer=variance, name="norm")])
    optimizer = Averaging(0.25, initial_accumulator_value=accumulator, epsilon=0.0,
                          use_ema=True, ema_momentum=0.75)
    optimizer.from_zero = average == "zeros"
    return network, keras.losses.MeanSquaredError(), optimizer
