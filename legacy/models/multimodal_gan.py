"""Multimodal GAN: several outputs for one input, as in BicycleGAN (D0 §5; Zhu et al. 2017b).

D0 only names it, for "images of several styles": a style is taken for a latent code z, our reading.
From the paper: an image gives its own code back (the path of the conditional VAE), a drawn code
gives an image that gives it back (latent regression), each path with a D of its own that does not
see the input, least squares; the encoder does not follow the loss of codes. The paper's G takes two
steps, of which one follows that loss alone: here it takes one, by the sum.
"""

import tensorflow.compat.v1 as tf

from groundwork.models.multimodal_gan import STYLES
from groundwork.models.translation import Paths
from legacy.models.cycle_gan import distance, least_squares
from legacy.models.translation_networks import code_translator, discriminator, encoder
from legacy.models.vae import corrected_divergence
from legacy.program import feeds, Phase, Program, update


def generator_losses(judged, images, made, codes, hparams):
    """G makes both D wrong, the image from its own code, and the code from its image.

    Args:
      judged: D's outputs on the images of both paths.
      images: real images [batch, ...].
      made: images of both paths.
      codes: [batch, latent_size] that were drawn, and what E makes of the images made with them.
    """
    with tf.name_scope("losses/generator/"):
        autoencoded = least_squares(judged.autoencoded, 1.0)
        adversarial = autoencoded + least_squares(judged.drawn, 1.0)
        reconstruction = distance(made.autoencoded, images)
        latent = distance(*codes)
        total = (adversarial + hparams.reconstruction_weight * reconstruction
                 + hparams.latent_weight * latent)
        return {"generator": total, "generator/adversarial": adversarial,
                "generator/autoencoded": autoencoded, "generator/reconstruction": reconstruction,
                "generator/latent": latent}


def encoder_losses(of_generator, z_mean, stddev, hparams):
    """E helps G on the path of the VAE, by codes that are near to normal noise."""
    with tf.name_scope("losses/encoder/"):
        divergence = tf.reduce_mean(corrected_divergence(z_mean, stddev))
        total = (of_generator["generator/autoencoded"]
                 + hparams.reconstruction_weight * of_generator["generator/reconstruction"]
                 + hparams.divergence_weight * divergence)
        return {"encoder": total, "encoder/divergence": divergence}


def discriminator_losses(real, generated):
    """The D of each path tells real images from those of its path.

    Args:
      real, generated: outputs of the D of both paths.
    """
    with tf.name_scope("losses/discriminator/"):
        real = least_squares(real.autoencoded, 1.0) + least_squares(real.drawn, 1.0)
        generated = least_squares(generated.autoencoded, 0.0) + least_squares(generated.drawn, 0.0)
        return {"discriminator": real + generated, "discriminator/real": real,
                "discriminator/generated": generated}


def mean_outputs(real, generated):
    """D's mean output, 1 for real, on each kind of image: `{"output/<kind>": scalar}`."""
    outputs = {"real_autoencoded": real.autoencoded, "autoencoded": generated.autoencoded,
               "real_drawn": real.drawn, "drawn": generated.drawn}
    return {"output/" + kind: tf.reduce_mean(values) for kind, values in outputs.items()}


def samples(inputs, real, styles, translate):
    """Rows of images: an input, its real partner, and translations with several codes.

    Args:
      inputs, real: images [batch, ...].
      styles: codes [batch, count, latent_size].
      translate: function from images and codes to images.
    """
    shape, (count, size) = inputs.shape.as_list()[1:], styles.shape.as_list()[1:]
    with tf.name_scope("samples/repeated/"):
        repeated = tf.reshape(tf.stack([inputs] * count, axis=1), [-1] + shape)
        codes = tf.reshape(styles, [-1, size])
    made = translate(repeated, codes)
    with tf.name_scope("samples/rows/"):
        made = tf.reshape(made, [-1, count] + shape)
        rows = tf.concat([tf.stack([inputs, real], axis=1), made], axis=1)
        return tf.reshape(rows, [-1] + shape)


def program(hparams, dtype):
    """The GAN with `hparams` (`groundwork.models.MultimodalGan`) in the default graph."""
    shape, size = (None,) + hparams.image_shape, hparams.latent_size
    with tf.name_scope("inputs"):
        given = {
            "images": tf.placeholder(dtype, shape, name="images"),
            "images_b": tf.placeholder(dtype, shape, name="images_b"),
            "epsilon": tf.placeholder(dtype, [None, size], name="epsilon"),
            "noise": tf.placeholder(dtype, [None, size], name="noise"),
            "styles": tf.placeholder(dtype, [None, STYLES, size], name="styles")}

    def translate(images, codes):
        return code_translator(images, codes, hparams, reuse=tf.AUTO_REUSE)

    def encode(images):
        return encoder(images, hparams, reuse=tf.AUTO_REUSE)

    def judge(images):
        return Paths(
            discriminator(images.autoencoded, hparams.filters, "discriminator", tf.AUTO_REUSE),
            discriminator(images.drawn, hparams.filters, "discriminator_drawn", tf.AUTO_REUSE))

    images, noise = given["images"], given["noise"]
    z_mean, z_log_var = encode(images)
    with tf.name_scope("z"):
        stddev = tf.exp(0.5 * z_log_var)
        z = z_mean + given["epsilon"] * stddev
    made = Paths(translate(given["images_b"], z), translate(given["images_b"], noise))
    judged = judge(made)
    codes = noise, encode(made.drawn)[0]
    values = generator_losses(judged, images, made, codes, hparams)
    values.update(encoder_losses(values, z_mean, stddev, hparams))
    real = judge(Paths(images, images))
    values.update(discriminator_losses(real, judged))
    updates = [update(loss, tf.trainable_variables(loss), hparams, dtype)
               for loss in ("generator", "encoder", "discriminator")]
    return Program(
        inputs=feeds(hparams, **given),
        outputs={"samples": samples(given["images_b"], images, given["styles"], translate)},
        losses=values,
        phases=[Phase("generator", updates[:2]), Phase("discriminator", updates[2:])],
        options=hparams.options,
        metrics=lambda: mean_outputs(real, judged),
        display_outputs=lambda: {"codes": z_mean, "reconstructions": made.autoencoded})
