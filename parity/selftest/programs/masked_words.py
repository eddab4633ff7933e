"""TensorFlow 1: a language model as BERT writes it, with its own optimiser. Port: ../ports."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()

_UNITS, _WORDS, _TYPES = 4, 9, 2


def _normal(name, shape):
    return tf.get_variable(name, shape, initializer=tf.truncated_normal_initializer(stddev=0.5))


def _gelu(x):
    return x * 0.5 * (1.0 + tf.tanh((0.7978845608 * (x + 0.044715 * tf.pow(x, 3)))))


def _logits():
    """Scores [4, 6, 9] of all words, from words and types [4, 6]."""
    words = tf.placeholder(tf.int32, [4, 6], name="words")
    types = tf.placeholder(tf.int32, [4, 6], name="types")
    table, of_types = _normal("words/table", [_WORDS, _UNITS]), _normal(
        "types/table", [_TYPES, _UNITS])
    one_hot = tf.one_hot(tf.reshape(types, [-1]), _TYPES)
    net = tf.nn.embedding_lookup(table, words) + tf.reshape(
        tf.matmul(one_hot, of_types), [4, 6, _UNITS])
    net = tf.layers.dense(net, _UNITS, _gelu, name="transform")
    return tf.tensordot(net, table, [[2], [1]]) + tf.get_variable(
        "output_bias", [_WORDS], initializer=tf.zeros_initializer())


def _rate(step):
    """A rate that grows over four steps, then falls to nothing at step 20."""
    rate = tf.train.polynomial_decay(tf.constant(0.01), step, 20, 0.0)
    warm = tf.cast(step, tf.float32) / 4.0
    early = tf.cast(tf.less(step, 4), tf.float32)
    return (1.0 - early) * rate + early * 0.01 * warm


def _assigned(variable, gradient, rate):
    """Assignments of Adam without bias correction; kernels and tables decay."""
    name = variable.op.name
    m, v = (tf.get_variable(name + "/" + slot, variable.shape.as_list(), trainable=False,
                            initializer=tf.zeros_initializer()) for slot in ("adam_m", "adam_v"))
    next_m = tf.multiply(0.9, m) + tf.multiply(1.0 - 0.9, gradient)
    next_v = tf.multiply(0.999, v) + tf.multiply(1.0 - 0.999, tf.square(gradient))
    update = next_m / (tf.sqrt(next_v) + 1e-6)
    if "bias" not in name:
        update += 0.01 * variable
    return [variable.assign(variable - rate * update), m.assign(next_m), v.assign(next_v)]


def masked_words():
    """Counts its steps by an assignment beside the update, in no order with what reads them."""
    labels = tf.placeholder(tf.int32, [4, 6], name="labels")
    step = tf.train.get_or_create_global_step()
    loss = tf.losses.sparse_softmax_cross_entropy(labels, _logits())
    rate, variables = _rate(step), tf.trainable_variables()
    gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), clip_norm=0.1)
    updates = [each for variable, gradient in zip(variables, gradients)
               for each in _assigned(variable, gradient, rate)]
    return {"train_op": tf.group(updates, [step.assign(step + 1)]), "loss": loss}
