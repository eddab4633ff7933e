"""Self-attention GAN (named in D3 §2; Zhang et al. 2019).

The document names AT-GAN and no more. From the paper are attention in both networks, spectral
normalisation in both, the hinge loss and a rate for each network. Its networks are residual, for
128x128 pixels and classes: ours are those of a DCGAN, small enough for two cores, with attention
over the 16x16 positions of one layer. Its generator knows the class; ours has plain batch norm.
"""

import tensorflow.compat.v1 as tf

from legacy import spectral_norm
from legacy.attention import self_attention
from legacy.layers import moving_averages
from legacy.models.wgan import generator_loss
from legacy.program import feeds, gan_phases, Program

ATTENTION_SIZE = 16  # height and width of the layer that attends to itself
GENERATOR_DEPTHS = {32: (128, 64, 3), 64: (128, 64, 32, 3)}  # by image size
DISCRIMINATOR_DEPTHS = {32: (32, 64, 128), 64: (32, 64, 128, 128)}


def attention_over_pixels(net):
    """[batch, height, width, channels] that attends to itself, and the map
    [batch, height * width, height * width]."""
    _, height, width, channels = net.shape.as_list()
    positions = tf.reshape(net, [-1, height * width, channels], name="positions")
    positions, weights = self_attention(positions)
    return tf.reshape(positions, [-1, height, width, channels], name="attended"), weights


def _norm_relu(net, is_training, name):
    momentum = tf.constant(0.9, net.dtype)  # of a float, 1 - 0.9 would be taken in double precision
    # TensorFlow 1.15 fuses batch norm in float32 only, and fails rather than not.
    net = tf.layers.batch_normalization(net, momentum=momentum, training=is_training,
                                        fused=net.dtype == tf.float32, name=name)
    return tf.nn.relu(net, name=name + "_relu")


def generator(z, image_size, is_training=True, reuse=None):
    """Images [batch, image_size, image_size, 3] in (-1, 1) from noise, and the attention map."""
    depths = GENERATOR_DEPTHS[image_size]
    with tf.variable_scope("generator", reuse=reuse, custom_getter=spectral_norm.custom_getter):
        net = tf.layers.dense(z, 4 * 4 * 128, use_bias=False, name="dense")
        net = tf.reshape(net, [-1, 4, 4, 128], name="maps")
        net = _norm_relu(net, is_training, "norm1")
        for index, depth in enumerate(depths[:-1], 1):
            net = tf.layers.conv2d_transpose(net, depth, 4, 2, "same", use_bias=False,
                                             name="deconv{}".format(index))
            net = _norm_relu(net, is_training, "norm{}".format(index + 1))
            if net.shape[1] == ATTENTION_SIZE:
                net, weights = attention_over_pixels(net)
        images = tf.layers.conv2d_transpose(net, depths[-1], 4, 2, "same", activation=tf.tanh,
                                            name="deconv{}".format(len(depths)))
        return images, weights


def discriminator(images, reuse=None):
    """Scores [batch, 1] of images [batch, size, size, 3], higher for real ones, and the attention
    map."""
    depths = DISCRIMINATOR_DEPTHS[images.shape.as_list()[1]]
    with tf.variable_scope("discriminator", reuse=reuse,
                           custom_getter=spectral_norm.custom_getter):
        net = images
        for index, depth in enumerate(depths, 1):
            net = tf.layers.conv2d(net, depth, 4, 2, "same", activation=tf.nn.leaky_relu,
                                   name="conv{}".format(index))
            if net.shape[1] == ATTENTION_SIZE:
                net, weights = attention_over_pixels(net)
        net = tf.reshape(net, [-1, 4 * 4 * depths[-1]], name="flat")
        return tf.layers.dense(net, 1, name="output"), weights


def discriminator_losses(real_scores, generated_scores):
    """The hinge loss: E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))]; and both parts."""
    with tf.name_scope("losses/discriminator/"):
        real = tf.reduce_mean(tf.nn.relu(1.0 - real_scores))
        generated = tf.reduce_mean(tf.nn.relu(1.0 + generated_scores))
        return {"discriminator": real + generated,
                "discriminator/real": real,
                "discriminator/generated": generated}


def program(hparams, dtype):
    """The GAN with `hparams` (`groundwork.models.AttentionGan`) in the default graph."""
    with tf.name_scope("inputs"):
        images = tf.placeholder(dtype, (None,) + hparams.image_shape, name="images")
        noise = tf.placeholder(dtype, [None, hparams.noise_size], name="noise")
    generated, _ = generator(noise, hparams.image_size)
    real_scores, attention = discriminator(images)
    generated_scores, _ = discriminator(generated, reuse=True)
    values = generator_loss(generated_scores)
    values.update(discriminator_losses(real_scores, generated_scores))
    samples, _ = generator(noise, hparams.image_size, is_training=False, reuse=True)
    return Program(
        inputs=feeds(hparams, images=images, noise=noise),
        outputs={"samples": samples},
        losses=values,
        phases=gan_phases(hparams, dtype, lambda: (
            moving_averages("generator/", hparams.options)
            + spectral_norm.updates(hparams.options))),
        options=hparams.options,
        metrics=lambda: {"output/real": tf.reduce_mean(real_scores),
                         "output/generated": tf.reduce_mean(generated_scores)},
        display_outputs=lambda: {"attention": attention})
