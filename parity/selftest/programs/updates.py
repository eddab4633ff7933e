"""TensorFlow 1: changes of gradients, rates and variables around updates. Ports: ../ports."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _loss(scale=1.0):
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    labels = tf.placeholder(tf.float32, [8, 2], name="labels")
    hidden = tf.layers.dense(x, 5, tf.nn.tanh, name="hidden")
    return scale * tf.losses.mean_squared_error(labels, tf.layers.dense(hidden, 2, name="out"))


def _scheduled(schedule, optimizer=tf.train.GradientDescentOptimizer):
    loss, step = _loss(), tf.train.get_or_create_global_step()
    return {"train_op": optimizer(schedule(step)).minimize(loss, global_step=step), "loss": loss}


def natural_decay():
    return _scheduled(lambda step: tf.train.natural_exp_decay(0.5, step, 3, 0.4))


def inverse_time_decay():
    return _scheduled(lambda step: tf.train.inverse_time_decay(0.5, step, 2, 0.5))


def warm_restarts():
    return _scheduled(lambda step: tf.train.cosine_decay_restarts(0.5, step, 2, t_mul=2.0,
                                                                  m_mul=0.5))


def polynomial_cycle():
    return _scheduled(lambda step: tf.train.polynomial_decay(0.5, step, 2, 0.05, cycle=True))


def warm_up():
    """Linear warm-up of the rate and a decay after it, as in many language models."""
    def schedule(step):
        step = tf.cast(step, tf.float32)
        return 0.2 * tf.minimum((step + 1.0) / 3.0, tf.rsqrt(step + 1.0))
    return _scheduled(schedule, tf.train.AdamOptimizer)


def boundary_far_away():
    """Learning rate that falls at a step that no capture reaches."""
    return _scheduled(lambda step: tf.train.exponential_decay(0.5, step, 1000, 0.5,
                                                              staircase=True))


def rmsprop_on_a_schedule():
    return _scheduled(lambda step: tf.train.exponential_decay(0.01, step, 1, 0.5),
                      lambda rate: tf.train.RMSPropOptimizer(rate, momentum=0.9))


def _applied(change, optimizer, scale=10.0):
    """Applies gradients after a function of (gradient, variable) has changed them."""
    loss = _loss(scale)
    pairs = [(change(gradient, variable), variable)
             for gradient, variable in optimizer.compute_gradients(loss)]
    return {"train_op": optimizer.apply_gradients(pairs), "loss": loss}


def noise_on_gradients():
    return _applied(lambda gradient, variable: gradient + 0.1 * tf.random_normal(
        gradient.shape.as_list()), tf.train.GradientDescentOptimizer(0.01))


def faster_last_layer():
    """Multiplies the gradients of the last layer by ten."""
    return _applied(lambda gradient, variable: gradient * 10.0 if "out" in variable.name
                    else gradient, tf.train.MomentumOptimizer(0.01, 0.9), 1.0)


def decay_of_kernels():
    """Adds L2 weight decay to the gradients of kernels."""
    return _applied(lambda gradient, variable: gradient + 0.01 * variable
                    if "kernel" in variable.name else gradient, tf.train.AdamOptimizer(0.01), 1.0)


def signs():
    return _applied(lambda gradient, variable: tf.sign(gradient),
                    tf.train.GradientDescentOptimizer(0.01))


def bounded_by_mean():
    return _applied(lambda gradient, variable: tf.clip_by_average_norm(gradient, 0.1),
                    tf.train.GradientDescentOptimizer(0.1))


def decoupled_decay():
    """Shrinks weights before Adam's update, whose gradients do not hold it."""
    loss, variables = _loss(), tf.trainable_variables()
    gradients = tf.tuple(tf.gradients(loss, variables))
    with tf.control_dependencies(gradients):
        decayed = [tf.assign_sub(variable, 0.01 * 0.1 * variable) for variable in variables]
    with tf.control_dependencies(decayed):
        train_op = tf.train.AdamOptimizer(0.01).apply_gradients(zip(gradients, variables))
    return {"train_op": train_op, "loss": loss}


def ungated():
    """Applies gradients in no order with their computation, from which `minimize` keeps a program.
    """
    loss, variables = _loss(), tf.trainable_variables()
    gradients = tf.gradients(loss, variables)
    optimizer = tf.train.GradientDescentOptimizer(0.5)
    return {"train_op": optimizer.apply_gradients(zip(gradients, variables)), "loss": loss}


def bounded_weights():
    """Clips variables after each update, as the first Wasserstein GANs do."""
    loss = _loss()
    minimize = tf.train.RMSPropOptimizer(0.05).minimize(loss)
    with tf.control_dependencies([minimize]):
        bounds = [tf.assign(variable, tf.clip_by_value(variable, -0.3, 0.3))
                  for variable in tf.trainable_variables()]
    return {"train_op": tf.group(minimize, *bounds), "loss": loss}


def two_optimizers():
    """Trains two layers on one loss by two optimisers."""
    loss = _loss()
    first, last = tf.trainable_variables("hidden"), tf.trainable_variables("out")
    gradients = tf.tuple(tf.gradients(loss, first + last))
    return {"train_op": tf.group(
        tf.train.AdamOptimizer(0.01).apply_gradients(zip(gradients[:2], first)),
        tf.train.MomentumOptimizer(0.05, 0.9).apply_gradients(zip(gradients[2:], last))),
            "loss": loss}


def average_of_many_steps():
    """Moving averages whose decay grows with the number of updates."""
    loss, step = _loss(), tf.train.get_or_create_global_step()
    minimize = tf.train.GradientDescentOptimizer(0.1).minimize(loss, global_step=step)
    average = tf.train.ExponentialMovingAverage(0.99, step)
    with tf.control_dependencies([minimize]):
        return {"train_op": average.apply(tf.trainable_variables()), "loss": loss}


def tied_weights():
    """Autoencoder whose decoder has the encoder's transposed kernel."""
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    with tf.variable_scope("encoder"):
        kernel = tf.get_variable("kernel", [6, 3])
        bias = tf.get_variable("bias", [3], initializer=tf.zeros_initializer())
    net = tf.matmul(tf.nn.sigmoid(tf.matmul(x, kernel) + bias), kernel, transpose_b=True)
    loss = tf.losses.mean_squared_error(x, net)
    return {"train_op": tf.train.GradientDescentOptimizer(0.1).minimize(loss), "loss": loss}


def stopped_gradient():
    """Target that is computed without a gradient, by `tf.stop_gradient`."""
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    net = tf.layers.dense(x, 5, tf.nn.tanh, name="hidden")
    value = tf.layers.dense(net, 1, name="value")
    target = tf.stop_gradient(tf.layers.dense(net, 1, tf.nn.sigmoid, name="target"))
    loss = tf.reduce_mean(tf.square(value - target)) + tf.reduce_mean(tf.square(net))
    return {"train_op": tf.train.AdamOptimizer(0.01).minimize(
        loss, var_list=tf.trainable_variables("hidden") + tf.trainable_variables("value")),
            "loss": loss}


def gradient_penalty():
    """Gradient penalty: the norm of a gradient by an input is a term of the loss."""
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    net = tf.layers.dense(tf.layers.dense(x, 5, tf.nn.tanh, name="hidden"), 1, name="out")
    slopes = tf.sqrt(tf.reduce_sum(tf.square(tf.gradients(net, x)[0]), 1))
    loss = tf.reduce_mean(net) + 10.0 * tf.reduce_mean(tf.square(slopes - 1.0))
    with tf.control_dependencies([loss]):  # else it may see kernels that are updated
        train_op = tf.train.AdamOptimizer(0.001, 0.0, 0.9).minimize(loss)
    return {"train_op": train_op, "loss": loss}
