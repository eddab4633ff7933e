"""Small TensorFlow 1 programs: bounds that act or never do; a loss that races with its update."""

import tensorflow.compat.v1 as tf


def bounded():
    """Caps, floors and thresholds of predictions; gradients that are clipped, and weights."""
    x = tf.placeholder(tf.float32, [8, 3], name="x")
    kernel = tf.get_variable("kernel", [3, 4], initializer=tf.ones_initializer())
    y = tf.matmul(x, kernel)
    parts = [tf.minimum(y, 1e4, name="cap_never"), tf.maximum(y, 0.25, name="floor_acts"),
             tf.where(tf.abs(y) < 1e4, y, 2 * y, name="threshold_never"),
             tf.where(tf.abs(y) < 0.5, y, 2 * y, name="threshold_acts"),
             tf.where(y < 1e4, y, y, name="alike_never"),
             tf.where(y + 1e4 > 0, y, -y, name="sign"),  # no number that somebody chose
             tf.maximum(y - 1e4, 0.5, name="floor_always"),
             tf.nn.relu6(y / 1e4, name="six_never")]
    loss = tf.add_n([tf.reduce_mean(tf.square(part)) for part in parts])
    optimizer = tf.train.GradientDescentOptimizer(tf.train.polynomial_decay(
        1e-3, tf.train.get_or_create_global_step(), 1000))
    gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, [kernel]), 1e9, name="norm_never")
    with tf.control_dependencies([optimizer.apply_gradients(
            zip(gradients, [kernel]), tf.train.get_global_step())]):
        train_op = tf.assign(kernel, tf.maximum(kernel, -1e4, name="weights_never"))
    return {"train_op": train_op, "loss": loss}


def racing():
    """A loss that is linear in its variables, so that no gradient needs its value."""
    x = tf.placeholder(tf.float32, [8, 3], name="x")
    kernel = tf.get_variable("kernel", [3, 4], initializer=tf.ones_initializer(),
                             use_resource=False)
    loss = tf.reduce_mean(tf.matmul(x, kernel), name="loss")
    return {"train_op": tf.train.GradientDescentOptimizer(0.5).minimize(loss), "loss": loss}
