"""TensorFlow 1: trains a small program, from a checkpoint or from the start, and saves one.

    python train.py PROGRAM STEPS SAVED [RESTORED]
"""

import sys

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _classified(net, labels, optimizer, also=()):
    logits = tf.layers.dense(net, 3, name="logits")
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    with tf.control_dependencies(list(also)):
        return optimizer.minimize(loss, tf.train.get_or_create_global_step())


def recurrent(x, labels):
    """A BasicLSTMCell, whose code adds 1 to the forget gate, under a GRUCell; Adam."""
    tf.disable_control_flow_v2()
    lstm = tf.nn.rnn_cell.BasicLSTMCell(6)
    net, _ = tf.nn.dynamic_rnn(lstm, x, dtype=tf.float32, scope="first")
    net, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(4), net, dtype=tf.float32, scope="second")
    return _classified(net[:, -1], labels, tf.train.AdamOptimizer(0.01))


def batch_norm(x, labels):
    """Moving statistics; momentum under a rate that falls at every fifth step."""
    step = tf.train.get_or_create_global_step()
    net = tf.layers.dense(tf.layers.flatten(x), 8, use_bias=False, name="hidden")
    net = tf.nn.relu(tf.layers.batch_normalization(net, training=True, momentum=0.9, name="norm"))
    rate = tf.train.exponential_decay(0.1, step, 5, 0.7, staircase=True)
    return _classified(net, labels, tf.train.MomentumOptimizer(rate, 0.9),
                       tf.get_collection(tf.GraphKeys.UPDATE_OPS))


def adam(x, labels):
    """Moving averages of the weights; a number that the program keeps for itself."""
    tf.get_variable("best_loss", [], initializer=tf.constant_initializer(1e9), trainable=False)
    net = tf.layers.dense(tf.layers.flatten(x), 8, tf.nn.relu, name="hidden")
    update = _classified(net, labels, tf.train.AdamOptimizer(0.01))
    with tf.control_dependencies([update]):
        return tf.train.ExponentialMovingAverage(0.9).apply(tf.trainable_variables())


def towers(x, labels):
    """Two layers of one shape, which only what is computed of them tells apart."""
    net = tf.layers.flatten(x)
    net = tf.layers.dense(net, 8, use_bias=False) - 0.5 * tf.layers.dense(net, 8, use_bias=False)
    return _classified(tf.nn.relu(net), labels, tf.train.GradientDescentOptimizer(0.1))


def _batch(step):
    random = np.random.RandomState(step)
    return random.standard_normal((4, 5, 3)).astype(np.float32), random.randint(3, size=4)


def main(program, steps, saved, restored=""):
    x, labels = tf.placeholder(tf.float32, [4, 5, 3], "x"), tf.placeholder(tf.int64, [4], "labels")
    tf.set_random_seed(1)
    train_op = globals()[program](x, labels)
    step, saver = tf.train.get_global_step(), tf.train.Saver()
    with tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=1,
                                          inter_op_parallelism_threads=1)) as session:
        session.run(tf.global_variables_initializer())
        if restored:
            saver.restore(session, restored)
        first = session.run(step)
        for number in range(first, first + int(steps)):
            session.run(train_op, dict(zip([x, labels], _batch(number))))
        saver.save(session, saved, write_meta_graph=False, write_state=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
