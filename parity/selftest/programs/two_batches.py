"""TensorFlow 1: batch norm that sees a real and a generated batch in a call. Port: ../ports."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _generator(noise):
    with tf.variable_scope("generator"):
        net = tf.layers.dense(noise, 5, tf.nn.relu, name="hidden")
        return tf.layers.dense(net, 6, name="out")


def _dense(x):
    return tf.layers.dense(x, 5, name="hidden")


def _convolved(x):
    """Features [8, 6, 1, 5], of which batch norm has a fused kernel."""
    return tf.layers.conv2d(tf.reshape(x, [8, 6, 1, 1]), 5, 3, padding="same", name="hidden")


def _discriminator(x, hidden, reuse=None):
    """(scores [8, 1], updates of the moving averages by this batch)."""
    known = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    with tf.variable_scope("discriminator", reuse=reuse):
        net = tf.layers.batch_normalization(hidden(x), momentum=0.9, epsilon=1e-5, training=True,
                                            name="norm")
        scores = tf.layers.dense(tf.layers.flatten(tf.nn.tanh(net)), 1, name="score")
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    return scores, [each for each in updates if each not in known]


def _loss(scores, labels):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
        logits=scores, labels=labels(scores)))


def real_first(hidden=_dense):
    """Two calls a step; the first moves each average by both batches, in no order."""
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    fake = _generator(tf.placeholder(tf.float32, [8, 3], name="noise"))
    (real, by_real), (made, by_made) = _discriminator(x, hidden), _discriminator(
        fake, hidden, reuse=True)
    losses = [_loss(real, tf.ones_like) + _loss(made, tf.zeros_like), _loss(made, tf.ones_like)]
    train_ops = []
    for loss, scope, updates in zip(losses, ("discriminator", "generator"),
                                    (by_real + by_made, by_made)):
        with tf.control_dependencies(updates):
            train_ops.append(tf.train.AdamOptimizer(0.01, beta1=0.5).minimize(
                loss, var_list=tf.trainable_variables(scope)))
    return {"train_ops": train_ops, "losses": losses}


def generated_first():
    return real_first()


def fused():
    return real_first(_convolved)
