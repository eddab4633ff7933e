"""Keras 3: the networks of ../programs that are told a label."""

import keras
import tensorflow as tf


def _network(name, width, outputs, activation=None):
    """Rows [8, outputs] from rows [8, width] and labels [8]."""
    given, labels = keras.Input((width,)), keras.Input((), dtype="int32")
    embedding = keras.layers.Embedding(5, 3, embeddings_initializer="glorot_uniform")
    told = keras.layers.Concatenate()([given, embedding(labels)])
    hidden = keras.layers.Dense(5, activation="relu")(told)
    return keras.Model([given, labels], keras.layers.Dense(outputs, activation)(hidden), name=name)


def _cross_entropy(logits, label):
    return keras.ops.mean(keras.ops.binary_crossentropy(
        label * keras.ops.ones_like(logits), logits, from_logits=True))


class _Conditional:
    """Trains a discriminator and a generator in turn, both told the label."""

    def __init__(self):
        self.discriminator = _network("discriminator", 4, 1)
        self.generator = _network("generator", 3, 4, "tanh")
        self.model = [self.generator, self.discriminator]
        self.d_optimizer, self.g_optimizer = (keras.optimizers.SGD(0.1) for _ in range(2))

    def step(self, batch):
        real, labels = batch["real"], batch["labels"]
        with tf.GradientTape() as tape:
            d_loss = _cross_entropy(self.discriminator([real, labels]), 1.0) + _cross_entropy(
                self._generated(labels), 0.0)
        self._apply(tape, d_loss, self.discriminator, self.d_optimizer)
        with tf.GradientTape() as tape:
            g_loss = _cross_entropy(self._generated(labels), 1.0)
        self._apply(tape, g_loss, self.generator, self.g_optimizer)
        return d_loss, g_loss

    def _generated(self, labels):
        """Logits of generated rows."""
        return self.discriminator([self.generator([keras.random.normal((8, 3)), labels]), labels])

    def _apply(self, tape, loss, network, optimizer):
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)


def label_embeddings():
    return _Conditional()
