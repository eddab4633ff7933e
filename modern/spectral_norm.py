"""Layers whose kernels are spectrally normalised (Miyato et al. 2018).

`keras.layers.SpectralNormalization` is another method: in training it overwrites the kernel by its
normalised self before the forward pass, so that the optimiser moves what was projected and no
gradient reaches the norm. Here, as in the paper, the kernel stays as the optimiser left it, and the
pass uses kernel / norm, norm included in the gradient. Keras's also moves its vector `vector_u` at
every call, when two passes of a step are two iterations, starts it at N(0, 0.02^2) and normalises
nothing outside of training.
"""

import keras
from keras import ops
import tensorflow as tf

EPSILON = 1e-12  # of the authors' code


def unit(vector):
    """A vector [1, length] divided by its norm."""
    return vector / (tf.sqrt(tf.reduce_sum(tf.square(vector))) + EPSILON)


def power_iteration(matrix, u):
    """One step towards the largest singular value of a matrix (Miyato et al. 2018, Algorithm 1).

    Args:
      matrix: [rows, columns].
      u: [1, columns], the estimate so far of its first singular vector.

    Returns:
      The singular value, a scalar whose gradient reaches the matrix alone, and the next `u`.
    """
    v = unit(tf.matmul(u, matrix, transpose_b=True))
    u = tf.stop_gradient(unit(tf.matmul(v, matrix)))
    v = tf.stop_gradient(v)
    sigma = tf.matmul(tf.matmul(v, matrix), u, transpose_b=True)
    return tf.reshape(sigma, []), u


def normalized(kernel, u):
    """A kernel [..., columns] divided by its spectral norm, and the next `u` [1, columns]."""
    kernel = tf.identity(kernel)  # read once: a sum of two gradients has no order
    matrix = tf.reshape(kernel, [-1, kernel.shape[-1]])
    sigma, following = power_iteration(matrix, u)
    return kernel / sigma, following


class SpectralNorm:
    """What the layers share: the vector `u` beside the kernel, from which every pass takes one
    iteration; what it leads to is kept by `update_vector` alone. So all passes of a phase, and
    sampling, see one and the same kernel."""

    def build(self, input_shape):
        super().build(input_shape)
        self.u_initializer = keras.initializers.RandomNormal(stddev=1.0)
        self.u = self.add_weight(name="u", shape=(1, self.kernel.shape[-1]), trainable=False,
                                 initializer=self.u_initializer)

    def normalized_kernel(self):
        """The kernel divided by its spectral norm."""
        with tf.name_scope("spectral_norm"):
            kernel, self._following = normalized(self.kernel, self.u)
        return kernel

    def activated(self, outputs):
        """The outputs with the bias added, if there is one, and the activation."""
        if self.use_bias:
            outputs = tf.nn.bias_add(outputs, self.bias)
        return self.activation(outputs)

    def update_vector(self):
        """Keeps the `u` that the last pass led to."""
        self.u.assign(self._following)


@keras.saving.register_keras_serializable(package="modern")
class SpectralDense(SpectralNorm, keras.layers.Dense):
    """`keras.layers.Dense`, spectrally normalised; of inputs [..., channels], as `tf.layers`."""

    def call(self, inputs, training=None):
        kernel = self.normalized_kernel()
        flat = len(inputs.shape) == 2
        return self.activated(
            tf.matmul(inputs, kernel) if flat else tf.tensordot(inputs, kernel, 1))


@keras.saving.register_keras_serializable(package="modern")
class SpectralConv2D(SpectralNorm, keras.layers.Conv2D):
    """`keras.layers.Conv2D`, spectrally normalised."""

    def call(self, inputs):
        return self.activated(self.convolution_op(inputs, self.normalized_kernel()))


@keras.saving.register_keras_serializable(package="modern")
class SpectralConv2DTranspose(SpectralNorm, keras.layers.Conv2DTranspose):
    """`keras.layers.Conv2DTranspose`, spectrally normalised."""

    def call(self, inputs):
        return self.activated(ops.conv_transpose(
            inputs, self.normalized_kernel(), strides=list(self.strides), padding=self.padding,
            output_padding=self.output_padding, dilation_rate=self.dilation_rate))


def updates(network, options):
    """Keeps each `u` that the last pass of a network led to, but the frozen ones."""
    for layer in getattr(network, "layers", []):
        updates(layer, options)
    if isinstance(network, SpectralNorm) and not options.freezes(network.u.path):
        network.update_vector()
