"""Wasserstein GAN on the networks of `mlp_gan` or `dcgan` (D1 §6, D2 §2; Arjovsky et al. 2017)."""

import tensorflow.compat.v1 as tf

from legacy.layers import moving_averages
from legacy.models import dcgan, mlp_gan
from legacy.program import clip_weights, feeds, gan_updates, Phase, Program


def generator(z, networks, is_training=True, reuse=None):
    """Images [batch, ...] from noise [batch, noise_size]."""
    if networks == "mlp":
        return mlp_gan.generator(z, reuse)
    return dcgan.generator(z, is_training, reuse)


def critic(images, networks, reuse=None):
    """Scores [batch, 1] of images [batch, ...], higher for real ones; without dropout."""
    if networks == "mlp":
        return mlp_gan.discriminator(images, reuse)
    with tf.name_scope("inputs/"):
        seed = tf.zeros([2], tf.int32, name="no_masks")
    return dcgan.discriminator(images, 0.0, seed, reuse)


def generator_loss(generated_scores):
    """-E[D(G(z))]: G raises the critic's score of what it generates."""
    with tf.name_scope("losses/generator/"):
        return {"generator": -tf.reduce_mean(generated_scores)}


def gradient_penalty(score, images, generated, mixing):
    """E[(|grad D(x)| - 1)^2] on lines between real and generated images (Gulrajani et al. 2017).

    Args:
      score: function from images to D's scores.
      images, generated: [batch, ...], in pairs.
      mixing: [batch, 1] in [0, 1), where on its line each pair is taken.
    """
    axes = list(range(1, images.shape.ndims))
    mixing = tf.reshape(mixing, [-1] + [1 for _ in axes])
    mixed = images + mixing * (generated - images)
    slopes, = tf.gradients(score(mixed), [mixed])
    norms = tf.sqrt(tf.reduce_sum(tf.square(slopes), axis=axes))
    return tf.reduce_mean(tf.square(norms - 1.0))


def discriminator_losses(real_scores, generated_scores):
    """E[D(G(z))] - E[D(x)], minus the Wasserstein distance while D is 1-Lipschitz; both parts."""
    with tf.name_scope("losses/discriminator/"):
        real = -tf.reduce_mean(real_scores)
        generated = tf.reduce_mean(generated_scores)
        return {"discriminator": real + generated,
                "discriminator/real": real,
                "discriminator/generated": generated}


def program(hparams, dtype):
    """The GAN with `hparams` (`groundwork.models.Wgan`) in the default graph."""
    networks = hparams.networks
    with tf.name_scope("inputs"):
        images = tf.placeholder(dtype, (None,) + hparams.image_shape, name="images")
        noise = tf.placeholder(dtype, [None, hparams.noise_size], name="noise")
        if hparams.gradient_penalty:
            mixing = tf.placeholder(dtype, [None, 1], name="mixing")
    generated = generator(noise, networks)
    real_scores = critic(images, networks)
    generated_scores = critic(generated, networks, reuse=True)
    values = generator_loss(generated_scores)
    values.update(discriminator_losses(real_scores, generated_scores))
    given = {"images": images, "noise": noise}
    if hparams.gradient_penalty:
        given["mixing"] = mixing
        with tf.name_scope("losses/discriminator/"):
            penalty = gradient_penalty(
                lambda x: critic(x, networks, reuse=True), images, generated, mixing)
            values["discriminator"] += hparams.gradient_penalty * penalty
            values["discriminator/penalty"] = penalty
    samples = generated
    if networks == "dcgan":
        samples = generator(noise, networks, is_training=False, reuse=True)
    generator_update, discriminator_update = gan_updates(hparams, dtype)
    averages = moving_averages("generator/", hparams.options)
    return Program(
        inputs=feeds(hparams, **given),
        outputs={"samples": samples},
        losses=values,
        phases=[
            Phase("discriminator", [discriminator_update], lambda: averages + clip_weights(
                discriminator_update.variables, hparams.clip_limit), hparams.n_critic),
            Phase("generator", [generator_update], lambda: averages)],
        options=hparams.options,
        metrics=lambda: {"output/real": tf.reduce_mean(real_scores),
                          "output/generated": tf.reduce_mean(generated_scores)})
