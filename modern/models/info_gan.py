"""InfoGAN on the networks of `mlp_gan` (D4 §5; Chen et al. 2016).

The document names it only. The generator is given a categorical and continuous codes beside the
noise; Q, which shares the discriminator's layers but the last, reads them off the image.
"""

import math

import keras
from keras import ops
import tensorflow as tf

from modern import losses
from modern.gan import Gan
from modern.layers import DenseBiasAdd
from modern.models import mlp_gan


def generator(noise_size, class_count, code_size):
    """Images [batch, 28, 28] from noise, a one-hot class and codes in one vector a row."""
    return mlp_gan.generator(noise_size + class_count + code_size)


def discriminator(class_count, code_size):
    """Logits [batch, 1] that images [batch, 28, 28] are real, and Q's output.

    Q gives [batch, class_count + code_size]: the logits of the class, then the mean of each code.
    """
    with keras.name_scope("discriminator"):  # or the variables would be named without it
        images = keras.Input((28, 28))
        net = images
        for layer in mlp_gan.trunk():
            net = layer(net)
        logits = DenseBiasAdd(1, name="output")(net)
        hidden = keras.layers.Dense(128, activation="leaky_relu", name="q_hidden")(net)
        posterior = keras.layers.Dense(class_count + code_size, name="q_output")(hidden)
    return keras.Model(images, [logits, posterior], name="discriminator")


def unread(posterior, classes, codes):
    """Nats of the class, and of the codes, that Q does not read off the image: -E[log Q(c|x)].

    The density of the codes is Gaussian, without its constant factor, with a deviation of 1: where
    Q learns the deviation, codes that hide in speckles are worth ever more, and outweigh classes.

    Args:
      posterior: Q's output [batch, class_count + code_size] on generated images.
      classes, codes: those they were generated from, [batch, ...].
    """
    class_count, code_size = classes.shape[1], codes.shape[1]
    logits, means = tf.split(posterior, [class_count, code_size], axis=1)
    of_class = ops.mean(
        tf.nn.softmax_cross_entropy_with_logits(labels=classes, logits=logits))
    of_codes = ops.mean(ops.sum(0.5 * ops.square(codes - means), axis=1))
    return of_class, of_codes


def information(missing, class_count, code_size):
    """Lower bounds of the mutual information of image and class, and of image and codes, in nats.

    L_I = E[log Q(c|x)] + H(c), Chen et al. 2016, equation 5.

    Args:
      missing: as `unread` returns it.
      class_count: equally likely classes.
      code_size: codes, uniform in [-1, 1).
    """
    of_codes = code_size * (math.log(2) - 0.5 * math.log(2 * math.pi))
    return {"information/classes": math.log(class_count) - missing[0],
            "information/codes": of_codes - missing[1]}


def info_losses(logits, missing, weight, label_smoothing):
    """The losses of both networks, each with the weighted information that is missing; and parts.

    Args:
      logits: `{"real": [batch, 1], "generated": [batch, 1]}`; of G alone without "real".
      missing: of the class and of the codes, as `unread` returns it.
      weight: of its sum.
      label_smoothing: the label of real images is 1 minus this.
    """
    values = losses.adversarial_losses(logits, label_smoothing)
    with tf.name_scope("losses/information/"):
        weighted = weight * (missing[0] + missing[1])
    with tf.name_scope("losses/generator/"):
        values["generator/adversarial"] = values["generator"]
        values["generator/information"] = weighted
        values["generator"] += weighted
    if "real" in logits:
        with tf.name_scope("losses/discriminator/"):
            values["discriminator/information"] = weighted
            values["discriminator"] += weighted
    return values


@keras.saving.register_keras_serializable(package="modern")
class InfoGan(Gan):
    """InfoGAN; `hparams` are `groundwork.models.InfoGan`."""

    def make_networks(self):
        hparams = self.hparams
        self.generator = generator(hparams.noise_size, hparams.class_count, hparams.code_size)
        self.discriminator = discriminator(hparams.class_count, hparams.code_size)

    def generate(self, inputs, training):
        """Images [batch, 28, 28] of `{"noise": ..., "classes": ..., "codes": ...}`."""
        with tf.name_scope("inputs/"):
            latent = ops.concatenate([inputs["noise"], inputs["classes"], inputs["codes"]], axis=1)
        return self.generator(latent, training=training)

    def judged(self, inputs):
        """`{kind: D's logits}`, and what Q does not read off the generated images."""
        logits = {}
        if "images" in inputs:
            logits["real"], _ = self.discriminator(inputs["images"])
        generated = self.generate(inputs, training=True)
        logits["generated"], posterior = self.discriminator(generated)
        with tf.name_scope("losses/information/"):
            return logits, unread(posterior, inputs["classes"], inputs["codes"])

    def phase_losses(self, inputs):
        logits, missing = self.judged(inputs)
        return info_losses(
            logits, missing, self.hparams.information_weight, self.hparams.label_smoothing)

    def display_metrics(self, inputs):
        logits, missing = self.judged(inputs)
        return losses.mean_outputs(logits) | information(
            missing, self.hparams.class_count, self.hparams.code_size)

    def call(self, inputs):
        return self.generate(inputs, training=False)


def program(hparams, dtype, stock_optimizers=False):
    """InfoGAN with `hparams` (`groundwork.models.InfoGan`)."""
    return InfoGan.make(hparams, dtype, stock_optimizers).as_program()
