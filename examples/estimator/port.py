"""The Estimator's model in Keras 3."""

import keras


def build():
    """Returns a compiled model."""
    measurements = keras.Input((13,), name="measurements")
    x = keras.layers.Dense(16, activation="relu")(measurements)
    x = keras.layers.Dense(16, activation="relu")(x)
    model = keras.Model(measurements, keras.layers.Dense(3)(x))
    model.compile(keras.optimizers.Adagrad(0.05, epsilon=0.0),
                  keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model
