"""Tiny dense GAN of numbers in [0, 1] (D1 §3, §4); the trainer clips D's weights."""

from torch import nn

from benchmarks.speed.torch_models import gan
from benchmarks.speed.torch_models.layers import stack

losses = gan.losses


def networks(hparams):
    """G from noise to numbers [batch, 1] in (0, 1), D from these to logits [batch, 1]."""
    generator = stack(nn.ReLU, hparams["noise_size"], hidden=20, output=1)
    generator.add_module("sigmoid", nn.Sigmoid())
    return {"generator": generator, "discriminator": stack(nn.ReLU, 1, hidden=20, logits=1)}
