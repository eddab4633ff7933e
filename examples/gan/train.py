"""Trains a generative adversarial network of dense layers on scikit-learn's 8x8 digits.

The discriminator, then the generator, each take one step an iteration.

  python train.py --train_steps=200 --output=samples.png
"""

import numpy as np
from sklearn.datasets import load_digits
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()

flags = tf.app.flags
flags.DEFINE_integer('train_steps', 200, 'number of iterations')
flags.DEFINE_integer('batch_size', 64, 'images in a batch')
flags.DEFINE_integer('z_dim', 16, 'length of the noise vector')
flags.DEFINE_integer('h_dim', 64, 'hidden units of both networks')
flags.DEFINE_float('learning_rate', 1e-3, 'learning rate of both Adams')
flags.DEFINE_string('output', '', 'file for a picture of generated digits; none if empty')
FLAGS = flags.FLAGS

X_dim = 64


def xavier_init(size):
    in_dim = size[0]
    xavier_stddev = 1. / np.sqrt(in_dim / 2.)
    return tf.random_normal(shape=size, stddev=xavier_stddev)


# Discriminator
X = tf.placeholder(tf.float32, shape=[None, X_dim])

D_W1 = tf.Variable(xavier_init([X_dim, FLAGS.h_dim]))
D_b1 = tf.Variable(tf.zeros(shape=[FLAGS.h_dim]))
D_W2 = tf.Variable(xavier_init([FLAGS.h_dim, 1]))
D_b2 = tf.Variable(tf.zeros(shape=[1]))

theta_D = [D_W1, D_W2, D_b1, D_b2]


def discriminator(x):
    D_h1 = tf.nn.leaky_relu(tf.matmul(x, D_W1) + D_b1)
    return tf.matmul(D_h1, D_W2) + D_b2


# Generator
G_W1 = tf.Variable(tf.random_normal([FLAGS.z_dim, FLAGS.h_dim], stddev=0.1))
G_b1 = tf.Variable(tf.zeros(shape=[FLAGS.h_dim]))
G_W2 = tf.Variable(xavier_init([FLAGS.h_dim, X_dim]))
G_b2 = tf.Variable(tf.zeros(shape=[X_dim]))

theta_G = [G_W1, G_W2, G_b1, G_b2]


def generator(z):
    G_h1 = tf.nn.relu(tf.matmul(z, G_W1) + G_b1)
    return tf.nn.sigmoid(tf.matmul(G_h1, G_W2) + G_b2)


# Losses
def cross_entropy(logits, labels):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits=logits, labels=labels))


z = tf.random_uniform([FLAGS.batch_size, FLAGS.z_dim], -1., 1.)
G_sample = generator(z)
D_real = discriminator(X)
D_fake = discriminator(G_sample)

D_loss_real = cross_entropy(D_real, tf.ones_like(D_real))
D_loss_fake = cross_entropy(D_fake, tf.zeros_like(D_fake))
D_loss = D_loss_real + D_loss_fake
G_loss = cross_entropy(D_fake, tf.ones_like(D_fake))

D_solver = tf.train.AdamOptimizer(FLAGS.learning_rate, beta1=0.5).minimize(
    D_loss, var_list=theta_D)
G_solver = tf.train.AdamOptimizer(FLAGS.learning_rate, beta1=0.5).minimize(
    G_loss, var_list=theta_G)


def save_samples(samples, path):
    import matplotlib
    matplotlib.use('Agg')
    import matplotlib.pyplot as plt
    rows = [np.hstack(row) for row in samples[:64].reshape(-1, 8, 8, 8)]
    plt.imsave(path, np.vstack(rows), cmap='gray')


digits = load_digits().data / 16.

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())

    for it in range(FLAGS.train_steps):
        X_mb = digits[np.random.randint(len(digits), size=FLAGS.batch_size)]
        _, D_loss_curr = sess.run([D_solver, D_loss], feed_dict={X: X_mb})
        _, G_loss_curr = sess.run([G_solver, G_loss])

        if it % 20 == 0 or it == FLAGS.train_steps - 1:
            print('Iter: {}; D loss: {:.4}; G loss: {:.4}'.format(it, D_loss_curr, G_loss_curr))

    if FLAGS.output:
        save_samples(sess.run(G_sample), FLAGS.output)
