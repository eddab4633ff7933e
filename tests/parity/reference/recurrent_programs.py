"""Small TensorFlow 1 programs of loops that `tf.nn.dynamic_rnn` makes."""

import tensorflow.compat.v1 as tf


def _cell(units):
    return tf.nn.rnn_cell.LSTMCell(units)


def both_ways():
    """Two bidirectional LSTMs over sequences of some lengths, a GRU, and fixed vectors of words."""
    tf.disable_control_flow_v2()
    words = tf.placeholder(tf.int32, [4, 5], name="words")
    lengths = tf.minimum(tf.placeholder(tf.int32, [4], name="lengths"), 5, name="ends")
    table = tf.get_variable("vectors", [7, 3], trainable=False)
    x = tf.nn.embedding_lookup(table, words)
    outputs, _ = tf.nn.bidirectional_dynamic_rnn(
        _cell(4), _cell(4), x, sequence_length=lengths, dtype=tf.float32, scope="first")
    outputs = tf.concat(outputs, -1)
    _, states = tf.nn.bidirectional_dynamic_rnn(
        _cell(6), _cell(6), outputs, sequence_length=lengths, dtype=tf.float32, scope="second")
    _, last = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(2), outputs, dtype=tf.float32)
    net = tf.concat([state.h for state in states] + [last], -1)
    loss = tf.reduce_mean(tf.square(tf.layers.dense(net, 3, name="out")))
    return {"train_op": tf.train.GradientDescentOptimizer(0.1).minimize(loss), "loss": loss}


def from_the_end():
    """An LSTM that reads its sequence backwards, whose outputs stay so, and one of its state c."""
    tf.disable_control_flow_v2()
    x = tf.placeholder(tf.float32, [None, 5, 3], name="x")
    outputs, _ = tf.nn.dynamic_rnn(_cell(4), tf.reverse(x, [1]), dtype=tf.float32, scope="all")
    _, state = tf.nn.dynamic_rnn(_cell(6), x, dtype=tf.float32, scope="state")
    net = tf.concat([tf.reshape(outputs, [-1, 20]), state.c], -1)
    loss = tf.reduce_mean(tf.square(tf.layers.dense(net, 3, name="out")))
    return {"train_op": tf.train.GradientDescentOptimizer(0.1).minimize(loss), "loss": loss}


def stacked_from_the_end():
    """Two LSTMs in one loop that reads backwards, one after ragged reversals, and a fixed layer."""
    tf.disable_control_flow_v2()
    z = tf.placeholder(tf.float32, [4, 5, 3], name="z")
    ends = tf.placeholder(tf.int32, [4], name="ends")
    cells = tf.nn.rnn_cell.MultiRNNCell([_cell(2), _cell(6)])
    outputs, _ = tf.nn.dynamic_rnn(cells, tf.reverse(z, [1]), dtype=tf.float32, scope="stack")
    ragged, _ = tf.nn.dynamic_rnn(
        _cell(4), tf.reverse_sequence(z, ends, seq_axis=1), dtype=tf.float32, scope="ragged")
    fixed = tf.layers.dense(tf.reshape(z, [-1, 15]), 7, name="fixed", trainable=False)
    net = tf.concat([tf.reshape(tf.concat([outputs, ragged], -1), [-1, 50]), fixed], -1)
    labels = tf.placeholder(tf.float32, [4, 3], name="a")
    loss = tf.losses.mean_squared_error(labels, tf.layers.dense(net, 3, name="out"))
    return {"train_op": tf.train.GradientDescentOptimizer(0.1).minimize(loss), "loss": loss}
