"""A program of two updates, of which the second one's gradients wait for the first one."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def waiting():
    """Both variables are reference variables, which are read where they lie."""
    x = tf.placeholder(tf.float32, [4, 3], name="x")
    first = tf.get_variable("g/w", [3, 2], use_resource=False)
    second = tf.get_variable("d/w", [2, 1], use_resource=False)
    score = tf.matmul(tf.matmul(x, first), second)
    d_loss, g_loss = tf.reduce_mean(tf.square(score)), tf.reduce_mean(score)
    train_d = tf.train.GradientDescentOptimizer(0.5, name="D").minimize(d_loss, var_list=[second])
    with tf.control_dependencies([train_d]):
        optimizer = tf.train.GradientDescentOptimizer(0.1, name="G")
        gradients = optimizer.compute_gradients(g_loss, [first])
        train_g = optimizer.apply_gradients(gradients)
    return {"train_op": train_g, "losses": [d_loss, g_loss]}
