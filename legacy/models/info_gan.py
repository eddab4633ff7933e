"""InfoGAN on the networks of `mlp_gan` (D4 §5; Chen et al. 2016).

The document names it only. The generator is given a categorical and continuous codes beside the
noise; Q, which shares the discriminator's layers but the last, reads them off the image.
"""

import math

import tensorflow.compat.v1 as tf

from legacy import losses
from legacy.models import mlp_gan
from legacy.program import feeds, gan_phases, Program


def generator(z, classes, codes, reuse=None):
    """Images [batch, 28, 28] from noise, a one-hot class and codes, each [batch, ...]."""
    with tf.name_scope("inputs/"):
        latent = tf.concat([z, classes, codes], axis=1)
    return mlp_gan.generator(latent, reuse)


def discriminator(images, class_count, code_size, reuse=None):
    """Logits [batch, 1] that images [batch, 28, 28] are real, and Q's output.

    Q gives [batch, class_count + code_size]: the logits of the class, then the mean of each code.
    """
    with tf.variable_scope("discriminator", reuse=reuse):
        net = mlp_gan.trunk(images)
        logits = tf.layers.dense(net, 1, activation=None, name="output")
        hidden = tf.layers.dense(net, 128, activation=tf.nn.leaky_relu, name="q_hidden")
        posterior = tf.layers.dense(
            hidden, class_count + code_size, activation=None, name="q_output")
        return logits, posterior


def unread(posterior, classes, codes):
    """Nats of the class, and of the codes, that Q does not read off the image: -E[log Q(c|x)].

    The density of the codes is Gaussian, without its constant factor, with a deviation of 1: where
    Q learns the deviation, codes that hide in speckles are worth ever more, and outweigh classes.

    Args:
      posterior: Q's output [batch, class_count + code_size] on generated images.
      classes, codes: those they were generated from, [batch, ...].
    """
    class_count, code_size = classes.shape.as_list()[1], codes.shape.as_list()[1]
    logits, means = tf.split(posterior, [class_count, code_size], axis=1)
    of_class = tf.reduce_mean(
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=classes, logits=logits))
    of_codes = tf.reduce_mean(tf.reduce_sum(0.5 * tf.square(codes - means), axis=1))
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
      logits: `{"real": [batch, 1], "generated": [batch, 1]}`.
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
    with tf.name_scope("losses/discriminator/"):
        values["discriminator/information"] = weighted
        values["discriminator"] += weighted
    return values


def program(hparams, dtype):
    """InfoGAN with `hparams` (`groundwork.models.InfoGan`) in the default graph."""
    with tf.name_scope("inputs"):
        images = tf.placeholder(dtype, [None, 28, 28], name="images")
        noise = tf.placeholder(dtype, [None, hparams.noise_size], name="noise")
        classes = tf.placeholder(dtype, [None, hparams.class_count], name="classes")
        codes = tf.placeholder(dtype, [None, hparams.code_size], name="codes")
    generated = generator(noise, classes, codes)
    real_logits, _ = discriminator(images, hparams.class_count, hparams.code_size)
    generated_logits, posterior = discriminator(
        generated, hparams.class_count, hparams.code_size, reuse=True)
    logits = {"real": real_logits, "generated": generated_logits}
    with tf.name_scope("losses/information/"):
        missing = unread(posterior, classes, codes)
    return Program(
        inputs=feeds(hparams, images=images, noise=noise, classes=classes, codes=codes),
        outputs={"samples": generated},
        losses=info_losses(logits, missing, hparams.information_weight, hparams.label_smoothing),
        phases=gan_phases(hparams, dtype),
        options=hparams.options,
        metrics=lambda: dict(losses.mean_outputs(logits), **information(
            missing, hparams.class_count, hparams.code_size)))
