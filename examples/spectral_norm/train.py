"""Trains a GAN whose discriminator is spectrally normalized on scikit-learn's 8x8 digits.

Hinge loss, an Adam without momentum for each network, one step each an iteration; every pass of the
discriminator moves the vectors of its power iterations.

  python train.py --train_steps=200
"""

import numpy as np
from sklearn.datasets import load_digits
import tensorflow.compat.v1 as tf

flags = tf.app.flags
flags.DEFINE_integer("train_steps", 200, "Number of iterations.")
flags.DEFINE_integer("batch_size", 32, "Images in a batch.")
flags.DEFINE_integer("z_dim", 16, "Length of the noise vector.")
flags.DEFINE_float("g_lr", 1e-4, "Learning rate of the generator.")
flags.DEFINE_float("d_lr", 4e-4, "Learning rate of the discriminator.")
flags.DEFINE_integer("seed", 1, "Seed of TensorFlow, the noise and the order of the images.")
FLAGS = flags.FLAGS


def spectral_norm(w, iterations=1):
  """Divides a kernel by its largest singular value, estimated by power iterations."""
  w_shape = w.shape.as_list()
  w = tf.reshape(w, [-1, w_shape[-1]])
  u = tf.get_variable("u", [1, w_shape[-1]], initializer=tf.random_normal_initializer(),
                      trainable=False)
  u_hat = u
  for _ in range(iterations):
    v_hat = tf.nn.l2_normalize(tf.matmul(u_hat, w, transpose_b=True))
    u_hat = tf.nn.l2_normalize(tf.matmul(v_hat, w))
  u_hat = tf.stop_gradient(u_hat)
  v_hat = tf.stop_gradient(v_hat)
  sigma = tf.matmul(tf.matmul(v_hat, w), u_hat, transpose_b=True)
  with tf.control_dependencies([u.assign(u_hat)]):
    return tf.reshape(w / sigma, w_shape)


def sn_conv(x, channels, name):
  """A 3x3 convolution with stride 2."""
  with tf.variable_scope(name):
    w = tf.get_variable("kernel", [3, 3, x.shape.as_list()[-1], channels])
    b = tf.get_variable("bias", [channels], initializer=tf.zeros_initializer())
    return tf.nn.bias_add(tf.nn.conv2d(x, spectral_norm(w), [1, 2, 2, 1], "SAME"), b)


def sn_dense(x, units, name):
  with tf.variable_scope(name):
    w = tf.get_variable("kernel", [x.shape.as_list()[-1], units])
    b = tf.get_variable("bias", [units], initializer=tf.zeros_initializer())
    return tf.matmul(x, spectral_norm(w)) + b


def generator(z):
  with tf.variable_scope("generator"):
    net = tf.layers.dense(z, 64, activation=tf.nn.relu, name="hidden")
    net = tf.layers.dense(net, 64, activation=tf.nn.sigmoid, name="pixels")
    return tf.reshape(net, [-1, 8, 8, 1])


def discriminator(x, reuse=False):
  with tf.variable_scope("discriminator", reuse=reuse):
    net = tf.nn.leaky_relu(sn_conv(x, 8, "conv1"), 0.1)
    net = tf.nn.leaky_relu(sn_conv(net, 16, "conv2"), 0.1)
    return sn_dense(tf.reshape(net, [-1, 2 * 2 * 16]), 1, "score")


def main(_):
  images = (load_digits().images / 16.0).astype(np.float32)[..., np.newaxis]
  rng = np.random.RandomState(FLAGS.seed)
  tf.set_random_seed(FLAGS.seed)

  x = tf.placeholder(tf.float32, [FLAGS.batch_size, 8, 8, 1], name="x")
  z = tf.placeholder(tf.float32, [FLAGS.batch_size, FLAGS.z_dim], name="z")
  fake = generator(z)
  # One pass for both kinds, so that the vectors move once.
  real_score, fake_score = tf.split(discriminator(tf.concat([x, fake], axis=0)), 2)
  d_loss = tf.reduce_mean(tf.nn.relu(1.0 - real_score)) + tf.reduce_mean(
      tf.nn.relu(1.0 + fake_score))
  g_loss = -tf.reduce_mean(discriminator(fake, reuse=True))
  d_step = tf.train.AdamOptimizer(FLAGS.d_lr, beta1=0.0, beta2=0.9).minimize(
      d_loss, var_list=tf.trainable_variables("discriminator"))
  g_step = tf.train.AdamOptimizer(FLAGS.g_lr, beta1=0.0, beta2=0.9).minimize(
      g_loss, var_list=tf.trainable_variables("generator"))

  with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(1, FLAGS.train_steps + 1):
      rows = rng.randint(len(images), size=FLAGS.batch_size)
      noise = rng.normal(size=[2, FLAGS.batch_size, FLAGS.z_dim])
      _, d_value = sess.run([d_step, d_loss], {x: images[rows], z: noise[0]})
      _, g_value = sess.run([g_step, g_loss], {z: noise[1]})
      if step == 1 or step % 20 == 0:
        print("step %d  discriminator %.4f  generator %.4f" % (step, d_value, g_value))


if __name__ == "__main__":
  tf.disable_v2_behavior()
  tf.app.run()
