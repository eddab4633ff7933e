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
