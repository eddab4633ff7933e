"""Hyper-parameters of the cycle-consistent GAN (D0 §5; Zhu et al. 2017a)."""

import dataclasses
from typing import Optional

from groundwork import accepted
from groundwork import optimizers
from groundwork import schedules
from groundwork.fields import hyperparameter
from groundwork.models import model
from groundwork.models import translation
from groundwork.training_options import TrainingOptions


@dataclasses.dataclass(frozen=True)
class CycleGan(model.Model):
    """Named in D0 §5; weights, pool and optimiser are those of Zhu et al. 2017a.

    The networks are small and a batch is larger than the paper's one image: our choice, for 28x28
    pixels and two cores.
    """

    batch_size: Optional[int] = model.batch_size(8)
    image_format: str = translation.image_format("28x28")
    translator: str = translation.translator()
    filters: int = translation.filters()
    residual_blocks: int = translation.residual_blocks()
    cycle_weight: float = hyperparameter(
        10.0, "weight of cycle_gan's loss of images that are translated and back",
        accepted.NOT_NEGATIVE)
    identity_weight: float = hyperparameter(
        5.0, "weight of cycle_gan's loss of images that are of the domain already",
        accepted.NOT_NEGATIVE)
    pool_size: int = hyperparameter(
        50, "generated images of each domain that cycle_gan keeps to show them to D later",
        accepted.COUNT)
    optimizer: model.Optimizer = optimizers.Adam(learning_rate=2e-4, beta1=0.5)
    schedule: model.Schedule = schedules.Constant()
    options: TrainingOptions = TrainingOptions()

    document = "D0 §5; Zhu et al. 2017a"
    second_domain = "negative"
    sample_count = 16
    grid_columns = 6  # an image of each domain, translated, and back

    @property
    def image_shape(self):
        """[height, width] or [height, width, 3]."""
        return translation.image_shape(self.image_format)

    @property
    def weights_of_filters(self):
        """Those of both generators' middle."""
        return 2 * translation.weights_of_filters(
            self.translator, self.filters, self.residual_blocks)

    @property
    def kept_images(self):
        """Those of both pools."""
        return 2 * self.pool_size

    def phase_inputs(self):
        """The images of both phases; D is shown what the pools choose."""
        images = self.sample_inputs()
        pools = {name: (self.pool_size,) for name in model.POOL_INPUTS}
        return {"generators": images, "discriminators": dict(images, **pools)}

    def sample_inputs(self):
        return {"images": self.image_shape, "images_b": self.image_shape}
