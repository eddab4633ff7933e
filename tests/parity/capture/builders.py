"""Functions that build graphs of TensorFlow 1 for the tests to capture; Python 3.7 reads this."""

import collections

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
FLAGS = tf.app.flags.FLAGS
tf.app.flags.DEFINE_float("rate", 0.5, "Learning rate of the function `flags`.")

ROWS, CLASSES = 11, 3
START = [[1.0], [2.0], [3.0]]


def _train(loss, rate=0.1):
    return tf.train.GradientDescentOptimizer(rate).minimize(loss)


def _regression(x, rate=0.1):
    w = tf.get_variable("w", [3, 1], initializer=tf.constant_initializer(START))
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - 1.0))
    return loss, _train(loss, rate)


def nothing():
    """Returns nothing: what trains is read off the graph, inputs are drawn."""
    ids = tf.placeholder(tf.int32, [None, 4], name="ids")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    soft = tf.placeholder(tf.float32, [None, CLASSES], name="soft")
    mask = tf.placeholder(tf.bool, [None], name="mask")
    keep = tf.placeholder_with_default(1.0, [], name="keep_prob")
    table = tf.get_variable("table", [ROWS, 5])
    hidden = tf.nn.dropout(tf.reduce_mean(tf.nn.embedding_lookup(table, ids), 1), keep_prob=keep)
    logits = tf.matmul(hidden, tf.get_variable("v", [5, CLASSES]))
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    losses += tf.nn.softmax_cross_entropy_with_logits_v2(labels=soft, logits=logits)
    step = tf.train.get_or_create_global_step()
    loss = tf.reduce_mean(losses * tf.cast(mask, tf.float32))
    minimize = tf.train.AdamOptimizer().minimize(loss, global_step=step)
    with tf.control_dependencies([minimize]):
        tf.train.ExponentialMovingAverage(0.9).apply([table])


def named():
    """Returns inputs, losses and updates by name, two of them."""
    x = tf.placeholder(tf.float32, [None, 3])
    loss, first = _regression(x)
    b = tf.get_variable("b", [3], initializer=tf.zeros_initializer())
    other = tf.reduce_sum(tf.square(b + x))
    return {"inputs": {"points": x}, "losses": {"fit": loss, "shift": other},
            "train_ops": [first, _train(other, 0.01)]}


def feeds():
    """Returns values: of the step, fixed, of a tensor that is no placeholder; and of a variable."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    rate = tf.placeholder(tf.float32, [], name="rate")
    training = tf.placeholder(tf.bool, [], name="is_training")
    scale = tf.constant(5.0, name="scale")
    loss, train_op = _regression(tf.cond(training, lambda: x * scale, lambda: x * 100.0), rate)
    w = tf.global_variables()[0]
    return {"loss": loss, "train_op": train_op, "set": {w: [[0.5], [0.5], [0.5]]},
            "feed": {rate: lambda step: 0.1 / (step + 1), "is_training": True, scale: 1.0,
                     "x:0": lambda step: np.full([2 + step, 3], step + 1, np.float32)}}


def choices():
    """Returns nothing, and leaves what no draw can stand for."""
    x = tf.sparse_placeholder(tf.float32, name="adjacency")
    rate = tf.placeholder(tf.float32, [], name="rate")
    training = tf.placeholder(tf.bool, [], name="is_training")
    words = tf.placeholder(tf.string, [None], name="words")
    free = tf.placeholder(tf.float32, name="free")
    w = tf.get_variable("w", [3, 1])
    loss = tf.reduce_sum(tf.sparse_tensor_dense_matmul(x, w)) * tf.cast(training, tf.float32)
    loss += tf.reduce_sum(free) * tf.reduce_sum(w) * tf.reduce_sum(tf.strings.to_number(words))
    _train(loss, rate)


def sparse():
    """Returns a sparse input and one of text under names of their own."""
    x = tf.sparse_placeholder(tf.float32, shape=[2, 3], name="adjacency")
    words = tf.placeholder(tf.string, [None], name="words")
    table = tf.get_variable("table", [ROWS], initializer=tf.ones_initializer())
    w = tf.get_variable("w", [3, 1], initializer=tf.constant_initializer(START))
    buckets = tf.strings.to_hash_bucket_fast(words, ROWS)
    loss = tf.reduce_sum(tf.sparse_tensor_dense_matmul(x, w)) + tf.reduce_sum(
        tf.gather(table, buckets))
    return {"inputs": {"graph": x, "text": words}, "train_op": _train(loss)}


def sparse_batch(step):
    """Values of `sparse`: as many as the step, and one more."""
    count = step + 1
    indices = np.array([[i // 3, i % 3] for i in range(count)], np.int64)
    return {"graph": tf.SparseTensorValue(indices, np.ones(count, np.float32), [2, 3]),
            "text": ["word{}".format(i) for i in range(count)]}


def no_batch(step):
    """No dictionary."""
    return [step]


def own_graph():
    """Returns the update of a graph of its own."""
    with tf.Graph().as_default():
        return _regression(tf.placeholder(tf.float32, [4, 3], name="x"))


def trains():
    """Trains by itself."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    _, train_op = _regression(x)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(30):
            session.run(train_op, {x: np.ones([2, 3])})


def iterated():
    """Reads a data set, which ends after four batches, and a queue."""
    data = tf.data.Dataset.from_tensor_slices(np.ones([8, 3], np.float32)).batch(2)
    iterator = tf.data.make_initializable_iterator(data)
    numbers = tf.train.limit_epochs(tf.constant(1.0))
    queue = tf.train.batch([numbers], 1)
    return _regression(iterator.get_next() * queue)


def flags():
    """Uses a flag."""
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    return _regression(x, FLAGS.rate)


def untrained():
    """Has no update."""
    return tf.reduce_sum(tf.get_variable("w", [3, 1]))


def fails():
    """Raises an error of its own."""
    raise KeyError("a mistake of the author")


def needs(size, depth=2):
    """Cannot be called without arguments."""


def foreign():
    """Returns what is no operation."""
    _regression(tf.placeholder(tf.float32, [2, 3], name="x"))
    return {"train_op": "no such name"}


def rows_of_noise():
    """Compares what is fed with the image of noise, of which there are six rows."""
    w = tf.get_variable("w", [2, 3], initializer=tf.zeros_initializer())
    real = tf.placeholder(tf.float32, [None, 3], name="real")
    loss = tf.reduce_mean(tf.square(tf.matmul(tf.random_normal([6, 2]), w))) - tf.reduce_mean(
        tf.matmul(real, tf.transpose(w)))
    return {"train_op": tf.train.GradientDescentOptimizer(0.1).minimize(loss), "loss": loss}


def out_of_bounds():
    """Draws rows that a table does not have."""
    ids = tf.placeholder(tf.int32, [4], name="ids")
    table = tf.get_variable("table", [ROWS])
    _train(tf.reduce_sum(tf.gather(table, ids + 10)))


def input_fn():
    """A data set of features and labels, four batches long."""
    data = {"x": np.ones([8, 3], np.float32)}, np.ones([8, 1], np.float32)
    return tf.data.Dataset.from_tensor_slices(data).batch(2)


Spec = collections.namedtuple("Spec", "mode loss train_op")


def model_fn(features, labels, mode, params):
    """A model as an Estimator takes it."""
    assert mode == "train"
    w = tf.get_variable("w", [3, 1], initializer=tf.constant_initializer(START))
    loss = tf.losses.mean_squared_error(labels, tf.matmul(features["x"], w))
    optimizer = tf.train.MomentumOptimizer(params["rate"], 0.9)
    return Spec(mode, loss, optimizer.minimize(loss, tf.train.get_global_step()))


def predicting_model_fn(features, labels, mode):
    """A model without an update."""
    return Spec(mode, tf.reduce_sum(features["x"]), None)


def export(folder):
    """Writes a graph with its checkpoint, the graph alone, and two SavedModels."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        loss, _ = _regression(x)
        session.run(tf.global_variables_initializer())
        tf.train.export_meta_graph("{}/alone.meta".format(folder))
        w = tf.global_variables()[0]
        w.load([[4.0], [5.0], [6.0]], session)
        tf.train.Saver().save(session, "{}/model.ckpt-7".format(folder))
        builder = tf.saved_model.builder.SavedModelBuilder("{}/trained".format(folder))
        builder.add_meta_graph_and_variables(session, ["train"])
        builder.add_meta_graph(["serve"])
        builder.save()
        tf.saved_model.simple_save(session, "{}/served".format(folder), {"x": x}, {"y": loss})
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        y = tf.matmul(x, tf.get_variable("w", [3, 1]))
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, "{}/inferring".format(folder), {"x": x}, {"y": y})
