"""Trains a small convolutional network with tf-slim to read scikit-learn's 8x8 digits.

Batch norm, dropout, L2 regularization, RMSProp with a staircase learning rate, and moving averages
of the weights, with which the network is tested. Runs on TensorFlow 1.15, not on current TensorFlow
2, with which the batch norm of tf-slim 1.1.0 fails.

  python train.py --train_steps=200
"""

from absl import app
from absl import flags
import numpy as np
from sklearn import datasets
import tensorflow.compat.v1 as tf
import tf_slim as slim

flags.DEFINE_integer("train_steps", 200, "Number of training steps.")
flags.DEFINE_integer("batch_size", 32, "Images in a batch.")
flags.DEFINE_integer("seed", 1, "Seed of TensorFlow and of the order of the images.")
flags.DEFINE_float("learning_rate", 0.02, "Learning rate at the first step.")
flags.DEFINE_integer("decay_steps", 10, "Steps between two decays of the learning rate.")
flags.DEFINE_float("decay_rate", 0.94, "Factor of each decay of the learning rate.")
flags.DEFINE_float("weight_decay", 0.0005, "Weight of the L2 regularizer.")
flags.DEFINE_float("moving_average_decay", 0.99, "Decay of the moving averages of the weights.")
FLAGS = flags.FLAGS

NUM_CLASSES = 10
NUM_TEST_IMAGES = 297


def digits_arg_scope(is_training, weight_decay=0.0):
  """Returns the arguments that all layers of the network share."""
  with slim.arg_scope([slim.conv2d, slim.fully_connected],
                      weights_regularizer=slim.l2_regularizer(weight_decay)):
    with slim.arg_scope([slim.conv2d], normalizer_fn=slim.batch_norm,
                        normalizer_params={"is_training": is_training, "decay": 0.9}):
      with slim.arg_scope([slim.dropout], is_training=is_training) as scope:
        return scope


def digits_net(images):
  """Returns logits [batch, 10] of images [batch, 8, 8, 1] in [0, 1]."""
  net = slim.conv2d(images, 16, [3, 3], scope="conv1")
  net = slim.max_pool2d(net, [2, 2], scope="pool1")
  net = slim.conv2d(net, 32, [3, 3], scope="conv2")
  net = slim.max_pool2d(net, [2, 2], scope="pool2")
  net = slim.flatten(net)
  net = slim.dropout(net, keep_prob=0.8, scope="dropout")
  return slim.fully_connected(net, NUM_CLASSES, activation_fn=None, scope="logits")


def batches(images, labels, batch_size, rng):
  """Yields batches for ever, in a new order each epoch; the incomplete last one is dropped."""
  while True:
    order = rng.permutation(len(images))
    for start in range(0, len(order) - batch_size + 1, batch_size):
      rows = order[start:start + batch_size]
      yield images[rows], labels[rows]


def main(_):
  digits = datasets.load_digits()
  images = (digits.images / 16.0).astype(np.float32)[..., np.newaxis]
  labels = digits.target.astype(np.int64)

  tf.disable_v2_behavior()
  tf.set_random_seed(FLAGS.seed)
  images_in = tf.placeholder(tf.float32, [None, 8, 8, 1], name="images")
  labels_in = tf.placeholder(tf.int64, [None], name="labels")
  with tf.variable_scope("digits"), slim.arg_scope(digits_arg_scope(True, FLAGS.weight_decay)):
    logits = digits_net(images_in)
  tf.losses.sparse_softmax_cross_entropy(labels_in, logits)
  loss = tf.losses.get_total_loss()

  global_step = tf.train.get_or_create_global_step()
  learning_rate = tf.train.exponential_decay(
      FLAGS.learning_rate, global_step, FLAGS.decay_steps, FLAGS.decay_rate, staircase=True)
  optimizer = tf.train.RMSPropOptimizer(learning_rate, decay=0.9, momentum=0.9, epsilon=1.0)
  minimize = slim.learning.create_train_op(loss, optimizer, global_step=global_step)
  ema = tf.train.ExponentialMovingAverage(FLAGS.moving_average_decay, num_updates=global_step)
  with tf.control_dependencies([minimize]):
    train_op = ema.apply(tf.trainable_variables())

  def averaged(getter, *args, **kwargs):
    variable = getter(*args, **kwargs)
    average = ema.average(variable)
    return variable if average is None else average

  with tf.variable_scope("digits", reuse=True, custom_getter=averaged):
    with slim.arg_scope(digits_arg_scope(False)):
      test_logits = digits_net(images_in)
  accuracy = tf.reduce_mean(tf.to_float(tf.equal(tf.argmax(test_logits, 1), labels_in)))

  train_batches = batches(images[:-NUM_TEST_IMAGES], labels[:-NUM_TEST_IMAGES],
                          FLAGS.batch_size, np.random.RandomState(FLAGS.seed))
  with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(1, FLAGS.train_steps + 1):
      batch_images, batch_labels = next(train_batches)
      _, loss_value, rate = sess.run(
          [train_op, loss, learning_rate], {images_in: batch_images, labels_in: batch_labels})
      if step == 1 or step % 20 == 0:
        print("step %d  loss %.4f  learning rate %.5f" % (step, loss_value, rate))
    print("test accuracy %.4f" % sess.run(accuracy, {images_in: images[-NUM_TEST_IMAGES:],
                                                     labels_in: labels[-NUM_TEST_IMAGES:]}))


if __name__ == "__main__":
  app.run(main)
