"""Hyper-parameters of the multimodal GAN (D0 §5), which is BicycleGAN (Zhu et al. 2017b)."""

import dataclasses
from typing import Optional

from groundwork import accepted
from groundwork import optimizers
from groundwork import schedules
from groundwork.fields import hyperparameter
from groundwork.models import model
from groundwork.models import translation
from groundwork.training_options import TrainingOptions

STYLES = 6  # outputs of an input, in a grid of samples


@dataclasses.dataclass(frozen=True)
class MultimodalGan(model.Model):
    """Named in D0 §5, for "images of several styles": a style is a latent code, our reading.

    Weights, code and optimiser are those of Zhu et al. 2017b; the networks are small and a batch is
    larger than the paper's, our choice.
    """

    batch_size: Optional[int] = model.batch_size(8)
    image_format: str = translation.image_format("28x28x3")
    filters: int = translation.filters()
    latent_size: int = hyperparameter(8, "width of multimodal_gan's latent code", accepted.COUNT)
    reconstruction_weight: float = hyperparameter(
        10.0, "weight of multimodal_gan's distance of an image from what its code gives",
        accepted.NOT_NEGATIVE)
    latent_weight: float = hyperparameter(
        0.5, "weight of multimodal_gan's distance of a code from that of what it gives",
        accepted.NOT_NEGATIVE)
    divergence_weight: float = hyperparameter(
        0.01, "weight of multimodal_gan's divergence of codes from normal noise",
        accepted.NOT_NEGATIVE)
    optimizer: model.Optimizer = optimizers.Adam(learning_rate=2e-4, beta1=0.5)
    schedule: model.Schedule = schedules.Constant()
    options: TrainingOptions = TrainingOptions()

    document = "D0 §5; Zhu et al. 2017b"
    second_domain = "edges_of_painted"
    paired = True
    sample_count = 8
    grid_columns = 2 + STYLES  # what is translated, the real image, translations

    @property
    def image_shape(self):
        """[height, width] or [height, width, 3]."""
        return translation.image_shape(self.image_format)

    @property
    def weights_per_noise(self):
        """Of the generator's first layer, and of the encoder's two last ones."""
        height, width = self.image_shape[:2]
        return 16 * self.filters + 2 * (height // 4) * (width // 4) * 2 * self.filters

    @property
    def weights_of_filters(self):
        """Those of the generator's middle."""
        return translation.weights_of_filters("unet", self.filters)

    def phase_inputs(self):
        """Pairs of images, and the noise of both paths."""
        inputs = {"images": self.image_shape, "images_b": self.image_shape,
                  "epsilon": (self.latent_size,), "noise": (self.latent_size,)}
        return {"generator": inputs, "discriminator": inputs}

    def sample_inputs(self):
        return {"images": self.image_shape, "images_b": self.image_shape,
                "styles": (STYLES, self.latent_size)}
