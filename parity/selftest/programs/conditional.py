"""TensorFlow 1: generator and discriminator that are told a label. Ports: ../ports."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _told(given, labels):
    """Rows [8, width + 3] of what a network is given and the embedding of its label."""
    table = tf.get_variable("embedding/embeddings", [5, 3])
    return tf.concat([given, tf.nn.embedding_lookup(table, labels)], axis=1)


def _generator(noise, labels):
    with tf.variable_scope("generator", reuse=tf.AUTO_REUSE):
        hidden = tf.layers.dense(_told(noise, labels), 5, tf.nn.relu, name="hidden")
        return tf.layers.dense(hidden, 4, tf.nn.tanh, name="out")


def _discriminator(images, labels):
    with tf.variable_scope("discriminator", reuse=tf.AUTO_REUSE):
        hidden = tf.layers.dense(_told(images, labels), 5, tf.nn.relu, name="hidden")
        return tf.layers.dense(hidden, 1, name="out")


def _cross_entropy(logits, label):
    return tf.losses.sigmoid_cross_entropy(label * tf.ones_like(logits), logits)


def label_embeddings():
    """Two calls a step; each network embeds the label in a table of its own."""
    real = tf.placeholder(tf.float32, [8, 4], name="real")
    labels = tf.placeholder(tf.int32, [8], name="labels")
    generated = _discriminator(_generator(tf.random_normal([8, 3]), labels), labels)
    losses = [_cross_entropy(_discriminator(real, labels), 1.0) + _cross_entropy(generated, 0.0),
              _cross_entropy(generated, 1.0)]
    train_ops = [tf.train.GradientDescentOptimizer(0.1).minimize(
        loss, var_list=tf.trainable_variables(scope))
                 for loss, scope in zip(losses, ("discriminator", "generator"))]
    return {"train_ops": train_ops, "losses": losses}
