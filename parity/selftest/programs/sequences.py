"""TensorFlow 1: embeddings and recurrent networks. Ports: ../ports."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _embedded(rows=5):
    """Words [4, 7], of which most occur more than once, as vectors [4, 7, 3]."""
    words = tf.placeholder(tf.int32, [4, 7], name="words")
    table = tf.get_variable("embedding/embeddings", [rows, 3])
    return tf.nn.embedding_lookup(table, words)


def _classified(net, optimizer=None, clip=None):
    """Losses of the classes of a batch, trained; `clip` is a function of the gradients, a list."""
    labels = tf.placeholder(tf.int64, [4], name="labels")
    logits = tf.layers.dense(net, 3, name="logits")
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    optimizer = optimizer or tf.train.GradientDescentOptimizer(0.5)
    gradients, variables = zip(*optimizer.compute_gradients(loss))
    gradients = clip(gradients) if clip else gradients
    return {"train_op": optimizer.apply_gradients(zip(gradients, variables)), "loss": loss}


def embedding():
    return _classified(tf.layers.flatten(_embedded()))


def embedding_mean():
    return _classified(tf.reduce_mean(_embedded(), 1), tf.train.GradientDescentOptimizer(0.5))


def embedding_adam():
    """Embedding under Adam, which adds up repeated rows before it squares them."""
    return _classified(tf.layers.flatten(_embedded()), tf.train.AdamOptimizer(0.01))


def embedding_clipped():
    """Embedding under Adam, whose gradients are clipped by their norm before rows are added up."""
    return _classified(tf.layers.flatten(_embedded()), tf.train.AdamOptimizer(0.01),
                       lambda gradients: tf.clip_by_global_norm(gradients, 0.1)[0])


def embedding_adagrad():
    return _classified(tf.layers.flatten(_embedded()), tf.train.AdagradOptimizer(0.1))


def embedding_momentum():
    """Embedding of 40 rows under momentum, which moves only the rows of a batch."""
    return _classified(tf.layers.flatten(_embedded(40)), tf.train.MomentumOptimizer(0.1, 0.9))


def embedding_rmsprop():
    """Embedding of 40 rows under RMSProp, which decays the mean squares of a batch's rows alone."""
    return _classified(tf.layers.flatten(_embedded(40)), tf.train.RMSPropOptimizer(0.01))


def one_hot():
    words = tf.placeholder(tf.int32, [4], name="words")
    table = tf.get_variable("projection/kernel", [5, 3])
    return _classified(tf.tanh(tf.matmul(tf.one_hot(words, 5), table)))


def _recurrent(cell, optimizer=None, clip=None):
    """The last output of a cell that reads sequences [4, 5, 3] in a loop."""
    tf.disable_control_flow_v2()
    x = tf.placeholder(tf.float32, [4, 5, 3], name="x")
    outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    return _classified(outputs[:, -1], optimizer, clip)


def lstm():
    return _recurrent(tf.nn.rnn_cell.LSTMCell(6, forget_bias=1.0))


def lstm_adam():
    return _recurrent(tf.nn.rnn_cell.BasicLSTMCell(6), tf.train.AdamOptimizer(0.01))


def lstm_clipped():
    """LSTM whose variables' gradients are clipped, each by its norm."""
    return _recurrent(tf.nn.rnn_cell.BasicLSTMCell(6), clip=lambda gradients: [
        tf.clip_by_norm(gradient, 0.02) for gradient in gradients])


def lstm_cell():
    return lstm()


def lstm_static():
    x = tf.placeholder(tf.float32, [4, 5, 3], name="x")
    outputs, _ = tf.nn.static_rnn(tf.nn.rnn_cell.BasicLSTMCell(6, forget_bias=0.0),
                                  tf.unstack(x, axis=1), dtype=tf.float32)
    return _classified(outputs[-1])


def lstm_stack():
    return _recurrent(tf.nn.rnn_cell.MultiRNNCell(
        [tf.nn.rnn_cell.BasicLSTMCell(6) for _ in range(2)]))


def gru():
    return _recurrent(tf.nn.rnn_cell.GRUCell(6), tf.train.AdamOptimizer(0.01))


def simple_rnn():
    return _recurrent(tf.nn.rnn_cell.BasicRNNCell(6))


def language_model():
    """Language model: embedding, LSTM, mean loss over all words, clipping by the global norm."""
    tf.disable_control_flow_v2()
    words = tf.placeholder(tf.int32, [4, 7], name="words")
    targets = tf.placeholder(tf.int32, [4, 7], name="targets")
    vectors = tf.nn.embedding_lookup(tf.get_variable("embedding/embeddings", [5, 3]), words)
    outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(6), vectors, dtype=tf.float32)
    logits = tf.layers.dense(outputs, 5, name="logits")
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=targets, logits=logits))
    variables = tf.trainable_variables()
    gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 0.2)
    optimizer = tf.train.GradientDescentOptimizer(1.0)
    return {"train_op": optimizer.apply_gradients(zip(gradients, variables)), "loss": loss}


def gru_momentum():
    return _recurrent(tf.nn.rnn_cell.GRUCell(6), tf.train.MomentumOptimizer(0.05, 0.9))
