"""Hyper-parameters of the GAN trained by batch gradient descent (D4 §3, §4)."""

import dataclasses
from typing import Optional

from groundwork import optimizers
from groundwork import schedules
from groundwork.models import model
from groundwork.training_options import TrainingOptions


@dataclasses.dataclass(frozen=True)
class BgdGan(model.Gan):
    """D4 §3 and §4. The learning rate is open there; the batch is a mini-batch in its code."""

    variant: str = model.variant()
    phases: str = model.phases("alternating")
    batch_size: Optional[int] = model.batch_size(None)
    noise_size: int = model.noise_size()
    label_smoothing: float = model.label_smoothing()
    optimizer: model.Optimizer = optimizers.GradientDescent(learning_rate=0.01)  # our choice
    schedule: model.Schedule = schedules.Constant()
    options: TrainingOptions = TrainingOptions()

    document = "D4 §3, §4"
    weights_per_noise = 128  # units of the generator's first layer
    # D4's code draws a mini-batch; how large is open there.
    variant_defaults = {"as_written": {"batch_size": 64}}
