"""Arguments that tf-slim's layers share in the convolutional models; a repeatable dropout."""

import tensorflow.compat.v1 as tf

from legacy.slim_compat import slim


def convolutional_arg_scope(is_training, dtype):
    """Layers of D0 §4: 4x4 kernels, stride 2, leaky ReLU; batch norm of decay 0.8 by itself, since
    it follows the ReLU, where slim's `normalizer_fn` would come before."""
    decay = tf.constant(0.8, dtype)  # of a Python float slim would subtract in double precision
    with slim.arg_scope([slim.fully_connected, slim.conv2d, slim.conv2d_transpose],
                        activation_fn=tf.nn.leaky_relu):
        with slim.arg_scope([slim.conv2d, slim.conv2d_transpose], kernel_size=4, stride=2):
            # TensorFlow 1.15 fuses batch norm in float32 only, and fails rather than not.
            with slim.arg_scope([slim.batch_norm], decay=decay, scale=True,
                                is_training=is_training, fused=dtype == "float32") as scope:
                return scope


def moving_averages(scope, options):
    """Operations that move the averages of the batch norms in a scope, but the frozen ones."""
    return [operation for operation in tf.get_collection(tf.GraphKeys.UPDATE_OPS, scope)
            if not options.freezes(operation.name)]


def dropout(net, rate, seed):
    """Inverted dropout by a mask that is a function of `seed` alone (Srivastava et al. 2014).

    Args:
      net: activations of any shape.
      rate: part of them that becomes 0; the rest is divided by 1 - rate.
      seed: int32 [2]; the same mask in both wings and on both TensorFlows.
    """
    # Drawn in float32 in both precisions, so that these drop the same.
    uniform = tf.random.stateless_uniform(tf.shape(net), seed)
    kept = tf.cast(uniform >= rate, net.dtype)
    return net * (kept / (1.0 - rate))


def instance_norm(net, name):
    """Maps with mean 0 and variance 1 over each image and channel, scaled and moved (Ulyanov et al.
    2016); epsilon as in Zhu et al. 2017a.

    Args:
      net: [batch, height, width, channels].
    """
    with tf.variable_scope(name):
        channels = net.shape.as_list()[3]
        gamma = tf.get_variable("gamma", [channels], net.dtype, tf.ones_initializer())
        beta = tf.get_variable("beta", [channels], net.dtype, tf.zeros_initializer())
        mean, variance = tf.nn.moments(net, [1, 2], keep_dims=True)
        return tf.nn.batch_normalization(net, mean, variance, beta, gamma, 1e-5)


def reflection_pad(net, width, name):
    """Maps [batch, height, width, channels] continued on each side by their mirror image."""
    return tf.pad(net, [[0, 0], [width, width], [width, width], [0, 0]], mode="REFLECT", name=name)
