"""Networks of the models that translate images (Zhu et al. 2017a; Isola et al. 2017).

Smaller than the papers': two halvings, as many filters and residual blocks as are asked for.
Convolutions that a normalisation follows have no bias, which it would cancel; weights start as
Keras starts them, where the papers draw from N(0, 0.02).
"""

import keras

from modern.layers import (
    Conv2D, Conv2DBiasAdd, Conv2DTransposeBiasAdd, InstanceNormalization, ReflectionPadding,
    SpreadCodes)


def maps(images):
    """Maps [batch, height, width, channels] of images, grey ones without channels."""
    height, width, channels = (*images.shape[1:], 1)[:3]
    return keras.layers.Reshape((height, width, channels), name="maps")(images)


def normalized(net, name, activation="relu"):
    """The activation of instance-normalised maps."""
    net = InstanceNormalization(name=name + "_norm")(net)
    return keras.layers.Activation(activation, name=name + "_activation")(net)


def residual_block(net, name):
    """Maps plus what two 3x3 convolutions make of them (He et al. 2016; Zhu et al. 2017a)."""
    filters = net.shape[3]
    inner = ReflectionPadding(1, name=name + "a_pad")(net)
    inner = keras.layers.Conv2D(filters, 3, use_bias=False, name=name + "a")(inner)
    inner = normalized(inner, name + "a")
    inner = ReflectionPadding(1, name=name + "b_pad")(inner)
    inner = keras.layers.Conv2D(filters, 3, use_bias=False, name=name + "b")(inner)
    inner = InstanceNormalization(name=name + "b_norm")(inner)
    return keras.layers.Add(name=name + "_sum")([net, inner])


def resnet(net, channels, hparams):
    """Maps [batch, height, width, channels] in (-1, 1) of maps (Johnson et al. 2016)."""
    filters = hparams.filters
    net = ReflectionPadding(3, name="first_pad")(net)
    net = keras.layers.Conv2D(filters, 7, use_bias=False, name="first")(net)
    net = normalized(net, "first")
    for index in (1, 2):
        name = f"down{index}"
        net = keras.layers.Conv2D(filters * 2 ** index, 3, strides=2, padding="same",
                                  use_bias=False, name=name)(net)
        net = normalized(net, name)
    for index in range(1, hparams.residual_blocks + 1):
        net = residual_block(net, f"block{index}")
    for index in (1, 2):
        name = f"up{index}"
        net = keras.layers.Conv2DTranspose(filters * 4 // 2 ** index, 3, strides=2,
                                           padding="same", use_bias=False, name=name)(net)
        net = normalized(net, name)
    net = ReflectionPadding(3, name="last_pad")(net)
    return Conv2DBiasAdd(channels, 7, activation="tanh", name="last")(net)


def unet(net, channels, hparams):
    """Maps [batch, height, width, channels] in (-1, 1) of maps (Isola et al. 2017)."""
    filters = hparams.filters
    down1 = Conv2D(filters, 4, strides=2, padding="same", activation="leaky_relu",
                   name="down1")(net)
    down2 = keras.layers.Conv2D(filters * 2, 4, strides=2, padding="same", use_bias=False,
                                name="down2")(down1)
    down2 = normalized(down2, "down2", "leaky_relu")
    middle = keras.layers.Conv2D(filters * 4, 4, padding="same", use_bias=False,
                                 name="middle")(down2)
    middle = normalized(middle, "middle")
    up1 = keras.layers.Concatenate(name="skip2")([middle, down2])
    up1 = keras.layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False,
                                       name="up1")(up1)
    up1 = normalized(up1, "up1")
    up2 = keras.layers.Concatenate(name="skip1")([up1, down1])
    return Conv2DTransposeBiasAdd(channels, 4, strides=2, padding="same",
                                  activation="tanh", name="up2")(up2)


def generator(hparams, name):
    """Images of the other domain, in (-1, 1), of images [batch, height, width(, 3)]."""
    with keras.name_scope(name):  # or the variables would be named without it
        images = keras.Input(hparams.image_shape)
        net = maps(images)
        translate = {"resnet": resnet, "unet": unet}[hparams.translator]
        net = translate(net, net.shape[3], hparams)
        translated = keras.layers.Reshape(hparams.image_shape, name="images")(net)
    return keras.Model(images, translated, name=name)


def discriminator(hparams, name):
    """D's outputs [batch, height / 4, width / 4, 1], one a patch, of images (Isola et al. 2017)."""
    with keras.name_scope(name):
        images = keras.Input(hparams.image_shape)
        net = maps(images)
        net = Conv2D(hparams.filters, 4, strides=2, padding="same",
                     activation="leaky_relu", name="conv1")(net)
        net = keras.layers.Conv2D(hparams.filters * 2, 4, strides=2, padding="same",
                                  use_bias=False, name="conv2")(net)
        net = normalized(net, "conv2", "leaky_relu")
        outputs = Conv2DBiasAdd(1, 4, padding="same", name="outputs")(net)
    return keras.Model(images, outputs, name=name)


def code_translator(hparams):
    """Images of the other domain, in (-1, 1), of images and of codes [batch, latent_size].

    The code is added to the input, a map for each of its numbers: the first layer of the U-Net has
    no normalisation, which would cancel what is the same everywhere (Zhu et al. 2017b).
    """
    with keras.name_scope("generator"):
        images, codes = keras.Input(hparams.image_shape), keras.Input((hparams.latent_size,))
        net = maps(images)
        height, width, channels = net.shape[1:]
        spread = SpreadCodes(height, width, name="codes")(codes)
        net = keras.layers.Concatenate(name="inputs")([net, spread])
        net = unet(net, channels, hparams)
        translated = keras.layers.Reshape(hparams.image_shape, name="images")(net)
    return keras.Model([images, codes], translated, name="generator")


def encoder(hparams):
    """z_mean and z_log_var, each [batch, latent_size], of images (E_CNN of Zhu et al. 2017b)."""
    with keras.name_scope("encoder"):
        images = keras.Input(hparams.image_shape)
        net = maps(images)
        net = Conv2D(hparams.filters, 4, strides=2, padding="same",
                     activation="leaky_relu", name="conv1")(net)
        net = keras.layers.Conv2D(hparams.filters * 2, 4, strides=2, padding="same",
                                  use_bias=False, name="conv2")(net)
        net = normalized(net, "conv2", "leaky_relu")
        net = keras.layers.Flatten(name="flat")(net)
        z_mean = keras.layers.Dense(hparams.latent_size, name="z_mean")(net)
        z_log_var = keras.layers.Dense(hparams.latent_size, name="z_log_var")(net)
    return keras.Model(images, [z_mean, z_log_var], name="encoder")
