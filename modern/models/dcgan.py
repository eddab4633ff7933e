"""Deep convolutional GAN (D0 §4, or D2 §2; Radford et al. 2015)."""

import keras
from keras import ops
import tensorflow as tf

from modern import losses
from modern.gan import Gan
from modern.layers import (
    Conv2D, CONVOLUTION, DenseBiasAdd, FusedBatchNormalization, SeededDropout,
    update_moving_averages)
from modern.models import dcgan_d2

# Added to a batch's seed, as D's layers add (0, 0), (0, 1) and so on: no two masks are alike.
REAL_PASS, GENERATED_PASS = (0, 0), (1, 0)


def generator(noise_size):
    """Images [batch, 64, 64, 3] in (-1, 1) from noise [batch, noise_size]."""
    return keras.Sequential([
        keras.Input((noise_size,)),
        keras.layers.Dense(8 * 8 * 128, activation="leaky_relu", name="dense"),
        FusedBatchNormalization(momentum=0.8, name="norm1"),
        keras.layers.Reshape((8, 8, 128), name="maps"),
        keras.layers.Conv2DTranspose(128, **CONVOLUTION, name="deconv1"),
        FusedBatchNormalization(momentum=0.8, name="norm2"),
        keras.layers.Conv2DTranspose(64, **CONVOLUTION, name="deconv2"),
        FusedBatchNormalization(momentum=0.8, name="norm3"),
        keras.layers.Conv2DTranspose(3, **dict(CONVOLUTION, activation="tanh"), name="deconv3"),
    ], name="generator")


def discriminator(rate, channels=3):
    """Logits [batch, 1] that images [batch, 64, 64, channels] are real.

    Takes images and the int32 seed [2] of the masks of dropout with `rate`.
    """
    with keras.name_scope("discriminator"):  # or the variables would be named without it
        images = keras.Input((64, 64, channels))
        seed = keras.Input(batch_shape=(2,), dtype="int32")
        net = Conv2D(64, **CONVOLUTION, name="conv1")(images)
        net = SeededDropout(rate, (0, 0), name="dropout1")(net, seed)
        net = Conv2D(128, **CONVOLUTION, name="conv2")(net)
        net = SeededDropout(rate, (0, 1), name="dropout2")(net, seed)
        net = keras.layers.Flatten(name="flat")(net)
        logits = DenseBiasAdd(1, name="logits")(net)
    return keras.Model([images, seed], logits, name="discriminator")


def cross_entropies(logits, label):
    """Cross-entropy [batch] of D's verdicts against one label, 0 (generated) or 1 (real).

    Args:
      logits: [batch, 1], of real (D0); or [batch, 2], of generated and of real (D2, softmax).
      label: of [batch, 1], any number in [0, 1].
    """
    if logits.shape[1] == 2:
        labels = tf.fill(tf.shape(logits)[:1], int(label))
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    labels = ops.full_like(logits, label)
    return ops.squeeze(
        tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits), axis=1)


def mean_outputs(logits):
    """D's mean output, the probability that it gives to "real", on each kind of image."""
    real = {kind: values[:, 1:] - values[:, :1] if values.shape[1] == 2 else values
            for kind, values in logits.items()}
    return losses.mean_outputs(real)


def judged_real(logits):
    """True of each image that D takes for real, bool [batch]: to which it gives more than 1/2."""
    if logits.shape[1] == 2:
        return logits[:, 1] > logits[:, 0]
    return logits[:, 0] > 0


def generator_loss(generated_logits, kind):
    """G makes D wrong (Goodfellow et al. 2014, the non-saturating loss).

    With kind "gat", D2 §2's generative adversarial training, the mean is over the generated images
    that D misjudges: our reading of "the gap on the samples that D judges wrongly". A batch in
    which D misjudges none counts 0 and teaches G nothing.
    """
    with tf.name_scope("losses/generator/"):
        gaps = cross_entropies(generated_logits, 1)
        if kind == "standard":
            return {"generator": ops.mean(gaps)}
        misjudged = ops.cast(judged_real(generated_logits), gaps.dtype)
        count = ops.sum(misjudged)
        return {"generator": ops.sum(misjudged * gaps) / ops.maximum(count, 1.0)}


def discriminator_losses(real_logits, generated_logits, label_smoothing=0.0):
    """D tells real from generated; both parts, and their sum.

    Args:
      real_logits, generated_logits: [batch, 1] or [batch, 2], as `cross_entropies` takes them.
      label_smoothing: the label of real images is 1 minus this (Salimans et al. 2016).
    """
    with tf.name_scope("losses/discriminator/"):
        real = ops.mean(cross_entropies(real_logits, 1.0 - label_smoothing))
        generated = ops.mean(cross_entropies(generated_logits, 0))
        return {"discriminator": real + generated,
                "discriminator/real": real,
                "discriminator/generated": generated}


@keras.saving.register_keras_serializable(package="modern")
class Dcgan(Gan):
    """The DCGAN; `hparams` are `groundwork.models.Dcgan`."""

    # Its convolutions are slower than TensorFlow's on CPUs and take long to compile, and it draws
    # other masks.
    XLA = False

    def make_networks(self):
        networks = {"d0": (generator, discriminator),
                    "d2": (dcgan_d2.generator, dcgan_d2.discriminator)}
        make_generator, make_discriminator = networks[self.hparams.architecture]
        self.generator = make_generator(self.hparams.noise_size)
        self.discriminator = make_discriminator(self.hparams.dropout)

    def logits(self, inputs):
        generated = self.generator(inputs["noise"], training=True)
        with tf.name_scope("inputs/"):
            real_seed = inputs["mask_seed"] + REAL_PASS
            generated_seed = inputs["mask_seed"] + GENERATED_PASS
        logits = {}
        if "images" in inputs:
            logits["real"] = self.discriminator([inputs["images"], real_seed])
        # Once for both losses.
        logits["generated"] = self.discriminator([generated, generated_seed])
        return logits

    def adversarial_losses(self, logits):
        values = generator_loss(logits["generated"], self.hparams.generator_loss)
        if "real" in logits:
            values.update(discriminator_losses(
                logits["real"], logits["generated"], self.hparams.label_smoothing))
        return values

    def display_metrics(self, inputs):
        return mean_outputs(self.logits(inputs))

    def post_update(self):
        update_moving_averages(self.generator, self.hparams.options)


def program(hparams, dtype, stock_optimizers=False):
    """The DCGAN with `hparams` (`groundwork.models.Dcgan`)."""
    return Dcgan.make(hparams, dtype, stock_optimizers).as_program()
