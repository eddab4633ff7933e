"""Keras 3: the programs of ../programs that draw random numbers while they train."""

import keras
from keras import layers


def _regression(inputs, net):
    return (keras.Model(inputs, layers.Dense(2, name="out")(net)), keras.losses.MeanSquaredError(),
            keras.optimizers.SGD(0.1))


def dropout():
    x = keras.Input((6,), name="x")
    return _regression(x, layers.Dropout(0.4)(layers.Dense(5, activation="relu",
                                                           name="hidden")(x)))


def dropout_of_layers():
    x = keras.Input((6,), name="x")
    return _regression(x, layers.Dropout(0.5)(layers.Dense(5, name="hidden")(
        layers.Dropout(0.25)(x))))


def dropouts_named_backwards():
    x = keras.Input((6,), name="x")
    net = layers.Dense(6, name="hidden")(layers.Dropout(0.25)(x))
    return _regression(x, layers.Dropout(0.25)(net))


def dropout_of_whole_channels():
    images = keras.Input((3, 3, 4), name="images")
    return _regression(images, layers.Flatten()(layers.SpatialDropout2D(0.5)(images)))


def gaussian_noise():
    x = keras.Input((6,), name="x")
    return _regression(x, layers.GaussianNoise(0.3)(x))


class _UniformNoise(layers.Layer):
    def call(self, x):
        return x * keras.random.uniform(keras.ops.shape(x), 0.5, 1.5)


def uniform_noise():
    x = keras.Input((6,), name="x")
    return _regression(x, _UniformNoise()(x))


class _Autoencoder(keras.Model):
    """Subclassed model that adds its divergence by `add_loss`."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = layers.Dense(6), layers.Dense(6)

    def call(self, x):
        mean, log_variance = keras.ops.split(self.encoder(x), 2, axis=1)
        z = mean + keras.ops.exp(0.5 * log_variance) * keras.random.normal(keras.ops.shape(mean))
        self.add_loss(-0.05 * keras.ops.mean(
            1 + log_variance - mean ** 2 - keras.ops.exp(log_variance)))
        return self.decoder(z)


def latent():
    model = _Autoencoder()
    model.compile(keras.optimizers.Adam(0.01, epsilon=1e-8), keras.losses.MeanSquaredError())
    return model
