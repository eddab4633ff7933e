"""Keras 3: a regression under each optimiser of ../programs."""

import keras


class RMSprop(keras.optimizers.RMSprop):
    """RMSprop whose mean squares start at 1, as TensorFlow 1's do."""

    def build(self, variables):
        super().build(variables)
        for mean_square in self._velocities:
            mean_square.assign(keras.ops.ones_like(mean_square))


def _trained(optimizer):
    model = keras.Sequential([keras.Input((6,), name="x"),
                              keras.layers.Dense(5, activation="softplus", name="hidden"),
                              keras.layers.Dense(2, name="out")])
    model.compile(optimizer, keras.losses.MeanSquaredError())
    return model


def gradient_descent():
    return _trained(keras.optimizers.SGD(0.1))


def momentum():
    return _trained(keras.optimizers.SGD(0.03, momentum=0.9))


def nesterov():
    return _trained(keras.optimizers.SGD(0.03, momentum=0.8, nesterov=True))


def adam():
    return _trained(keras.optimizers.Adam(0.01, epsilon=1e-8))


def adam_of_gans():
    return _trained(keras.optimizers.Adam(0.0002, beta_1=0.5, epsilon=1e-4))


def rmsprop():
    return _trained(RMSprop(0.01, rho=0.9, epsilon=1e-10))


def rmsprop_momentum():
    return _trained(RMSprop(0.01, rho=0.95, momentum=0.9, epsilon=0.01))


def rmsprop_centered():
    return _trained(RMSprop(0.01, rho=0.95, momentum=0.7, epsilon=1e-10,
                            centered=True))


def adagrad():
    return _trained(keras.optimizers.Adagrad(0.1, epsilon=0.0))


def adadelta():
    return _trained(keras.optimizers.Adadelta(1.0, rho=0.9, epsilon=1e-6))


def ftrl():
    return _trained(keras.optimizers.Ftrl(0.1, l1_regularization_strength=0.001,
                                          l2_regularization_strength=0.01))
