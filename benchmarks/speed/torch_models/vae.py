"""Variational autoencoder of fully connected layers (D3 §4.2)."""

import torch
from torch import nn
from torch.nn.functional import softplus

from benchmarks.speed.torch_models.layers import stack


class Vae(nn.Module):
    """Encoder and decoder, of flat images [batch, 784] and z [batch, latent_size]."""

    def __init__(self, latent_size):
        super().__init__()
        self.encoder = nn.ModuleDict({
            "hidden1": nn.Linear(784, 128), "hidden2": nn.Linear(128, 64),
            "z_mean": nn.Linear(64, latent_size), "z_log_var": nn.Linear(64, latent_size)})
        self.decoder = stack(nn.ReLU, latent_size, hidden1=64, hidden2=128, output=784)

    def forward(self, images, epsilon):
        """z's mean and standard deviation, and reconstructions [batch, 784]."""
        hidden = torch.relu(self.encoder["hidden1"](images))
        hidden = torch.relu(self.encoder["hidden2"](hidden))
        mean = self.encoder["z_mean"](hidden)
        deviation = softplus(self.encoder["z_log_var"](hidden))
        return mean, deviation, self.decoder(mean + epsilon * deviation)


def networks(hparams):
    """One module, as one loss updates both networks."""
    return {"vae": Vae(hparams["latent_size"])}


def losses(modules, unused_phase, inputs):
    """Squared error summed over pixels plus KL divergence, means over the batch."""
    mean, deviation, reconstructed = modules["vae"](inputs["images"], inputs["epsilon"])
    variance = deviation.square()
    divergence = 0.5 * (mean.square() + variance - 1.0 - variance.log()).sum(1).mean()
    return {"vae": (inputs["images"] - reconstructed).square().sum(1).mean() + divergence}
