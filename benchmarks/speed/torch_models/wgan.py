"""Wasserstein GAN on the networks of `mlp_gan` (D1 §6); the trainer clips D's weights."""

import functools

from benchmarks.speed.torch_models import gan
from benchmarks.speed.torch_models import mlp_gan

networks = mlp_gan.networks


def generator_loss(generated):
    """-E[D(G(z))]: G raises the critic's score of what it generates."""
    return -generated.mean()


def discriminator_loss(real, generated):
    """E[D(G(z))] - E[D(x)]."""
    return generated.mean() - real.mean()


losses = functools.partial(
    gan.losses, of_generator=generator_loss, of_discriminator=discriminator_loss)
