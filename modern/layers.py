"""Layers that compute what `tf.layers` computed where Keras 3's own round differently."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="modern")
class DenseBiasAdd(keras.layers.Dense):
    """`keras.layers.Dense` for one unit, with the bias added as `tf.layers.dense` adds it.

    Keras adds a bias of width one by broadcasting, whose gradient sums in another order than that
    of `tf.nn.bias_add`: one unit in the last place, after some hundred steps another model.
    """

    def call(self, inputs, training=None):
        outputs = tf.nn.bias_add(tf.matmul(inputs, self.kernel), self.bias)
        return self.activation(outputs)
