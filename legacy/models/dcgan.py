"""Deep convolutional GAN (D0 §4, or D2 §2; Radford et al. 2015), in tf-slim."""

import tensorflow.compat.v1 as tf

from legacy import losses
from legacy.layers import convolutional_arg_scope, dropout, moving_averages
from legacy.models import dcgan_d2
from legacy.program import feeds, gan_phases, Program
from legacy.slim_compat import slim

# Added to a batch's seed, as D's layers add (0, 0), (0, 1) and so on: no two masks are alike.
REAL_PASS, GENERATED_PASS = (0, 0), (1, 0)


def generator(z, is_training=True, reuse=None):
    """Images [batch, 64, 64, 3] in (-1, 1) from noise [batch, noise_size]."""
    with tf.variable_scope("generator", reuse=reuse), slim.arg_scope(
            convolutional_arg_scope(is_training, z.dtype.name)):
        net = slim.fully_connected(z, 8 * 8 * 128, scope="dense")
        net = slim.batch_norm(net, scope="norm1")
        net = tf.reshape(net, [-1, 8, 8, 128], name="maps")
        net = slim.conv2d_transpose(net, 128, scope="deconv1")
        net = slim.batch_norm(net, scope="norm2")
        net = slim.conv2d_transpose(net, 64, scope="deconv2")
        net = slim.batch_norm(net, scope="norm3")
        net = slim.conv2d_transpose(net, 3, activation_fn=tf.tanh, scope="deconv3")
        return net


def discriminator(images, rate, seed, reuse=None):
    """Logits [batch, 1] that images [batch, 64, 64, channels] are real.

    Args:
      rate: of dropout.
      seed: int32 [2], of its masks.
    """
    with tf.variable_scope("discriminator", reuse=reuse), slim.arg_scope(
            convolutional_arg_scope(True, images.dtype.name)):
        net = slim.conv2d(images, 64, scope="conv1")
        with tf.name_scope("dropout1"):
            net = dropout(net, rate, seed + (0, 0))
        net = slim.conv2d(net, 128, scope="conv2")
        with tf.name_scope("dropout2"):
            net = dropout(net, rate, seed + (0, 1))
        net = slim.flatten(net, scope="flat")
        net = slim.fully_connected(net, 1, activation_fn=None, scope="logits")
        return net


def cross_entropies(logits, label):
    """Cross-entropy [batch] of D's verdicts against one label, 0 (generated) or 1 (real).

    Args:
      logits: [batch, 1], of real (D0); or [batch, 2], of generated and of real (D2, softmax).
      label: of [batch, 1], any number in [0, 1].
    """
    if logits.shape.as_list()[1] == 2:
        labels = tf.fill(tf.shape(logits)[:1], int(label))
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    labels = tf.fill(tf.shape(logits), tf.constant(label, logits.dtype))
    return tf.squeeze(
        tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits), axis=1)


def mean_outputs(logits):
    """D's mean output, the probability that it gives to "real", on each kind of image."""
    real = {kind: values[:, 1:] - values[:, :1] if values.shape[1] == 2 else values
            for kind, values in logits.items()}
    return losses.mean_outputs(real)


def judged_real(logits):
    """True of each image that D takes for real, bool [batch]: to which it gives more than 1/2."""
    if logits.shape.as_list()[1] == 2:
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
            return {"generator": tf.reduce_mean(gaps)}
        misjudged = tf.cast(judged_real(generated_logits), gaps.dtype)
        count = tf.reduce_sum(misjudged)
        return {"generator": tf.reduce_sum(misjudged * gaps) / tf.maximum(count, 1.0)}


def discriminator_losses(real_logits, generated_logits, label_smoothing=0.0):
    """D tells real from generated; both parts, and their sum.

    Args:
      real_logits, generated_logits: [batch, 1] or [batch, 2], as `cross_entropies` takes them.
      label_smoothing: the label of real images is 1 minus this (Salimans et al. 2016).
    """
    with tf.name_scope("losses/discriminator/"):
        real = tf.reduce_mean(cross_entropies(real_logits, 1.0 - label_smoothing))
        generated = tf.reduce_mean(cross_entropies(generated_logits, 0))
        return {"discriminator": real + generated,
                "discriminator/real": real,
                "discriminator/generated": generated}


def program(hparams, dtype):
    """The DCGAN with `hparams` (`groundwork.models.Dcgan`) in the default graph."""
    networks = {"d0": (generator, discriminator),
                "d2": (dcgan_d2.generator, dcgan_d2.discriminator)}
    make_images, judge = networks[hparams.architecture]
    with tf.name_scope("inputs"):
        images = tf.placeholder(dtype, [None, 64, 64, 3], name="images")
        noise = tf.placeholder(dtype, [None, hparams.noise_size], name="noise")
        mask_seed = tf.placeholder(tf.int32, [2], name="mask_seed")
        real_seed, generated_seed = mask_seed + REAL_PASS, mask_seed + GENERATED_PASS
    generated = make_images(noise)
    real_logits = judge(images, hparams.dropout, real_seed)
    # Once for both losses.
    generated_logits = judge(generated, hparams.dropout, generated_seed, reuse=True)
    values = generator_loss(generated_logits, hparams.generator_loss)
    values.update(discriminator_losses(
        real_logits, generated_logits, hparams.label_smoothing))
    samples = make_images(noise, is_training=False, reuse=True)
    return Program(
        inputs=feeds(hparams, images=images, noise=noise, mask_seed=mask_seed),
        outputs={"samples": samples},
        losses=values,
        phases=gan_phases(hparams, dtype, lambda: moving_averages("generator/", hparams.options)),
        options=hparams.options,
        metrics=lambda: mean_outputs({"real": real_logits, "generated": generated_logits}))
