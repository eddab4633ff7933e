"""Multimodal GAN: several outputs for one input, as in BicycleGAN (D0 §5; Zhu et al. 2017b).

D0 only names it, for "images of several styles": a style is taken for a latent code z, our reading.
From the paper: an image gives its own code back (the path of the conditional VAE), a drawn code
gives an image that gives it back (latent regression), each path with a D of its own that does not
see the input, least squares; the encoder does not follow the loss of codes. The paper's G takes two
steps, of which one follows that loss alone: here it takes one, by the sum.
"""

import keras
from keras import ops
import tensorflow as tf

from groundwork.models.translation import Paths
from modern.models.cycle_gan import distance, least_squares
from modern.models.translation_networks import code_translator, discriminator, encoder
from modern.models.vae import corrected_divergence
from modern.phased_model import PhasedModel
from modern.program import Phase


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
        divergence = ops.mean(corrected_divergence(z_mean, stddev))
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
    return {"output/" + kind: ops.mean(values) for kind, values in outputs.items()}


def samples(inputs, real, styles, translate):
    """Rows of images: an input, its real partner, and translations with several codes.

    Args:
      inputs, real: images [batch, ...].
      styles: codes [batch, count, latent_size].
      translate: function from images and codes to images.
    """
    shape, (count, size) = inputs.shape[1:], styles.shape[1:]
    with tf.name_scope("samples/repeated/"):
        repeated = ops.reshape(ops.stack([inputs] * count, axis=1), (-1, *shape))
        codes = ops.reshape(styles, (-1, size))
    made = translate(repeated, codes)
    with tf.name_scope("samples/rows/"):
        made = ops.reshape(made, (-1, count, *shape))
        rows = ops.concatenate([ops.stack([inputs, real], axis=1), made], axis=1)
        return ops.reshape(rows, (-1, *shape))


@keras.saving.register_keras_serializable(package="modern")
class MultimodalGan(PhasedModel):
    """The GAN; `hparams` are `groundwork.models.MultimodalGan`."""

    # Its convolutions are slower than TensorFlow's on CPUs and take long to compile.
    XLA = False

    def make_networks(self):
        self.generator = code_translator(self.hparams)
        self.encoder = encoder(self.hparams)
        self.discriminator = discriminator(self.hparams, "discriminator")
        self.discriminator_drawn = discriminator(self.hparams, "discriminator_drawn")

    def translate(self, images, codes):
        return self.generator([images, codes])

    def call(self, inputs):
        return samples(inputs["images_b"], inputs["images"], inputs["styles"], self.translate)

    def judge(self, images):
        """Outputs of the D of each path on the images of `Paths`."""
        return Paths(self.discriminator(images.autoencoded), self.discriminator_drawn(images.drawn))

    def autoencode(self, inputs):
        """Mean and standard deviation of the codes, and the images that codes drawn so give."""
        z_mean, z_log_var = self.encoder(inputs["images"])
        with tf.name_scope("z"):
            stddev = ops.exp(0.5 * z_log_var)
            z = z_mean + inputs["epsilon"] * stddev
        return z_mean, stddev, self.translate(inputs["images_b"], z)

    def phase_losses(self, inputs):
        images, noise = inputs["images"], inputs["noise"]
        z_mean, stddev, autoencoded = self.autoencode(inputs)
        made = Paths(autoencoded, self.translate(inputs["images_b"], noise))
        judged = self.judge(made)
        codes = noise, self.encoder(made.drawn)[0]
        values = generator_losses(judged, images, made, codes, self.hparams)
        values.update(encoder_losses(values, z_mean, stddev, self.hparams))
        values.update(discriminator_losses(self.judge(Paths(images, images)), judged))
        return values

    def display_metrics(self, inputs):
        made = Paths(self.autoencode(inputs)[2],
                     self.translate(inputs["images_b"], inputs["noise"]))
        images = inputs["images"]
        return mean_outputs(self.judge(Paths(images, images)), self.judge(made))

    def display_outputs(self):
        return {"codes": lambda inputs: self.encoder(inputs["images"])[0],
                "reconstructions": lambda inputs: self.autoencode(inputs)[2]}

    def trained_variables(self):
        return {"generator": self.generator.trainable_variables,
                "encoder": self.encoder.trainable_variables,
                "discriminator": (self.discriminator.trainable_variables
                                  + self.discriminator_drawn.trainable_variables)}

    def phases(self):
        return [Phase("generator", [self.update("generator"), self.update("encoder")]),
                Phase("discriminator", [self.update("discriminator")])]


def program(hparams, dtype, stock_optimizers=False):
    """The GAN with `hparams` (`groundwork.models.MultimodalGan`)."""
    return MultimodalGan.make(hparams, dtype, stock_optimizers).as_program()
