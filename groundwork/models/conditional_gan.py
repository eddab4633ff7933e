"""Hyper-parameters of the conditional GAN (D0 §5, D4 §5; Mirza & Osindero 2014)."""

import dataclasses
from typing import Optional

from groundwork import optimizers
from groundwork import schedules
from groundwork.models import model
from groundwork.models import networks
from groundwork.training_options import TrainingOptions


@dataclasses.dataclass(frozen=True)
class ConditionalGan(networks.OtherNetworks, model.ClassGrid, model.Gan):
    """Named in D0 §5 and D4 §5, without numbers: those of `mlp_gan`."""

    networks: str = networks.networks()
    phases: str = model.phases("simultaneous")
    batch_size: Optional[int] = model.batch_size(64)  # our choice
    noise_size: int = model.noise_size()
    class_count: int = model.class_count()
    label_smoothing: float = model.label_smoothing()
    optimizer: model.Optimizer = optimizers.Adam(learning_rate=2e-4, beta1=0.5)
    schedule: model.Schedule = schedules.Constant()
    options: TrainingOptions = TrainingOptions()

    document = "D0 §5, D4 §5; Mirza & Osindero 2014"

    def phase_inputs(self):
        phases = super().phase_inputs()
        for inputs in phases.values():
            inputs["classes"] = (self.class_count,)
            if "images" in inputs:
                inputs["labels"] = (self.class_count,)
        return phases

    def sample_inputs(self):
        return {"noise": (self.noise_size,), "classes": (self.class_count,)}
