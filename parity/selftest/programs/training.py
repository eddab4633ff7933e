"""TensorFlow 1: schedules, clipping and averages between loss and variables. Ports: ../ports."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _loss():
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    labels = tf.placeholder(tf.float32, [8, 2], name="labels")
    hidden = tf.layers.dense(x, 5, tf.nn.sigmoid, name="hidden")
    return tf.losses.mean_squared_error(labels, tf.layers.dense(hidden, 2, name="out"))


def _scheduled(schedule):
    loss, step = _loss(), tf.train.get_or_create_global_step()
    optimizer = tf.train.GradientDescentOptimizer(schedule(step))
    return {"train_op": optimizer.minimize(loss, global_step=step), "loss": loss}


def exponential_decay():
    return _scheduled(lambda step: tf.train.exponential_decay(0.5, step, 3, 0.9))


def staircase():
    return _scheduled(lambda step: tf.train.exponential_decay(0.5, step, 2, 0.5, staircase=True))


def piecewise_constant():
    return _scheduled(lambda step: tf.train.piecewise_constant(step, [1, 4], [0.5, 0.1, 0.02]))


def polynomial_decay():
    return _scheduled(lambda step: tf.train.polynomial_decay(0.5, step, 5, 0.01, power=2.0))


def cosine_decay():
    return _scheduled(lambda step: tf.train.cosine_decay(0.5, step, 8, alpha=0.1))


def adam_on_a_schedule():
    """Schedule whose counter of steps is a variable with a name of its own."""
    loss, step = _loss(), tf.Variable(0, trainable=False)
    rate = tf.train.exponential_decay(0.05, step, 2, 0.7)
    return {"train_op": tf.train.AdamOptimizer(rate).minimize(loss, global_step=step),
            "loss": loss}


def _clipped(clip, optimizer):
    loss = _loss() * 10.0
    gradients, variables = zip(*optimizer.compute_gradients(loss))
    return {"train_op": optimizer.apply_gradients(zip(clip(gradients), variables)), "loss": loss}


def clip_by_value():
    return _clipped(lambda gradients: [tf.clip_by_value(gradient, -0.1, 0.1)
                                       for gradient in gradients],
                    tf.train.GradientDescentOptimizer(0.1))


def clip_by_norm():
    return _clipped(lambda gradients: [tf.clip_by_norm(gradient, 0.5) for gradient in gradients],
                    tf.train.AdamOptimizer(0.01))


def clip_by_global_norm():
    return _clipped(lambda gradients: tf.clip_by_global_norm(gradients, 1.0)[0],
                    tf.train.MomentumOptimizer(0.1, 0.9))


def clipped_by_nothing():
    """Clipping by a bound that no gradient reaches."""
    return _clipped(lambda gradients: tf.clip_by_global_norm(gradients, 1000.0)[0],
                    tf.train.GradientDescentOptimizer(0.1))


def averaged_weights():
    loss, step = _loss(), tf.train.get_or_create_global_step()
    minimize = tf.train.AdamOptimizer(0.01).minimize(loss, global_step=step)
    with tf.control_dependencies([minimize]):
        train_op = tf.train.ExponentialMovingAverage(0.99).apply(tf.trainable_variables())
    return {"train_op": train_op, "loss": loss}


def weight_decay_by_hand():
    loss = _loss() + sum(0.01 * tf.reduce_sum(tf.square(variable))
                         for variable in tf.trainable_variables())
    return {"train_op": tf.train.MomentumOptimizer(0.1, 0.5).minimize(loss), "loss": loss}


def frozen():
    """Trains the last layer only."""
    loss = _loss()
    train_op = tf.train.AdamOptimizer(0.01).minimize(
        loss, var_list=tf.trainable_variables("out"))
    return {"train_op": train_op, "loss": loss}


def accumulated():
    """Accumulates gradients: the batch's is the mean of those of its halves."""
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    labels = tf.placeholder(tf.float32, [8, 2], name="labels")
    losses = []
    for rows in (slice(0, 4), slice(4, 8)):
        with tf.variable_scope("", reuse=tf.AUTO_REUSE):
            hidden = tf.layers.dense(x[rows], 5, tf.nn.sigmoid, name="hidden")
            losses.append(tf.losses.mean_squared_error(
                labels[rows], tf.layers.dense(hidden, 2, name="out")))
    variables = tf.trainable_variables()
    halves = [tf.gradients(loss, variables) for loss in losses]
    # All before the first is applied: of reference variables a gradient would see the update.
    gradients = tf.tuple([(one + other) / 2.0 for one, other in zip(*halves)])
    optimizer = tf.train.AdamOptimizer(0.01)
    return {"train_op": optimizer.apply_gradients(zip(gradients, variables)), "losses": losses[:1]}


def _networks():
    """Generator of drawn noise, and the discriminator's logits of real and generated rows."""
    real = tf.placeholder(tf.float32, [8, 4], name="real")

    def discriminator(x):
        with tf.variable_scope("discriminator", reuse=tf.AUTO_REUSE):
            hidden = tf.nn.leaky_relu(tf.layers.dense(x, 5, name="hidden"))
            return tf.layers.dense(hidden, 1, name="logits")
    with tf.variable_scope("generator"):
        hidden = tf.layers.dense(tf.random_normal([8, 3]), 5, tf.nn.relu, name="hidden")
        generated = tf.layers.dense(hidden, 4, tf.nn.tanh, name="output")
    return discriminator(real), discriminator(generated)


def _cross_entropy(logits, label):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
        logits=logits, labels=tf.fill(tf.shape(logits), label)))


def _two_updates():
    real, generated = _networks()
    losses = [_cross_entropy(real, 1.0) + _cross_entropy(generated, 0.0),
              _cross_entropy(generated, 1.0)]
    return losses, [tf.train.AdamOptimizer(0.01, beta1=0.5).minimize(
        loss, var_list=tf.trainable_variables(scope))
                    for loss, scope in zip(losses, ("discriminator", "generator"))]


def discriminator_first():
    """Two calls a step: the generator is trained against the updated discriminator."""
    losses, train_ops = _two_updates()
    return {"train_ops": train_ops, "losses": losses}


def adam_without_momentum():
    """Adam with a beta1 of 0, as in Wasserstein GANs with a gradient penalty."""
    loss = _loss()
    return {"train_op": tf.train.AdamOptimizer(0.01, beta1=0.0, beta2=0.9).minimize(loss),
            "loss": loss}


def momentum_on_a_schedule():
    """Momentum on a schedule: TensorFlow 1 adds up gradients, Keras gradients times rates."""
    loss, step = _loss(), tf.train.get_or_create_global_step()
    rate = tf.train.exponential_decay(0.1, step, 1, 0.5, staircase=True)
    return {"train_op": tf.train.MomentumOptimizer(rate, 0.9).minimize(loss, global_step=step),
            "loss": loss}


def nesterov_on_a_schedule():
    loss, step = _loss(), tf.train.get_or_create_global_step()
    rate = tf.train.piecewise_constant(step, [1], [0.1, 0.01])
    optimizer = tf.train.MomentumOptimizer(rate, 0.9, use_nesterov=True)
    return {"train_op": optimizer.minimize(loss, global_step=step), "loss": loss}
