"""Hyper-parameters of the tiny dense GAN of numbers (D1 §3, §4)."""

import dataclasses
from typing import Optional

from groundwork import optimizers
from groundwork import schedules
from groundwork.models import model
from groundwork.training_options import TrainingOptions


@dataclasses.dataclass(frozen=True)
class DenseGan(model.Gan):
    """D1 §3 and §4: SGD and weight clipping by its text, Adam by its code (tf.keras: 1e-7)."""

    variant: str = model.variant()
    phases: str = model.phases("simultaneous")
    batch_size: Optional[int] = model.batch_size(128)
    noise_size: int = model.noise_size()
    label_smoothing: float = model.label_smoothing()
    weight_clip: Optional[float] = model.weight_clip(1.0)  # our choice, as that it is D's
    optimizer: model.Optimizer = optimizers.GradientDescent(learning_rate=0.05)  # our choice
    schedule: model.Schedule = schedules.Constant()
    options: TrainingOptions = TrainingOptions()

    document = "D1 §3, §4"
    weights_per_noise = 20  # units of the generator's first layer
    variant_defaults = {"as_written": {
        "optimizer": optimizers.Adam(learning_rate=2e-4, beta1=0.5, epsilon=1e-7),
        "weight_clip": None}}
    image_shape = ()  # numbers
    sample_count = 1024
    real_images_as_written = True
