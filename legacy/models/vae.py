"""Variational autoencoder of fully connected layers (D3 §4.2; Kingma & Welling 2014)."""

import tensorflow.compat.v1 as tf

from legacy.program import feeds, Phase, Program, update


def encoder(x, z_dim):
    """z_mean and z_log_var, each [batch, z_dim], of flat images [batch, 784]."""
    with tf.variable_scope("encoder"):
        hidden1 = tf.layers.dense(x, 128, activation=tf.nn.relu, name="hidden1")
        hidden2 = tf.layers.dense(hidden1, 64, activation=tf.nn.relu, name="hidden2")
        z_mean = tf.layers.dense(hidden2, z_dim, name="z_mean")
        z_log_var = tf.layers.dense(hidden2, z_dim, name="z_log_var")
        return z_mean, z_log_var


def decoder(z, reuse=None):
    """Flat images [batch, 784], unbounded, from z [batch, z_dim]."""
    with tf.variable_scope("decoder", reuse=reuse):
        hidden1 = tf.layers.dense(z, 64, activation=tf.nn.relu, name="hidden1")
        hidden2 = tf.layers.dense(hidden1, 128, activation=tf.nn.relu, name="hidden2")
        return tf.layers.dense(hidden2, 784, activation=None, name="output")


def corrected_divergence(z_mean, stddev):
    """KL(N(z_mean, stddev^2) || N(0, 1)) of each example, [batch]."""
    variance = tf.square(stddev)
    return 0.5 * tf.reduce_sum(
        tf.square(z_mean) + variance - 1.0 - tf.log(variance), axis=1)


def as_written_divergence(z_mean, z_log_var):
    """The document's KL term, [batch]; equals 0.5 sum(mean^2 + log_var - 1) (erratum 7)."""
    return -0.5 * tf.reduce_sum(
        1.0 + tf.nn.softplus(-z_log_var) - tf.square(z_mean) - tf.nn.softplus(z_log_var), axis=1)


def variational_loss(x, x_reconstructed, z_mean, z_log_var, variant):
    """Squared error summed over pixels, plus KL: mean over the batch, or the document's sum."""
    reconstruction = tf.reduce_mean(tf.reduce_sum(tf.square(x - x_reconstructed), axis=1))
    if variant == "as_written":
        divergence = as_written_divergence(z_mean, z_log_var)
        # A scalar plus a vector: tf.gradients of the vector is that of its sum (erratum 9).
        loss = tf.reduce_sum(reconstruction + divergence)
        divergence = tf.reduce_mean(divergence)
    else:
        divergence = tf.reduce_mean(corrected_divergence(z_mean, tf.nn.softplus(z_log_var)))
        loss = reconstruction + divergence
    return {"vae": loss, "vae/reconstruction": reconstruction, "vae/divergence": divergence}


def program(hparams, dtype):
    """D3's VAE with `hparams` (`groundwork.models.Vae`) in the default graph."""
    with tf.name_scope("inputs"):
        images = tf.placeholder(dtype, [None, 784], name="images")
        epsilon = tf.placeholder(dtype, [None, hparams.latent_size], name="epsilon")
        noise = tf.placeholder(dtype, [None, hparams.latent_size], name="noise")
    z_mean, z_log_var = encoder(images, hparams.latent_size)
    with tf.name_scope("z"):
        z = z_mean + tf.multiply(epsilon, tf.nn.softplus(z_log_var))
    reconstructions = decoder(z)
    with tf.name_scope("losses/vae/"):
        losses = variational_loss(images, reconstructions, z_mean, z_log_var, hparams.variant)
    decoded = decoder(noise, reuse=True)
    with tf.name_scope("samples"):
        samples = tf.reshape(decoded, [-1, 28, 28])
    return Program(
        inputs=feeds(hparams, images=images, epsilon=epsilon, noise=noise),
        outputs={"samples": samples},
        losses=losses,
        phases=[Phase("vae", [update("vae", tf.trainable_variables(), hparams, dtype)])],
        options=hparams.options,
        display_outputs=lambda: {"codes": z_mean,
                       "reconstructions": tf.reshape(reconstructions, [-1, 28, 28])})
