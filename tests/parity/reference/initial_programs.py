"""A TensorFlow 1 program with variables of every initialiser, as authors declare them."""

import tensorflow.compat.v1 as tf
import tf_slim

SHAPE = [30, 40]


def _gamma(shape, dtype=None, partition_info=None):
    """An author's own."""
    return tf.random.gamma(shape, 2.0, dtype=dtype) * tf.random_uniform(shape, dtype=dtype)


def _scaled(shape, dtype=None, partition_info=None):
    """An author's own, which is no distribution that an initialiser of TensorFlow's has."""
    return 0.1 * tf.random_uniform(shape, -1.0, 21.0, dtype=dtype)


def _squared(shape, dtype=None, partition_info=None):
    """An author's own, of draws that run again."""
    return tf.square(tf.random_normal(shape, dtype=dtype))


INITIALIZERS = {
    "default": None,
    "random_uniform": tf.random_uniform_initializer(-0.2, 0.3),
    "random_normal": tf.random_normal_initializer(0.1, 0.02),
    "truncated_normal": tf.truncated_normal_initializer(0.1, 0.02),
    "seeded": tf.random_normal_initializer(0.1, 0.02, seed=3),
    "glorot_normal": tf.glorot_normal_initializer(),
    "he_normal": tf.initializers.he_normal(),
    "he_uniform": tf.initializers.he_uniform(),
    "lecun_normal": tf.initializers.lecun_normal(),
    "untruncated": tf.initializers.variance_scaling(2.0, "fan_out", "untruncated_normal"),
    "orthogonal": tf.orthogonal_initializer(),
    "identity": tf.initializers.identity(),
    "zeros": tf.zeros_initializer(),
    "ones": tf.ones_initializer(),
    "constant": tf.constant_initializer(3.0),
    "slim_xavier": tf_slim.xavier_initializer(),
    "slim_scaling": tf_slim.variance_scaling_initializer(),
    "gamma": _gamma,
    "scaled": _scaled,
    "squared": _squared,
}


def initialised():
    """Variables [30, 40] of each initialiser in both precisions, layers, short and long vectors."""
    kept = [tf.get_variable("{}/{}".format(dtype.name, name), SHAPE, dtype, initializer=make)
            for dtype in (tf.float32, tf.float64) for name, make in INITIALIZERS.items()]
    kept += [tf.get_variable("vector{}".format(size), [size],
                             initializer=tf.random_normal_initializer()) for size in (100, 20001)]
    tf.layers.dense(tf.zeros([5, 30]), 40, name="layers/dense")
    tf.layers.dense(tf.zeros([5, 30]), 40, name="layers/truncated",
                    kernel_initializer=tf.truncated_normal_initializer(0.1, 0.02))
    image = tf.zeros([1, 8, 8, 2])
    for name in ("he_normal", "lecun_normal", "untruncated"):
        tf.layers.conv2d(image, 6, (3, 5), kernel_initializer=INITIALIZERS[name],
                         name="convolutions/" + name)
    tf.layers.conv2d(image, 6, (3, 5), name="convolutions/default")
    kept += tf.trainable_variables("layers") + tf.trainable_variables("convolutions")
    loss = tf.add_n([tf.reduce_sum(tf.square(tf.cast(each, tf.float32))) for each in kept])
    return {"loss": loss, "train_op": tf.train.GradientDescentOptimizer(0.1).minimize(loss)}
