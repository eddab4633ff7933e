"""Networks of the models that translate images (Zhu et al. 2017a; Isola et al. 2017).

Smaller than the papers': two halvings, as many filters and residual blocks as are asked for.
Convolutions that a normalisation follows have no bias, which it would cancel; weights start as
`tf.layers` starts them, where the papers draw from N(0, 0.02).
"""

import tensorflow.compat.v1 as tf

from legacy.layers import instance_norm, reflection_pad


def maps(images):
    """Maps [batch, height, width, channels] of images, grey ones without channels."""
    height, width, channels = (images.shape.as_list()[1:] + [1])[:3]
    return tf.reshape(images, [-1, height, width, channels], name="maps")


def normalized(net, name, activation=tf.nn.relu):
    """The activation of instance-normalised maps."""
    return activation(instance_norm(net, name + "_norm"), name=name + "_activation")


def residual_block(net, name):
    """Maps plus what two 3x3 convolutions make of them (He et al. 2016; Zhu et al. 2017a)."""
    filters = net.shape.as_list()[3]
    inner = reflection_pad(net, 1, name + "a_pad")
    inner = tf.layers.conv2d(inner, filters, 3, use_bias=False, name=name + "a")
    inner = normalized(inner, name + "a")
    inner = reflection_pad(inner, 1, name + "b_pad")
    inner = tf.layers.conv2d(inner, filters, 3, use_bias=False, name=name + "b")
    inner = instance_norm(inner, name + "b_norm")
    return tf.add(net, inner, name=name + "_sum")


def resnet(net, channels, hparams):
    """Maps [batch, height, width, channels] in (-1, 1) of maps (Johnson et al. 2016)."""
    filters = hparams.filters
    net = reflection_pad(net, 3, "first_pad")
    net = tf.layers.conv2d(net, filters, 7, use_bias=False, name="first")
    net = normalized(net, "first")
    for index in (1, 2):
        name = "down{}".format(index)
        net = tf.layers.conv2d(net, filters * 2 ** index, 3, strides=2, padding="same",
                               use_bias=False, name=name)
        net = normalized(net, name)
    for index in range(1, hparams.residual_blocks + 1):
        net = residual_block(net, "block{}".format(index))
    for index in (1, 2):
        name = "up{}".format(index)
        net = tf.layers.conv2d_transpose(net, filters * 4 // 2 ** index, 3, strides=2,
                                         padding="same", use_bias=False, name=name)
        net = normalized(net, name)
    net = reflection_pad(net, 3, "last_pad")
    return tf.layers.conv2d(net, channels, 7, activation=tf.tanh, name="last")


def unet(net, channels, hparams):
    """Maps [batch, height, width, channels] in (-1, 1) of maps (Isola et al. 2017)."""
    filters = hparams.filters
    down1 = tf.layers.conv2d(net, filters, 4, strides=2, padding="same",
                             activation=tf.nn.leaky_relu, name="down1")
    down2 = tf.layers.conv2d(down1, filters * 2, 4, strides=2, padding="same", use_bias=False,
                             name="down2")
    down2 = normalized(down2, "down2", tf.nn.leaky_relu)
    middle = tf.layers.conv2d(down2, filters * 4, 4, padding="same", use_bias=False, name="middle")
    middle = normalized(middle, "middle")
    up1 = tf.concat([middle, down2], axis=3, name="skip2")
    up1 = tf.layers.conv2d_transpose(up1, filters, 4, strides=2, padding="same", use_bias=False,
                                     name="up1")
    up1 = normalized(up1, "up1")
    up2 = tf.concat([up1, down1], axis=3, name="skip1")
    return tf.layers.conv2d_transpose(up2, channels, 4, strides=2, padding="same",
                                      activation=tf.tanh, name="up2")


def generator(images, hparams, name, reuse=None):
    """Images of the other domain, in (-1, 1), of images [batch, height, width(, 3)]."""
    with tf.variable_scope(name, reuse=reuse):
        net = maps(images)
        translate = {"resnet": resnet, "unet": unet}[hparams.translator]
        net = translate(net, net.shape.as_list()[3], hparams)
        return tf.reshape(net, [-1] + images.shape.as_list()[1:], name="images")


def discriminator(images, filters, name, reuse=None):
    """D's outputs [batch, height / 4, width / 4, 1], one a patch, of images (Isola et al. 2017)."""
    with tf.variable_scope(name, reuse=reuse):
        net = maps(images)
        net = tf.layers.conv2d(net, filters, 4, strides=2, padding="same",
                               activation=tf.nn.leaky_relu, name="conv1")
        net = tf.layers.conv2d(net, filters * 2, 4, strides=2, padding="same", use_bias=False,
                               name="conv2")
        net = normalized(net, "conv2", tf.nn.leaky_relu)
        return tf.layers.conv2d(net, 1, 4, padding="same", name="outputs")


def code_translator(images, codes, hparams, reuse=None):
    """Images of the other domain, in (-1, 1), of images and of codes [batch, latent_size].

    The code is added to the input, a map for each of its numbers: the first layer of the U-Net has
    no normalisation, which would cancel what is the same everywhere (Zhu et al. 2017b).
    """
    with tf.variable_scope("generator", reuse=reuse):
        net = maps(images)
        height, width, channels = net.shape.as_list()[1:]
        with tf.name_scope("codes"):
            spread = tf.tile(codes[:, tf.newaxis, tf.newaxis], [1, height, width, 1])
        net = tf.concat([net, spread], axis=3, name="inputs")
        net = unet(net, channels, hparams)
        return tf.reshape(net, [-1] + images.shape.as_list()[1:], name="images")


def encoder(images, hparams, reuse=None):
    """z_mean and z_log_var, each [batch, latent_size], of images (E_CNN of Zhu et al. 2017b)."""
    with tf.variable_scope("encoder", reuse=reuse):
        net = maps(images)
        net = tf.layers.conv2d(net, hparams.filters, 4, strides=2, padding="same",
                               activation=tf.nn.leaky_relu, name="conv1")
        net = tf.layers.conv2d(net, hparams.filters * 2, 4, strides=2, padding="same",
                               use_bias=False, name="conv2")
        net = normalized(net, "conv2", tf.nn.leaky_relu)
        net = tf.layers.flatten(net, name="flat")
        z_mean = tf.layers.dense(net, hparams.latent_size, name="z_mean")
        z_log_var = tf.layers.dense(net, hparams.latent_size, name="z_log_var")
        return z_mean, z_log_var
