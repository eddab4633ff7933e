"""Hyper-parameters of the deep convolutional GAN (D0 §4, D2 §2)."""

import dataclasses
from typing import Optional

from groundwork import accepted
from groundwork import optimizers
from groundwork import schedules
from groundwork.fields import hyperparameter
from groundwork.models import model
from groundwork.training_options import TrainingOptions


@dataclasses.dataclass(frozen=True)
class Dcgan(model.Gan):
    """D0 §4. Its Adam is Keras's, with Keras's epsilon; it has one variant."""

    phases: str = model.phases("simultaneous")
    batch_size: Optional[int] = model.batch_size(32)
    noise_size: int = model.noise_size()
    dropout: float = hyperparameter(
        0.3, "part of the discriminator's activations that is dropped", accepted.FRACTION)
    label_smoothing: float = model.label_smoothing()
    architecture: str = hyperparameter("d0", "networks of the document D0 §4 or D2 §2: d0, d2",
                                       accepted.one_of(("d0", "d2")))
    generator_loss: str = hyperparameter(
        "standard", "standard: on all generated images; gat: on those that D takes for real "
        "(D2 §2)", accepted.one_of(("standard", "gat")))
    optimizer: model.Optimizer = optimizers.Adam(learning_rate=2e-4, beta1=0.5, epsilon=1e-7)
    schedule: model.Schedule = schedules.Constant()
    options: TrainingOptions = TrainingOptions()

    document = "D0 §4"
    image_shape = (64, 64, 3)

    @property
    def weights_per_noise(self):
        """Units of the generator's first layer."""
        return 128 if self.architecture == "d2" else 8 * 8 * 128

    def phase_inputs(self):
        """As of every GAN; the seed of the masks is one for all examples."""
        phases = super().phase_inputs()
        return {phase: dict(inputs, **{model.MASK_SEED: (2,)}) for phase, inputs in phases.items()}

    def check(self):
        self.refuse_smoothing("architecture", "d2", "whose labels are classes")
