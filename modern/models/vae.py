"""Variational autoencoder of fully connected layers (D3 §4.2; Kingma & Welling 2014)."""

import keras
from keras import ops
import tensorflow as tf

from modern.phased_model import PhasedModel
from modern.program import Phase


def encoder(z_dim):
    """z_mean and z_log_var, each [batch, z_dim], of flat images [batch, 784]."""
    with keras.name_scope("encoder"):  # or the variables would be named without it
        x = keras.Input((784,))
        hidden1 = keras.layers.Dense(128, activation="relu", name="hidden1")(x)
        hidden2 = keras.layers.Dense(64, activation="relu", name="hidden2")(hidden1)
        z_mean = keras.layers.Dense(z_dim, name="z_mean")(hidden2)
        z_log_var = keras.layers.Dense(z_dim, name="z_log_var")(hidden2)
    return keras.Model(x, [z_mean, z_log_var], name="encoder")


def decoder(z_dim):
    """Flat images [batch, 784], unbounded, from z [batch, z_dim]."""
    return keras.Sequential([
        keras.Input((z_dim,)),
        keras.layers.Dense(64, activation="relu", name="hidden1"),
        keras.layers.Dense(128, activation="relu", name="hidden2"),
        keras.layers.Dense(784, name="output"),
    ], name="decoder")


def corrected_divergence(z_mean, stddev):
    """KL(N(z_mean, stddev^2) || N(0, 1)) of each example, [batch]."""
    variance = ops.square(stddev)
    return 0.5 * ops.sum(
        ops.square(z_mean) + variance - 1.0 - ops.log(variance), axis=1)


def as_written_divergence(z_mean, z_log_var):
    """The document's KL term, [batch]; equals 0.5 sum(mean^2 + log_var - 1) (erratum 7)."""
    return -0.5 * ops.sum(
        1.0 + ops.softplus(-z_log_var) - ops.square(z_mean) - ops.softplus(z_log_var), axis=1)


def variational_loss(x, x_reconstructed, z_mean, z_log_var, variant):
    """Squared error summed over pixels, plus KL: mean over the batch, or the document's sum."""
    reconstruction = ops.mean(ops.sum(ops.square(x - x_reconstructed), axis=1))
    if variant == "as_written":
        divergence = as_written_divergence(z_mean, z_log_var)
        # A scalar plus a vector: the tape's gradient of the vector is that of its sum (erratum 9).
        loss = ops.sum(reconstruction + divergence)
        divergence = ops.mean(divergence)
    else:
        divergence = ops.mean(corrected_divergence(z_mean, ops.softplus(z_log_var)))
        loss = reconstruction + divergence
    return {"vae": loss, "vae/reconstruction": reconstruction, "vae/divergence": divergence}


@keras.saving.register_keras_serializable(package="modern")
class Vae(PhasedModel):
    """D3's VAE; `hparams` are `groundwork.models.Vae`."""

    def make_networks(self):
        self.encoder = encoder(self.hparams.latent_size)
        self.decoder = decoder(self.hparams.latent_size)

    def call(self, noise):
        decoded = self.decoder(noise)
        with tf.name_scope("samples"):
            return ops.reshape(decoded, (-1, 28, 28))

    def autoencode(self, inputs):
        """z_mean, z_log_var and reconstructions [batch, 784], through z drawn with epsilon."""
        z_mean, z_log_var = self.encoder(inputs["images"])
        with tf.name_scope("z"):
            z = z_mean + ops.multiply(inputs["epsilon"], ops.softplus(z_log_var))
        return z_mean, z_log_var, self.decoder(z)

    def phase_losses(self, inputs):
        z_mean, z_log_var, reconstructions = self.autoencode(inputs)
        with tf.name_scope("losses/vae/"):
            return variational_loss(
                inputs["images"], reconstructions, z_mean, z_log_var, self.hparams.variant)

    def display_outputs(self):
        return {"codes": lambda inputs: self.encoder(inputs["images"])[0],
                "reconstructions": lambda inputs: ops.reshape(
                    self.autoencode(inputs)[-1], (-1, 28, 28))}

    def trained_variables(self):
        return {"vae": self.trainable_variables}

    def phases(self):
        return [Phase("vae", [self.update("vae")])]


def program(hparams, dtype, stock_optimizers=False):
    """D3's VAE with `hparams` (`groundwork.models.Vae`)."""
    return Vae.make(hparams, dtype, stock_optimizers).as_program()
