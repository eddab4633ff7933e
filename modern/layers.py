"""Layers that compute what TensorFlow 1's computed where Keras 3's own round differently."""

import keras
from keras import ops
import tensorflow as tf

# The convolutions of D0 §4, straight and transposed.
CONVOLUTION = {"kernel_size": 4, "strides": 2, "padding": "same", "activation": "leaky_relu"}


@keras.saving.register_keras_serializable(package="modern")
class DenseBiasAdd(keras.layers.Dense):
    """`keras.layers.Dense` with the bias added as `tf.layers.dense` adds it.

    Keras adds a bias by broadcasting. Where that has one unit, or is added to a sequence, its
    gradient sums in another order than that of `tf.nn.bias_add`: one unit in the last place, after
    some hundred steps another model.
    """

    def call(self, inputs, training=None):
        outputs = tf.nn.bias_add(ops.matmul(inputs, self.kernel), self.bias)
        return self.activation(outputs)


@tf.custom_gradient
def _add_bias(outputs, bias):
    """`tf.nn.bias_add` whose gradients are two, as `tf.gradients` keeps them.

    Where a convolution's kernel and bias take one gradient, oneDNN computes both in one kernel,
    which takes longer than the two.
    """
    def gradients(upstream):
        of_bias = tf.raw_ops.BiasAddGrad(out_backprop=upstream)
        with tf.control_dependencies([of_bias]):
            return tf.identity(upstream), of_bias

    return tf.nn.bias_add(outputs, bias), gradients


@keras.saving.register_keras_serializable(package="modern")
class Conv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` with its bias added as `tf.layers.conv2d` adds it.

    Keras's own rounds differently with one filter, and is slower in training on CPUs with many.
    Called as Keras's own: a saved file has weights under the names of classes.
    """

    def call(self, inputs):
        outputs = self.convolution_op(inputs, self.kernel)
        return self.activation(_add_bias(outputs, tf.convert_to_tensor(self.bias)))


@keras.saving.register_keras_serializable(package="modern")
class Conv2DBiasAdd(Conv2D):
    """`Conv2D` of one filter, by the name under which saved files have its weights."""


@keras.saving.register_keras_serializable(package="modern")
class Conv2DTransposeBiasAdd(keras.layers.Conv2DTranspose):
    """`keras.layers.Conv2DTranspose` for one filter, with the bias added as `tf.layers` adds it."""

    def call(self, inputs):
        outputs = ops.conv_transpose(
            inputs, self.kernel, list(self.strides), self.padding, self.output_padding,
            self.data_format, self.dilation_rate)
        return self.activation(tf.nn.bias_add(outputs, self.bias))


@keras.saving.register_keras_serializable(package="modern")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization` on TensorFlow's kernel for it, as `slim.batch_norm` is.

    Keras 3 composes mean, variance and their backward pass of smaller operations, which round in
    another order; and its moving variance is that of the batch, where the kernel's is that of the
    population, n / (n - 1) times larger. The kernel takes float32 only: float64 is composed as
    `tf.layers` composed it, with the batch's variance.

    Moving averages follow in `update_moving_averages`, not in the forward pass: an evaluation in
    training mode moves nothing, and a phase decides when they follow, as with `UPDATE_OPS`.
    """

    def call(self, inputs, training=None):
        if self.compute_dtype == "float32":
            return self._fused(inputs, training)
        return self._composed(inputs, training)

    def _composed(self, inputs, training):
        mean, variance = self.moving_mean, self.moving_variance
        if training:
            axes = list(range(len(inputs.shape) - 1))
            mean = tf.reduce_mean(inputs, axes)
            # Three gradients meet in the inputs, and a sum of three depends on their order:
            # `tf.gradients` adds that of the mean last, which this copy has the tape do, too.
            inputs = tf.identity(inputs)
            deviations = tf.math.squared_difference(inputs, tf.stop_gradient(mean))
            variance = tf.reduce_mean(deviations, axes)
            self._statistics = mean, variance
        return tf.nn.batch_normalization(
            inputs, mean, variance, self.beta, self.gamma, self.epsilon)

    def _fused(self, inputs, training):
        rank = len(inputs.shape)
        maps = inputs if rank == 4 else tf.reshape(inputs, [-1, 1, 1, inputs.shape[-1]])
        given = tf.zeros([0], tf.float32)
        outputs = tf.raw_ops.FusedBatchNormV3(
            x=maps, scale=self.gamma, offset=self.beta,
            mean=given if training else self.moving_mean,
            variance=given if training else self.moving_variance,
            epsilon=self.epsilon, is_training=bool(training))
        if training:
            self._statistics = outputs.batch_mean, outputs.batch_variance
        return outputs.y if rank == 4 else tf.reshape(outputs.y, tf.shape(inputs))

    def update_moving_averages(self):
        """Moves the averages towards the statistics of the last batch seen in training mode."""
        rate = 1.0 - tf.constant(self.momentum, self.dtype)
        for average, statistic in zip((self.moving_mean, self.moving_variance), self._statistics):
            average.assign_sub((average - statistic) * rate)


def update_moving_averages(network, options):
    """Moves the averages of a network's batch norms, unless frozen, towards the last batch."""
    for layer in network.layers:
        if (isinstance(layer, FusedBatchNormalization)
                and not options.freezes(layer.moving_mean.path)):
            layer.update_moving_averages()


@keras.saving.register_keras_serializable(package="modern")
class SeededDropout(keras.layers.Layer):
    """Inverted dropout by a mask that is a function of the seed alone (Srivastava et al. 2014).

    Keras's own layer draws from a state, so that no other program could drop the same.

    Args:
      rate: part of the activations that becomes 0; the rest is divided by 1 - rate.
      stream: what tells this layer's mask from those of other layers, added to the seed.
    """

    def __init__(self, rate, stream, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.stream = tuple(stream)

    def call(self, inputs, seed):
        # Drawn in float32 in both precisions, so that these drop the same.
        uniform = tf.random.stateless_uniform(tf.shape(inputs), seed + self.stream)
        kept = tf.cast(uniform >= self.rate, inputs.dtype)
        return inputs * (kept / (1.0 - self.rate))

    def get_config(self):
        return {**super().get_config(), "rate": self.rate, "stream": self.stream}


@keras.saving.register_keras_serializable(package="modern")
class InstanceNormalization(keras.layers.GroupNormalization):
    """Maps with mean 0 and variance 1 over each image and channel, scaled and moved (Ulyanov et al.
    2016); epsilon as in Zhu et al. 2017a, where Keras has 1e-3.

    Keras reshapes the channels into groups of one and sums in another order than
    `tf.nn.moments` and `tf.nn.batch_normalization`.
    """

    def __init__(self, groups=-1, epsilon=1e-5, **kwargs):
        super().__init__(groups, epsilon=epsilon, **kwargs)

    def call(self, inputs):
        mean = tf.reduce_mean(inputs, [1, 2], keepdims=True)
        # Three gradients meet in the inputs: as in `FusedBatchNormalization`.
        inputs = tf.identity(inputs)
        deviations = tf.math.squared_difference(inputs, tf.stop_gradient(mean))
        variance = tf.reduce_mean(deviations, [1, 2], keepdims=True)
        return tf.nn.batch_normalization(
            inputs, mean, variance, self.beta, self.gamma, self.epsilon)


@keras.saving.register_keras_serializable(package="modern")
class ReflectionPadding(keras.layers.Layer):
    """Maps [batch, height, width, channels] continued on each side by their mirror image."""

    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width

    def call(self, inputs):
        sides = [self.width, self.width]
        return ops.pad(inputs, [[0, 0], sides, sides, [0, 0]], mode="reflect")

    def get_config(self):
        return {**super().get_config(), "width": self.width}


@keras.saving.register_keras_serializable(package="modern")
class SpreadCodes(keras.layers.Layer):
    """Maps [batch, height, width, size] that are a code [batch, size] everywhere."""

    def __init__(self, height, width, **kwargs):
        super().__init__(**kwargs)
        self.height, self.width = height, width

    def call(self, codes):
        return ops.tile(codes[:, None, None], [1, self.height, self.width, 1])

    def get_config(self):
        return {**super().get_config(), "height": self.height, "width": self.width}
