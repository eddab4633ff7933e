"""TensorFlow 1: rates that change long after the first steps. The ports are in modern.py."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _loss(layers):
    """The loss of layers of these names, one behind the other."""
    net = tf.placeholder(tf.float32, [8, 4], name="x")
    labels = tf.placeholder(tf.float32, [8, 4], name="labels")
    for name in layers:
        net = tf.layers.dense(net, 4, tf.nn.tanh, name=name)
    return tf.losses.mean_squared_error(labels, net)


def _rates(step):
    """A rate for each layer."""
    warmed = tf.minimum((tf.cast(step, tf.float32) + 1.0) / 4000.0, 1.0)
    return {
        "staircase": tf.train.exponential_decay(0.3, step, 1000, 0.96, staircase=True),
        "exponential": tf.train.exponential_decay(0.3, step, 300, 0.96),
        "piecewise": tf.train.piecewise_constant(step, [500, 20000], [0.3, 0.1, 0.01]),
        "polynomial": tf.train.polynomial_decay(0.3, step, 5000, 0.001, power=2.0),
        "cosine": tf.train.cosine_decay(0.3, step, 3000, alpha=0.01),
        "inverse": tf.train.inverse_time_decay(0.3, step, 700, 0.5),
        "warmed": 0.3 * warmed,
        "constant": tf.constant(0.3)}


def rates():
    """Every layer has an optimiser of its own; all take their gradients from one state."""
    step = tf.train.get_or_create_global_step()
    found = _rates(step)
    loss, variables = _loss(found), tf.trainable_variables()
    gradients = dict(zip(variables, tf.tuple(tf.gradients(loss, variables))))
    updates = [tf.train.GradientDescentOptimizer(rate).apply_gradients(
        [(gradients[variable], variable) for variable in tf.trainable_variables(name + "/")])
               for name, rate in found.items()]
    with tf.control_dependencies(updates):
        return {"train_op": tf.assign_add(step, 1), "loss": loss}


def decayed():
    loss, step = _loss(["hidden"]), tf.train.get_or_create_global_step()
    rate = tf.train.exponential_decay(0.3, step, 1000, 0.5, staircase=True)
    return {"train_op": tf.train.GradientDescentOptimizer(rate).minimize(loss, global_step=step),
            "loss": loss}


def of_python():
    """The rate is what Python puts into a variable."""
    loss, rate = _loss(["hidden"]), tf.Variable(0.25, trainable=False, name="rate_of_python")
    return {"train_op": tf.train.GradientDescentOptimizer(rate).minimize(loss), "loss": loss}


def counted_from_100():
    """The counter of a run that goes on from another one's weights, not from its state."""
    loss, step = _loss(["hidden"]), tf.Variable(100, trainable=False, name="global_step")
    rate = tf.train.exponential_decay(0.3, step, 30, 0.5)
    return {"train_op": tf.train.GradientDescentOptimizer(rate).minimize(loss, global_step=step),
            "loss": loss}


def adam():
    loss = _loss(["hidden"])
    return {"train_op": tf.train.AdamOptimizer(0.125).minimize(loss), "loss": loss}


def repeated():
    """One optimiser is applied twice in a step that counts once."""
    loss, step = _loss(["hidden"]), tf.train.get_or_create_global_step()
    rate = tf.train.exponential_decay(0.3, step, 2, 0.5, staircase=True)
    optimizer = tf.train.GradientDescentOptimizer(rate)
    return {"train_ops": [optimizer.minimize(loss), optimizer.minimize(loss, global_step=step)],
            "losses": [loss, loss]}


def shared_counter():
    """Two optimisers count in one counter; the second sees it when the first has counted."""
    loss, step = _loss(["first", "second"]), tf.train.get_or_create_global_step()
    rate = tf.train.exponential_decay(0.3, step, 3, 0.9)
    return {"train_ops": [tf.train.GradientDescentOptimizer(rate).minimize(
        loss, global_step=step, var_list=tf.trainable_variables(name))
                          for name in ("first", "second")], "losses": [loss, loss]}


def starts():
    """What slots, moving statistics and averages start with."""
    x = tf.placeholder(tf.float32, [8, 4], name="x")
    labels = tf.placeholder(tf.float32, [8, 4], name="labels")
    net = tf.layers.batch_normalization(tf.layers.dense(x, 4, name="hidden"), training=True,
                                        momentum=0.9, name="norm")
    loss = tf.losses.mean_squared_error(labels, net)
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        update = tf.train.AdagradOptimizer(0.25, initial_accumulator_value=0.5).minimize(loss)
    with tf.control_dependencies([update]):
        train_op = tf.train.ExponentialMovingAverage(0.75).apply(tf.trainable_variables())
    return {"train_op": train_op, "loss": loss}
