"""Hyper-parameters of the GAN of fully connected layers (D3 §4.1)."""

import dataclasses
from typing import Optional

from groundwork import optimizers
from groundwork import schedules
from groundwork.models import model
from groundwork.training_options import TrainingOptions


@dataclasses.dataclass(frozen=True)
class MlpGan(model.Gan):
    """D3 §4.1. The optimisers are arguments there: D0's Adam, with TensorFlow 1's epsilon."""

    variant: str = model.variant()
    phases: str = model.phases("simultaneous")
    batch_size: Optional[int] = model.batch_size(64)  # our choice
    noise_size: int = model.noise_size()
    label_smoothing: float = model.label_smoothing()
    optimizer: model.Optimizer = optimizers.Adam(learning_rate=2e-4, beta1=0.5)
    schedule: model.Schedule = schedules.Constant()
    options: TrainingOptions = TrainingOptions()

    document = "D3 §4.1"
    weights_per_noise = 128  # units of the generator's first layer
