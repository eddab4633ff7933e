"""Hyper-parameters of the Wasserstein GAN (D1 §6, D2 §2; Arjovsky et al. 2017)."""

import dataclasses
from typing import Optional

from groundwork import accepted
from groundwork import optimizers
from groundwork import schedules
from groundwork.fields import hyperparameter
from groundwork.models import model
from groundwork.models import networks
from groundwork.training_options import TrainingOptions


@dataclasses.dataclass(frozen=True)
class Wgan(networks.OtherNetworks, model.Model):
    """Named in D1 §6 and D2 §2; the numbers are those of Arjovsky et al. 2017."""

    networks: str = networks.networks()
    batch_size: Optional[int] = model.batch_size(64)
    noise_size: int = model.noise_size()
    n_critic: int = hyperparameter(
        5, "critic phases a generator phase of wgan", accepted.COUNT)
    weight_clip: Optional[float] = model.weight_clip(0.01)
    gradient_penalty: float = hyperparameter(
        0.0, "weight of wgan's gradient penalty, which replaces clipping; 0: none",
        accepted.NOT_NEGATIVE)
    optimizer: model.Optimizer = optimizers.RmsProp(learning_rate=5e-5)
    schedule: model.Schedule = schedules.Constant()
    options: TrainingOptions = TrainingOptions()

    document = "D1 §6, D2 §2; Arjovsky et al. 2017"
    replaced_flags = {"weight_clip": "gradient_penalty"}

    def repeats(self, phase):
        return self.n_critic if phase == "discriminator" else 1

    @property
    def clip_limit(self):
        """The bound of the critic's weights, or None."""
        return None if self.gradient_penalty else self.weight_clip

    def phase_inputs(self):
        critic = {"noise": (self.noise_size,), "images": self.image_shape}
        if self.gradient_penalty:
            critic["mixing"] = (1,)
        return {"discriminator": critic, "generator": {"noise": (self.noise_size,)}}

    def sample_inputs(self):
        return {"noise": (self.noise_size,)}
