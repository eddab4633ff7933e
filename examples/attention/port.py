"""The network with self-attention in Keras 3."""

import keras
from keras import layers, ops


class SelfAttention(layers.Layer):
    """Adds to each position of [batch, height, width, channels] what it attends to."""

    def build(self, shape):
        channels = shape[-1]
        self.f_conv, self.g_conv, self.h_conv = [
            layers.Conv2D(units, 1, use_bias=False, name=name) for name, units in (
                ("f_conv", channels // 8), ("g_conv", channels // 8), ("h_conv", channels))]
        for convolution in (self.f_conv, self.g_conv, self.h_conv):
            convolution.build(shape)
        self.gamma = self.add_weight(name="gamma", shape=(1,), initializer="zeros")

    def call(self, x):
        f, g, h = [ops.reshape(convolution(x), (-1, x.shape[1] * x.shape[2], convolution.filters))
                   for convolution in (self.f_conv, self.g_conv, self.h_conv)]
        beta = ops.softmax(ops.matmul(g, ops.transpose(f, (0, 2, 1))))
        return self.gamma * ops.reshape(ops.matmul(beta, h), ops.shape(x)) + x


def build():
    """Returns (model, loss, optimizer)."""
    images = keras.Input((8, 8, 1), name="images")
    net = layers.Conv2D(16, 3, padding="same", activation="relu", name="conv1")(images)
    net = SelfAttention(name="attention")(net)
    net = layers.Conv2D(32, 3, 2, "same", activation="relu", name="conv2")(net)
    logits = layers.Dense(10, name="logits")(layers.GlobalAveragePooling2D()(net))
    return (keras.Model(images, logits),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            keras.optimizers.Adam(1e-3, epsilon=1e-8))
