"""The classifier in Keras 3."""

import keras


def _convolution(x, filters, name):
    x = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False, name=name,
                            kernel_regularizer=keras.regularizers.L2(0.00025))(x)
    x = keras.layers.BatchNormalization(momentum=0.9, scale=False, name=name + "_norm")(x)
    x = keras.layers.Activation("relu")(x)
    return keras.layers.MaxPooling2D(2)(x)


class RMSprop(keras.optimizers.RMSprop):
    """RMSprop whose mean squares start at 1, as TensorFlow 1's do."""

    def build(self, variables):
        super().build(variables)
        for mean_square in self._velocities:
            mean_square.assign(keras.ops.ones_like(mean_square))


def build():
    """Returns (model, loss, optimizer)."""
    images = keras.Input((8, 8, 1), name="images")
    x = _convolution(images, 16, "conv1")
    x = _convolution(x, 32, "conv2")
    x = keras.layers.Dropout(0.2)(keras.layers.Flatten()(x))
    logits = keras.layers.Dense(10, kernel_regularizer=keras.regularizers.L2(0.00025),
                                name="logits")(x)
    rate = keras.optimizers.schedules.ExponentialDecay(0.02, 10, 0.94, staircase=True)
    return (keras.Model(images, logits),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            RMSprop(rate, rho=0.9, momentum=0.9, epsilon=1.0))
