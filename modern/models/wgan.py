"""Wasserstein GAN on the networks of `mlp_gan` or `dcgan` (D1 §6, D2 §2; Arjovsky et al. 2017)."""

import keras
from keras import ops
import tensorflow as tf

from modern.layers import update_moving_averages
from modern.models import dcgan, mlp_gan
from modern.other_networks import OtherNetworks
from modern.program import clip_weights, gan_updates, Phase, unfrozen


def generator(noise_size, networks):
    """Images [batch, ...] from noise [batch, noise_size]."""
    if networks == "mlp":
        return mlp_gan.generator(noise_size)
    return dcgan.generator(noise_size)


def critic(networks, label_count=0):
    """Scores [batch, 1] of images [batch, ...], higher for real ones; without dropout.

    With labels, images are flat with the label behind (mlp), or have a map for each (dcgan).
    """
    if networks == "mlp":
        return mlp_gan.discriminator((784 + label_count,) if label_count else (28, 28))
    return dcgan.discriminator(0.0, 3 + label_count)


def generator_loss(generated_scores):
    """-E[D(G(z))]: G raises the critic's score of what it generates."""
    with tf.name_scope("losses/generator/"):
        return {"generator": -ops.mean(generated_scores)}


def gradient_penalty(score, images, generated, mixing):
    """E[(|grad D(x)| - 1)^2] on lines between real and generated images (Gulrajani et al. 2017).

    Args:
      score: function from images to D's scores.
      images, generated: [batch, ...], in pairs.
      mixing: [batch, 1] in [0, 1), where on its line each pair is taken.
    """
    axes = list(range(1, len(images.shape)))
    mixing = ops.reshape(mixing, [-1] + [1 for _ in axes])
    mixed = images + mixing * (generated - images)
    with tf.GradientTape() as tape:
        tape.watch(mixed)
        scores = score(mixed)
    slopes = tape.gradient(scores, mixed)
    norms = ops.sqrt(ops.sum(ops.square(slopes), axis=axes))
    return ops.mean(ops.square(norms - 1.0))


def discriminator_losses(real_scores, generated_scores):
    """E[D(G(z))] - E[D(x)], minus the Wasserstein distance while D is 1-Lipschitz; both parts."""
    with tf.name_scope("losses/discriminator/"):
        real = -ops.mean(real_scores)
        generated = ops.mean(generated_scores)
        return {"discriminator": real + generated,
                "discriminator/real": real,
                "discriminator/generated": generated}


@keras.saving.register_keras_serializable(package="modern")
class Wgan(OtherNetworks):
    """The Wasserstein GAN; `hparams` are `groundwork.models.Wgan`."""

    def make_networks(self):
        self.generator = generator(self.hparams.noise_size, self.hparams.networks)
        self.discriminator = critic(self.hparams.networks)

    def phase_losses(self, inputs):
        real_scores = self.judge(inputs["images"]) if "images" in inputs else None
        generated = self.generator(inputs["noise"], training=True)
        generated_scores = self.judge(generated)
        values = generator_loss(generated_scores)
        if real_scores is None:
            return values
        values.update(discriminator_losses(real_scores, generated_scores))
        if self.hparams.gradient_penalty:
            with tf.name_scope("losses/discriminator/"):
                penalty = gradient_penalty(
                    self.judge, inputs["images"], generated, inputs["mixing"])
                values["discriminator"] += self.hparams.gradient_penalty * penalty
                values["discriminator/penalty"] = penalty
        return values

    def display_metrics(self, inputs):
        return {"output/" + kind: ops.mean(scores)
                for kind, scores in self.logits(inputs).items()}

    def phases(self):
        generator_update, discriminator_update = gan_updates(self)
        return [
            Phase("discriminator", [discriminator_update], self.after_critic,
                  self.hparams.n_critic),
            Phase("generator", [generator_update],
                  lambda: update_moving_averages(self.generator, self.hparams.options))]

    def after_critic(self):
        """Follows the critic's update."""
        update_moving_averages(self.generator, self.hparams.options)
        clip_weights(unfrozen(self.discriminator.trainable_variables, self.hparams.options),
                     self.hparams.clip_limit)


def program(hparams, dtype, stock_optimizers=False):
    """The GAN with `hparams` (`groundwork.models.Wgan`)."""
    return Wgan.make(hparams, dtype, stock_optimizers).as_program()
