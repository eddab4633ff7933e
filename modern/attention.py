"""Self-attention over positions (Zhang et al. 2019, §3): of pixels, of time steps."""

import keras
import tensorflow as tf

from modern.spectral_norm import SpectralDense

REDUCTION = 8  # channels of the inputs for each of query, key and value


def attend(query, key, value):
    """The values, mixed for each position by how well its query fits the keys.

    Args:
      query, key: [batch, positions, channels]; their products are not scaled.
      value: [batch, positions, channels].

    Returns:
      The mixtures [batch, positions, channels], and the map [batch, positions, positions], whose
      rows sum to 1.
    """
    weights = tf.nn.softmax(tf.matmul(query, key, transpose_b=True))
    return tf.matmul(weights, value), weights


@keras.saving.register_keras_serializable(package="modern")
class SelfAttention(keras.layers.Layer):
    """Inputs plus gamma times what they attend to; gamma starts at 0, so that it is learnt.

    Of inputs [batch, positions, channels]. `keras.layers.Attention` with its learnt scale, or
    `MultiHeadAttention` with its division by sqrt(channels), have other products.

    Args:
      spectral_norm: True where the kernels are spectrally normalised.

    Attributes:
      layers: the four layers of kernels.
      weights_of_last_pass: the map [batch, positions, positions], whose rows sum to 1.
    """

    def __init__(self, spectral_norm=False, **kwargs):
        super().__init__(**kwargs)
        self._spectral_norm = spectral_norm

    def build(self, input_shape):
        channels = input_shape[-1]
        inner = max(1, channels // REDUCTION)
        self.query, self.key, self.value = [
            self._dense(inner, name) for name in ("query", "key", "value")]
        self.output_layer = self._dense(channels, "output")
        for layer in (self.query, self.key, self.value):
            layer.build(input_shape)
        self.output_layer.build((*input_shape[:-1], inner))
        self.gamma = self.add_weight(name="attention_gamma", shape=(), initializer="zeros")

    def _dense(self, units, name):
        dense = SpectralDense if self._spectral_norm else keras.layers.Dense
        return dense(units, use_bias=False, name=name, dtype=self.dtype_policy)

    @property
    def layers(self):
        return [self.query, self.key, self.value, self.output_layer]

    def call(self, inputs):
        query, key, value = self.query(inputs), self.key(inputs), self.value(inputs)
        mixed, self.weights_of_last_pass = attend(query, key, value)
        return inputs + self.gamma * self.output_layer(mixed)

    def get_config(self):
        return {**super().get_config(), "spectral_norm": self._spectral_norm}
