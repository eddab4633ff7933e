"""Hyper-parameters of the self-attention GAN (named in D3 §2; Zhang et al. 2019)."""

import dataclasses
from typing import Optional

from groundwork import accepted
from groundwork import optimizers
from groundwork import schedules
from groundwork.fields import hyperparameter
from groundwork.models import model
from groundwork.training_options import TrainingOptions


@dataclasses.dataclass(frozen=True)
class AttentionGan(model.Gan):
    """Named in D3 §2 as AT-GAN; the rates and Adam's numbers are those of Zhang et al. 2019."""

    phases: str = model.phases("alternating")
    batch_size: Optional[int] = model.batch_size(64)  # our choice, as the sizes of the layers
    noise_size: int = model.noise_size()
    image_size: int = hyperparameter(
        32, "height and width of the images: 32 or 64", accepted.one_number_of((32, 64)))
    discriminator_learning_rate: float = model.discriminator_learning_rate(4e-4)
    optimizer: model.Optimizer = optimizers.Adam(learning_rate=1e-4, beta1=0.0, beta2=0.9)
    schedule: model.Schedule = schedules.Constant()
    options: TrainingOptions = TrainingOptions()

    document = "D3 §2; Zhang et al. 2019"
    weights_per_noise = 4 * 4 * 128  # units of the generator's first layer

    @property
    def image_shape(self):
        """[height, width, 3] of the images."""
        return (self.image_size, self.image_size, 3)
