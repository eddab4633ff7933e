"""Deep convolutional GAN (D0 §4). Maps are [batch, channels, height, width] with channels last in
memory, the order that PyTorch's convolutions on CPUs are fastest in."""

import collections

import torch
from torch import nn

from benchmarks.speed.torch_models import gan
from benchmarks.speed.torch_models.layers import leaky_relu

losses = gan.losses
# TensorFlow's "same" at stride 2.
_SHAPE = {"kernel_size": 4, "stride": 2, "padding": 1}
# Keras's epsilon; its momentum 0.8 is what stays of the average.
_NORM = {"eps": 1e-3, "momentum": 0.2}


class Maps(nn.Module):
    """Maps [batch, 128, 8, 8] of vectors [batch, 8192] that hold them with channels last."""

    def forward(self, vectors):
        """The maps, a view."""
        return vectors.view(-1, 8, 8, 128).permute(0, 3, 1, 2)


class Flat(nn.Module):
    """Vectors of maps, in the order of memory."""

    def forward(self, maps):
        """The vectors [batch, height * width * channels]."""
        return maps.permute(0, 2, 3, 1).flatten(1)


def _generator(noise_size):
    return nn.Sequential(collections.OrderedDict([
        ("dense", nn.Linear(noise_size, 8 * 8 * 128)), ("activation1", leaky_relu()),
        ("norm1", nn.BatchNorm1d(8 * 8 * 128, **_NORM)), ("maps", Maps()),
        ("deconv1", nn.ConvTranspose2d(128, 128, **_SHAPE)), ("activation2", leaky_relu()),
        ("norm2", nn.BatchNorm2d(128, **_NORM)),
        ("deconv2", nn.ConvTranspose2d(128, 64, **_SHAPE)), ("activation3", leaky_relu()),
        ("norm3", nn.BatchNorm2d(64, **_NORM)),
        ("deconv3", nn.ConvTranspose2d(64, 3, **_SHAPE)), ("activation4", nn.Tanh())]))


def _discriminator(rate):
    return nn.Sequential(collections.OrderedDict([
        ("conv1", nn.Conv2d(3, 64, **_SHAPE)), ("activation1", leaky_relu()),
        ("dropout1", nn.Dropout(rate)),
        ("conv2", nn.Conv2d(64, 128, **_SHAPE)), ("activation2", leaky_relu()),
        ("dropout2", nn.Dropout(rate)), ("flat", Flat()),
        ("logits", nn.Linear(16 * 16 * 128, 1))]))


def networks(hparams):
    """G from noise to images [batch, 3, 64, 64] in (-1, 1), D from these to logits [batch, 1]."""
    made = {"generator": _generator(hparams["noise_size"]),
            "discriminator": _discriminator(hparams["dropout"])}
    return {name: network.to(memory_format=torch.channels_last)
            for name, network in made.items()}
