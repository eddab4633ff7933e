"""Keras 3: losses with weights, with reductions and of several terms, as in ../programs."""

import keras
from keras import ops


def _network(units):
    x = keras.Input((6,), name="x")
    hidden = keras.layers.Dense(5, activation="tanh", name="hidden")(x)
    return keras.Model(x, keras.layers.Dense(units, name="out")(hidden))


def _trained(units, loss):
    return _network(units), loss, keras.optimizers.SGD(0.5)


def _over_those_that_count(losses, weights):
    """Weighted sum, divided by the number of weights that are not 0."""
    weights = ops.broadcast_to(weights, ops.shape(losses))
    return ops.sum(losses * weights) / ops.cast(ops.count_nonzero(weights), losses.dtype)


def squares_weighted():
    def loss(model, batch):
        return _over_those_that_count((model(batch["x"]) - batch["labels"]) ** 2,
                                      batch["weights"])
    return _trained(2, loss)


def distances_of_rows():
    def loss(model, batch):
        return _over_those_that_count(ops.abs(model(batch["x"]) - batch["labels"]),
                                      batch["weights"])
    return _trained(2, loss)


def huber_over_the_batch():
    huber = keras.losses.Huber(delta=0.5)
    return _trained(2, lambda labels, outputs: huber(labels, outputs) * 2.0)


def cosine():
    cosine = keras.losses.CosineSimilarity(axis=1)
    return _trained(3, lambda labels, outputs: 1.0 + cosine(labels, outputs))


def hinge_weighted():
    def loss(model, batch):
        signs = 2.0 * batch["labels"] - 1.0
        return _over_those_that_count(ops.relu(1.0 - signs * model(batch["x"])),
                                      batch["weights"])
    return _trained(1, loss)


def _log_loss(labels, logits):
    share = ops.sigmoid(logits)
    return -ops.mean(labels * ops.log(share + 1e-5) + (1 - labels) * ops.log(1 - share + 1e-5))


def log_of_another_epsilon():
    return _trained(2, _log_loss)


def sigmoid_smoothed():
    return _trained(2, keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2))


def _positives_weigh_more(labels, logits):
    weight = 1 + 2.0 * labels
    return ops.mean((1 - labels) * logits + weight * (
        ops.log1p(ops.exp(-ops.abs(logits))) + ops.relu(-logits)))


def positives_weigh_more():
    return _trained(2, _positives_weigh_more)


def a_loss_of_each_row():
    return _network(4), keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, reduction="sum"), keras.optimizers.SGD(0.05)


def softmax_of_the_sum():
    cross_entropy = keras.losses.CategoricalCrossentropy(from_logits=True, reduction="sum")
    return _trained(4, lambda labels, logits: 0.05 * cross_entropy(labels, logits))


def focal():
    return _trained(2, keras.losses.BinaryFocalCrossentropy(gamma=2.0, from_logits=True))


class Triplet(keras.Model):
    """Subclassed model that applies one layer to three inputs."""

    def __init__(self):
        super().__init__()
        self.shared = keras.layers.Dense(3, name="shared")

    def call(self, inputs):
        x, near, far = (self.shared(inputs[name]) for name in ("x", "near", "far"))
        return ops.sum((near - x) ** 2, 1) - ops.sum((far - x) ** 2, 1)


def triplet():
    return Triplet(), lambda model, batch: ops.mean(ops.relu(
        model(batch) + 1.0)), keras.optimizers.SGD(0.5)


def two_heads():
    x = keras.Input((6,), name="x")
    net = keras.layers.Dense(5, activation="relu", name="hidden")(x)
    model = keras.Model(x, {"kinds": keras.layers.Dense(3, name="kind")(net),
                            "sizes": keras.layers.Dense(1, name="size")(net)})

    def loss(model, batch):
        outputs = model(batch["x"])
        return ops.mean(keras.losses.sparse_categorical_crossentropy(
            batch["kinds"], outputs["kinds"], from_logits=True)) + 0.3 * ops.mean(
                (outputs["sizes"] - batch["sizes"]) ** 2)
    return model, loss, keras.optimizers.SGD(0.5)


def _regularized(regularizer, **settings):
    x = keras.Input((6,), name="x")
    hidden = keras.layers.Dense(5, kernel_regularizer=regularizer, name="hidden", **settings)(x)
    last = keras.regularizers.L1(0.01) if not isinstance(
        regularizer, keras.regularizers.L1L2) else None
    model = keras.Model(x, keras.layers.Dense(2, kernel_regularizer=last, name="out")(hidden))
    return model, keras.losses.MeanSquaredError(), keras.optimizers.SGD(0.5)


def absolute_weights():
    return _regularized(keras.regularizers.L1(0.01), activation="tanh")


def both_regularizers():
    return _regularized(keras.regularizers.L1L2(0.01, 0.02), activation="sigmoid",
                        activity_regularizer=lambda net: 0.1 * ops.mean(net ** 2))


def _divergence(labels, logits):
    return keras.losses.KLDivergence()(ops.softmax(labels), ops.softmax(logits))


def divergence():
    return _trained(3, _divergence)
