"""Trains a convolutional network with self-attention to read scikit-learn's 8x8 digits.

The attention of Zhang et al. 2019: 1x1 convolutions for query, key and value, and a gamma that is
learned from 0.

  python train.py --train_steps=200
"""

import numpy as np
from sklearn.datasets import load_digits
import tensorflow.compat.v1 as tf

flags = tf.app.flags
flags.DEFINE_integer("train_steps", 200, "Number of training steps.")
flags.DEFINE_integer("batch_size", 32, "Images in a batch.")
flags.DEFINE_float("learning_rate", 1e-3, "Learning rate of Adam.")
flags.DEFINE_integer("seed", 1, "Seed of TensorFlow and of the order of the images.")
FLAGS = flags.FLAGS


def hw_flatten(x):
  """[batch, height, width, channels] as [batch, height * width, channels]."""
  _, height, width, channels = x.shape.as_list()
  return tf.reshape(x, [-1, height * width, channels])


def conv1x1(x, channels, name):
  return tf.layers.conv2d(x, channels, 1, use_bias=False, name=name)


def attention(x, channels, scope="attention"):
  """Adds to each position what it attends to, times gamma."""
  with tf.variable_scope(scope):
    f = conv1x1(x, channels // 8, "f_conv")
    g = conv1x1(x, channels // 8, "g_conv")
    h = conv1x1(x, channels, "h_conv")
    s = tf.matmul(hw_flatten(g), hw_flatten(f), transpose_b=True)
    beta = tf.nn.softmax(s)
    o = tf.matmul(beta, hw_flatten(h))
    gamma = tf.get_variable("gamma", [1], initializer=tf.constant_initializer(0.0))
    o = tf.reshape(o, tf.shape(x))
    return gamma * o + x


def network(images):
  """Returns logits [batch, 10] of images [batch, 8, 8, 1]."""
  net = tf.layers.conv2d(images, 16, 3, padding="same", activation=tf.nn.relu, name="conv1")
  net = attention(net, 16)
  net = tf.layers.conv2d(net, 32, 3, strides=2, padding="same", activation=tf.nn.relu,
                         name="conv2")
  return tf.layers.dense(tf.reduce_mean(net, [1, 2]), 10, name="logits")


def main(_):
  digits = load_digits()
  images = (digits.images / 16.0).astype(np.float32)[..., np.newaxis]
  rng = np.random.RandomState(FLAGS.seed)
  tf.set_random_seed(FLAGS.seed)
  images_in = tf.placeholder(tf.float32, [FLAGS.batch_size, 8, 8, 1], name="images")
  labels_in = tf.placeholder(tf.int64, [FLAGS.batch_size], name="labels")
  loss = tf.losses.sparse_softmax_cross_entropy(labels_in, network(images_in))
  train_op = tf.train.AdamOptimizer(FLAGS.learning_rate).minimize(loss)
  with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(1, FLAGS.train_steps + 1):
      rows = rng.randint(len(images), size=FLAGS.batch_size)
      _, value = sess.run([train_op, loss], {
          images_in: images[rows], labels_in: digits.target[rows]})
      if step == 1 or step % 20 == 0:
        print("step %d  loss %.4f" % (step, value))


if __name__ == "__main__":
  tf.disable_v2_behavior()
  tf.app.run()
