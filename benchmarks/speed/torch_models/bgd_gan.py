"""GAN trained by batch gradient descent (D4 §3, §4)."""

import functools

from torch.nn.functional import softplus

from benchmarks.speed.torch_models import gan
from benchmarks.speed.torch_models.layers import leaky_relu, stack


def generator_loss(generated):
    """E[log(1 - D(G(z)))], what G can change of D4 §3.1's game."""
    return -softplus(generated).mean()


losses = functools.partial(gan.losses, of_generator=generator_loss)


def networks(hparams):
    """G from noise to flat images [batch, 784], D from these to logits [batch, 1]."""
    return {"generator": stack(leaky_relu, hparams["noise_size"], hidden1=128, hidden2=128,
                               output=784),
            "discriminator": stack(leaky_relu, 784, hidden1=128, hidden2=128, logits=1)}
