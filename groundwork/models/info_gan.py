"""Hyper-parameters of InfoGAN (D4 §5; Chen et al. 2016)."""

import dataclasses
from typing import Optional

from groundwork import accepted
from groundwork import optimizers
from groundwork import schedules
from groundwork.fields import hyperparameter
from groundwork.models import model
from groundwork.training_options import TrainingOptions


@dataclasses.dataclass(frozen=True)
class InfoGan(model.ClassGrid, model.Gan):
    """Named in D4 §5, without numbers. Widths of noise and codes are those of Chen et al. 2016 for
    MNIST, the batch size that of their program; the optimiser is `mlp_gan`'s, where the paper has a
    rate for each network."""

    phases: str = model.phases("simultaneous")
    batch_size: Optional[int] = model.batch_size(128)
    noise_size: int = model.noise_size(62)
    class_count: int = model.class_count()
    code_size: int = hyperparameter(2, "continuous codes of InfoGAN", accepted.COUNT)
    information_weight: float = hyperparameter(
        1.0, "weight of InfoGAN's mutual information in both losses", accepted.NOT_NEGATIVE)
    label_smoothing: float = model.label_smoothing()
    optimizer: model.Optimizer = optimizers.Adam(learning_rate=2e-4, beta1=0.5)
    schedule: model.Schedule = schedules.Constant()
    options: TrainingOptions = TrainingOptions()

    document = "D4 §5; Chen et al. 2016"
    weights_per_noise = 128  # units of the generator's first layer

    def phase_inputs(self):
        return {phase: dict(self.sample_inputs(), **inputs)
                for phase, inputs in super().phase_inputs().items()}

    def sample_inputs(self):
        return {"noise": (self.noise_size,), "classes": (self.class_count,),
                "codes": (self.code_size,)}
