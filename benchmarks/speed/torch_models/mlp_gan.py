"""GAN of fully connected layers (D3 §4.1)."""

from benchmarks.speed.torch_models import gan
from benchmarks.speed.torch_models.layers import leaky_relu, stack

losses = gan.losses


def networks(hparams):
    """G from noise to flat images [batch, 784], D from these to logits [batch, 1]."""
    return {"generator": stack(leaky_relu, hparams["noise_size"], hidden1=128, hidden2=256,
                               hidden3=512, output=784),
            "discriminator": stack(leaky_relu, 784, hidden1=512, hidden2=256, hidden3=128,
                                   output=1)}
