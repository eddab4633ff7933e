"""Hyper-parameters of the variational autoencoder (D3 §4.2)."""

import dataclasses
from typing import Optional

from groundwork import accepted
from groundwork import optimizers
from groundwork import schedules
from groundwork.fields import hyperparameter
from groundwork.models import model
from groundwork.training_options import TrainingOptions


@dataclasses.dataclass(frozen=True)
class Vae(model.Model):
    """D3 §4.2. Width of z, batch size and optimiser are open there."""

    variant: str = model.variant()
    batch_size: Optional[int] = model.batch_size(64)  # our choice
    latent_size: int = hyperparameter(20, "width of the VAE's z", accepted.COUNT)  # our choice
    optimizer: model.Optimizer = optimizers.Adam(learning_rate=1e-3)
    schedule: model.Schedule = schedules.Constant()
    options: TrainingOptions = TrainingOptions()

    document = "D3 §4.2"
    weights_per_noise = 3 * 64  # of the mean's, the log variance's and the decoder's first layer

    def phase_inputs(self):
        return {"vae": {"images": (784,), "epsilon": (self.latent_size,)}}

    def sample_inputs(self):
        return {"noise": (self.latent_size,)}
