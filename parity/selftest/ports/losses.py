"""Keras 3: one small network under each loss of ../programs."""

import keras


def _network(units, regularizer=None):
    x = keras.Input((6,), name="x")
    hidden = keras.layers.Dense(5, activation="tanh", kernel_regularizer=regularizer,
                                name="hidden")(x)
    return keras.Model(x, keras.layers.Dense(units, kernel_regularizer=regularizer,
                                             name="out")(hidden))


def _trained(units, loss):
    return _network(units), loss, keras.optimizers.SGD(0.5)


def softmax():
    return _trained(4, keras.losses.CategoricalCrossentropy(from_logits=True))


def softmax_smoothed():
    return _trained(4, keras.losses.CategoricalCrossentropy(from_logits=True,
                                                            label_smoothing=0.1))


def sparse_softmax():
    return _trained(4, keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def _over_rows_that_count(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["labels"], model(batch["x"]), from_logits=True)
    count = keras.ops.count_nonzero(batch["weights"])
    return keras.ops.sum(losses * batch["weights"]) / keras.ops.cast(count, losses.dtype)


def sparse_softmax_weighted():
    return _trained(4, _over_rows_that_count)


def sigmoid():
    return _trained(3, keras.losses.BinaryCrossentropy(from_logits=True))


def sigmoid_weighted():
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    return _trained(3, lambda labels, logits: 0.3 * cross_entropy(labels, logits))


def mean_squared():
    return _trained(2, keras.losses.MeanSquaredError())


def mean_squared_sum():
    return _trained(2, lambda labels, outputs: 0.01 * keras.ops.sum((outputs - labels) ** 2))


def huber():
    return _trained(2, keras.losses.Huber(delta=0.7))


def hinge():
    return _trained(1, keras.losses.Hinge())


def absolute_difference():
    return _trained(2, keras.losses.MeanAbsoluteError())


def _log_loss(labels, logits):
    """`tf.losses.log_loss`, which adds 1e-7 to probabilities where Keras clips them."""
    share = keras.ops.sigmoid(logits)
    return -keras.ops.mean(labels * keras.ops.log(share + 1e-7)
                           + (1 - labels) * keras.ops.log(1 - share + 1e-7))


def log():
    return _trained(2, _log_loss)


def regularized():
    x = keras.Input((6,), name="x")
    model = keras.Model(x, keras.layers.Dense(
        4, kernel_regularizer=keras.regularizers.L2(0.01), name="out")(x))
    model.compile(keras.optimizers.SGD(0.5),
                  keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def half_l2():
    return (_network(2, keras.regularizers.L2(0.01)), keras.losses.MeanSquaredError(),
            keras.optimizers.SGD(0.5))
