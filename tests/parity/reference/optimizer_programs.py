"""TensorFlow 1 programs with many optimisers, schedules and changes of gradients."""

import programs
import tensorflow.compat.v1 as tf


def _quadratic(name, optimizer, change=None, **options):
    """An update of a variable of its own by an optimiser."""
    with tf.variable_scope(name):
        variable = programs.weights("w", [3, 2])
        rows = tf.get_variable("rows", [4, 2], initializer=tf.ones_initializer()) if (
            options.pop("sparse", False)) else None
        loss = tf.reduce_sum(tf.square(variable), name="loss")
        if rows is not None:
            loss += tf.reduce_sum(tf.gather(rows, [1, 2]))
        pairs = optimizer.compute_gradients(loss, [variable] + ([] if rows is None else [rows]))
        if change is not None:
            pairs = [(change(gradient, each), each) for gradient, each in pairs]
        return optimizer.apply_gradients(pairs, **options)


def optimizers():
    """One variable for each optimiser, schedule and change of gradients."""
    tf.disable_control_flow_v2()
    step = tf.train.get_or_create_global_step()
    fed = tf.placeholder(tf.float32, [], name="fed_rate")
    train, descend = tf.train, tf.train.GradientDescentOptimizer
    made = [
        _quadratic("adam", train.AdamOptimizer(fed, 0.8, 0.99, 1e-5), sparse=True),
        _quadratic("momentum", train.MomentumOptimizer(0.3, 0.85)),
        _quadratic("centered", train.RMSPropOptimizer(0.2, 0.75, centered=True)),
        _quadratic("adagrad", train.AdagradOptimizer(0.1, 0.3)),
        _quadratic("adadelta", train.AdadeltaOptimizer(0.5, 0.91, 1e-6)),
        _quadratic("ftrl", train.FtrlOptimizer(
            0.07, l1_regularization_strength=0.02, l2_regularization_strength=0.03)),
        _quadratic("polynomial", descend(train.polynomial_decay(0.4, step, 50, 0.1, 2.0))),
        _quadratic("piecewise", descend(train.piecewise_constant(step, [5, 9], [0.3, 0.2, 0.1]))),
        _quadratic("inverse", descend(train.inverse_time_decay(0.6, step, 7, 0.5))),
        _quadratic("natural", descend(train.natural_exp_decay(0.6, step, 7, 0.5))),
        _quadratic("cosine", descend(train.cosine_decay(0.9, step, 40, alpha=0.05))),
        _quadratic("computed", descend(0.1 * tf.rsqrt(tf.cast(step + 4, tf.float32)))),
        _quadratic("by_norm", descend(0.1), lambda g, v: tf.clip_by_norm(g, 2.5)),
        _quadratic("by_value", descend(0.1), lambda g, v: tf.clip_by_value(g, -0.5, 0.75)),
        _quadratic("scaled", descend(0.1), lambda g, v: g / 8.0),
        _quadratic("decayed", descend(0.1), lambda g, v: g + 0.02 * v),
        _quadratic("rooted", descend(0.1), lambda g, v: tf.tanh(g)),
    ]
    made += [_handwritten(), _as_keras_writes_adam(), _as_keras_writes_momentum(),
             tf.assign_add(step, 1)]
    return {"train_op": tf.group(*made), "feed": {fed: 0.125}}


def _handwritten():
    """Adam with decoupled weight decay in plain operations, without bias correction."""
    with tf.variable_scope("written"):
        variable = programs.weights("w", [3, 2])
        m, v = (tf.get_variable(name, [3, 2], initializer=tf.zeros_initializer(), trainable=False)
                for name in ("m", "v"))
        gradient = tf.gradients(tf.reduce_sum(tf.square(variable)), variable)[0]
        next_m = 0.6 * m + 0.4 * gradient
        next_v = 0.7 * v + 0.3 * tf.square(gradient)
        update = next_m / (tf.sqrt(next_v) + 1e-4) + 0.05 * variable
        return tf.group(variable.assign(variable - 0.2 * update), m.assign(next_m),
                        v.assign(next_v))


def _number(name, value):
    return tf.get_variable(name, [], initializer=tf.constant_initializer(value))


def _as_keras_writes_adam():
    """Adam whose numbers and slots are variables, and which corrects the bias."""
    with tf.variable_scope("keras_adam"):
        variable = programs.weights("w", [3, 2])
        m, v = (tf.get_variable(name, [3, 2], initializer=tf.zeros_initializer())
                for name in ("m", "v"))
        rate, beta1, beta2 = _number("lr", 0.03), _number("beta_1", 0.85), _number("beta_2", 0.95)
        gradient = tf.gradients(tf.reduce_sum(tf.square(variable)), variable)[0]
        time = tf.cast(tf.train.get_or_create_global_step() + 1, tf.float32)
        corrected = rate * (tf.sqrt(1.0 - tf.pow(beta2, time)) / (1.0 - tf.pow(beta1, time)))
        next_m = beta1 * m + (1.0 - beta1) * gradient
        next_v = beta2 * v + (1.0 - beta2) * tf.square(gradient)
        root = tf.sqrt(tf.clip_by_value(next_v, 0.0, float("inf")))
        return tf.group(m.assign(next_m), v.assign(next_v),
                        variable.assign(variable - corrected * next_m / (root + 1e-7)))


def _as_keras_writes_momentum():
    """Momentum whose velocity holds the rate."""
    with tf.variable_scope("keras_sgd"):
        variable = programs.weights("w", [3, 2])
        moments = tf.get_variable("moments", [3, 2], initializer=tf.zeros_initializer())
        gradient = tf.gradients(tf.reduce_sum(tf.square(variable)), variable)[0]
        velocity = _number("momentum", 0.65) * moments - _number("lr", 0.04) * gradient
        return tf.group(moments.assign(velocity), variable.assign(variable + velocity))


def gathered():
    """Gradients of two towers, averaged, added up over calls in a variable, and then applied."""
    with tf.variable_scope("gathered"):
        variable = programs.weights("w", [3, 2])
        total = tf.get_variable("total", [3, 2], initializer=tf.zeros_initializer(),
                                trainable=False)
    towers, aim = [], tf.placeholder(tf.float32, [3, 2], name="aim")
    for index in range(2):
        with tf.name_scope("tower_{}".format(index)):
            loss = tf.reduce_sum(tf.square(variable - aim - index), name="loss")
            towers.append(tf.gradients(loss, variable)[0])
    mean = tf.reduce_mean(tf.concat([tf.expand_dims(each, 0) for each in towers], 0), 0)
    gather = tf.assign_add(total, mean)
    apply = tf.train.MomentumOptimizer(0.1, 0.9).apply_gradients([(total / 4.0, variable)])
    with tf.control_dependencies([apply]):
        clear = tf.assign(total, tf.zeros_like(total))
    return {"train_ops": [gather, tf.group(apply, clear)]}
