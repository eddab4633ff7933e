"""Hyper-parameters that the models share which translate images: size, networks."""

from typing import Any, NamedTuple

from groundwork import accepted
from groundwork.fields import hyperparameter


class Domains(NamedTuple):
    """What belongs to each of two domains, such as a batch of images."""

    a: Any
    b: Any


class Paths(NamedTuple):
    """What belongs to each of BicycleGAN's two paths (Zhu et al. 2017b), such as images made."""

    autoencoded: Any  # with the code of the real image: the path of the conditional VAE
    drawn: Any  # with a drawn code: the path of latent regression


def image_format(default):
    """The field --image_format."""
    return hyperparameter(
        default, "height and width of the images that are translated, x3 for colours",
        accepted.IMAGE_FORMAT)


def image_shape(text):
    """The shape that a text such as "28x28" (grey) or "64x64x3" stands for."""
    return tuple(int(extent) for extent in text.split("x"))


def translator():
    """The field --translator."""
    return hyperparameter(
        "resnet", "generators that translate: resnet (Johnson et al. 2016) or unet (Isola et al. "
        "2017)", accepted.one_of(("resnet", "unet")))


def filters():
    """The field --filters."""
    return hyperparameter(
        16, "filters of the first convolution of each network that translates or judges "
        "translations", accepted.COUNT)


def residual_blocks():
    """The field --residual_blocks."""
    return hyperparameter(3, "residual blocks of --translator=resnet", accepted.COUNT)


def weights_of_filters(name, count, blocks=0):
    """Weights in the middle of a translator of some filters, a part of all.

    Args:
      name: --translator.
      count: --filters.
      blocks: --residual_blocks, each of two 3x3 convolutions of four times the filters.
    """
    return {"resnet": blocks * 2 * 3 ** 2 * (4 * count) ** 2,
            "unet": 4 ** 2 * (2 * count) * (4 * count)}[name]
