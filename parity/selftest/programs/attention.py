"""TensorFlow 1: attention by plain operations, and other readers of sequences. Ports: ../ports."""

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _sequences():
    return tf.placeholder(tf.float32, [4, 5, 6], name="x")


def _classified(net, optimizer=None):
    labels = tf.placeholder(tf.int64, [4], name="labels")
    logits = tf.layers.dense(net, 3, name="logits")
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    optimizer = optimizer or tf.train.GradientDescentOptimizer(0.5)
    return {"train_op": optimizer.minimize(loss), "loss": loss}


def _attended(x, mask=None):
    """Attention by scaled dot products of queries and keys."""
    query, key, value = (tf.layers.dense(x, 4, use_bias=False, name=name)
                         for name in ("query", "key", "value"))
    scores = tf.matmul(query, key, transpose_b=True) / np.sqrt(4.0).astype(np.float32)
    return tf.matmul(tf.nn.softmax(scores if mask is None else scores + mask), value)


def dot_products():
    return _classified(tf.reduce_mean(_attended(_sequences()), 1))


def self_attention():
    """Attention without a scale, added to its inputs times a gamma that is learnt from 0."""
    x = _sequences()
    query, key, value = (tf.layers.dense(x, 4, use_bias=False, name=name)
                         for name in ("query", "key", "value"))
    weights = tf.nn.softmax(tf.matmul(query, key, transpose_b=True))
    net = tf.layers.dense(tf.matmul(weights, value), 6, use_bias=False, name="output")
    gamma = tf.get_variable("gamma", [], initializer=tf.zeros_initializer())
    return _classified(tf.reduce_mean(x + gamma * net, 1))


def causal():
    """Causal attention: later places have scores of -1e9."""
    later = np.triu(np.full([5, 5], -1e9, np.float32), 1)
    return _classified(_attended(_sequences(), tf.constant(later))[:, -2])


def several_heads():
    x = _sequences()

    def heads(name):
        net = tf.layers.dense(x, 6, name=name)
        return tf.transpose(tf.reshape(net, [4, 5, 2, 3]), [0, 2, 1, 3])
    scores = tf.matmul(heads("query"), heads("key"), transpose_b=True) * (3.0 ** -0.5)
    net = tf.transpose(tf.matmul(tf.nn.softmax(scores), heads("value")), [0, 2, 1, 3])
    net = x + tf.layers.dense(tf.reshape(net, [4, 5, 6]), 6, name="output")
    with tf.variable_scope("norm"):
        gamma = tf.get_variable("gamma", [6], initializer=tf.ones_initializer())
        beta = tf.get_variable("beta", [6], initializer=tf.zeros_initializer())
    mean, variance = tf.nn.moments(net, [-1], keep_dims=True)
    net = (net - mean) * tf.rsqrt(variance + 1e-6) * gamma + beta
    return _classified(tf.reduce_mean(net, 1), tf.train.AdamOptimizer(0.01, 0.9, 0.98, 1e-9))


def additive():
    """Attention whose weights a small network computes for each place of a sequence."""
    x = _sequences()
    scores = tf.layers.dense(tf.layers.dense(x, 4, tf.nn.tanh, name="hidden"), 1, use_bias=False,
                             name="score")
    return _classified(tf.reduce_sum(x * tf.nn.softmax(scores, 1), 1))


def positions():
    """Sum of embeddings of words and of places; words numbered 0 are padding."""
    words = tf.placeholder(tf.int32, [4, 5], name="words")
    net = tf.nn.embedding_lookup(tf.get_variable("words/embeddings", [7, 6]), words)
    net += tf.get_variable("places/embeddings", [5, 6])
    counts = tf.cast(tf.not_equal(words, 0), tf.float32)[:, :, None]
    return _classified(tf.reduce_sum(net * counts, 1) / (tf.reduce_sum(counts, 1) + 1.0))


def _read(cell, x, **options):
    tf.disable_control_flow_v2()
    return tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, **options)


def both_directions():
    tf.disable_control_flow_v2()
    outputs, _ = tf.nn.bidirectional_dynamic_rnn(
        tf.nn.rnn_cell.LSTMCell(4), tf.nn.rnn_cell.LSTMCell(4), _sequences(), dtype=tf.float32)
    return _classified(tf.reduce_mean(tf.concat(outputs, 2), 1))


def last_state():
    """LSTM of which the last cell state is used, not the output."""
    _, state = _read(tf.nn.rnn_cell.BasicLSTMCell(4), _sequences())
    return _classified(state.c)


def lengths():
    """Recurrent network over sequences of unequal lengths, read at the last place of each."""
    ends = tf.placeholder(tf.int32, [4], name="lengths")
    _, state = _read(tf.nn.rnn_cell.LSTMCell(4), _sequences(), sequence_length=ends)
    return dict(_classified(state.h), feed={
        ends: lambda step: np.random.RandomState(step).randint(1, 6, [4]).astype(np.int32)})


def encoder_and_decoder():
    x = _sequences()
    with tf.variable_scope("encoder"):
        _, state = _read(tf.nn.rnn_cell.GRUCell(4), x[:, :3])
    with tf.variable_scope("decoder"):
        outputs, _ = _read(tf.nn.rnn_cell.GRUCell(4), x[:, 3:], initial_state=state)
    return _classified(outputs[:, -1])


def convolved_and_read():
    net = tf.layers.conv1d(_sequences(), 4, 2, activation=tf.nn.relu, name="conv")
    outputs, _ = _read(tf.nn.rnn_cell.BasicRNNCell(4), net)
    return _classified(tf.reduce_max(outputs, 1))
