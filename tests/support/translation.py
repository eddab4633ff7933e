"""What the tests of both wings' translating models compute with NumPy, or by hand."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf


class Step(NamedTuple):
    """What a pool is given at a step."""

    images: np.ndarray
    reads: np.ndarray
    writes: np.ndarray


def pool_steps():
    """Three `Step`s of a pool of four: it is filled, swaps two of three images, keeps one more."""
    draw = np.random.RandomState(0)
    none = np.zeros((3, 4))
    rows = np.eye(4)
    swaps = np.stack([rows[2], none[0], rows[0]])
    last = np.stack([none[0], rows[3], none[0]])
    for reads, writes in ((none, rows[:3]), (swaps, swaps), (none, last)):
        yield Step(draw.normal(size=(3, 2, 2)), reads, writes)


class Pool(object):
    """A pool of images, as a loop over a batch has it."""

    def __init__(self, size):
        self.images = np.zeros((size, 2, 2))

    def shown(self, step):
        """What is shown in the place of a step's images, which are then taken in."""
        before = self.images.copy()
        for image, write in zip(step.images, step.writes):
            if write.any():
                self.images[write.argmax()] = image
        return np.stack([before[read.argmax()] if read.any() else image
                         for image, read in zip(step.images, step.reads)])


def normalised(images):
    """Images [batch, height, width, channels] with mean 0 and variance 1 of each, by NumPy."""
    mean, variance = images.mean((1, 2), keepdims=True), images.var((1, 2), keepdims=True)
    return (images - mean) / np.sqrt(variance + 1e-5)


def constants(kind):
    """Six pairs of kind `Domains` or `Paths`: judged, originals, returned, unchanged, real, shown.
    """
    numbers = ((0.5, 0.0), (1.0, -1.0), (0.5, 0.0), (1.0, 0.5), (2.0, 1.0), (0.5, 1.0))
    return [kind(*(tf.constant([[number]]) for number in pair)) for pair in numbers]


# Of `constants`, with the weights 3 (cycle) and 2 (identity).
CYCLE_LOSSES = {
    "generators/adversarial": 0.25 + 1.0, "generators/cycle": 0.5 + 1.0,
    "generators/identity": 0.0 + 1.5, "generators": 1.25 + 3 * 1.5 + 2 * 1.5,
    "discriminators/real": 0.5 * (1.0 + 0.0), "discriminators/generated": 0.5 * (0.25 + 1.0),
    "discriminators": 0.5 + 0.625}
# Of judged (0.5, 0), real (1, -1), made (0.5, 0), an image of 1, codes 4 and 2; z of mean (1, 2)
# and standard deviation (1, 0.5); weights 3, 2 and 0.5.
_DIVERGENCE = 0.5 * (1 + 4 + (1 + 0.25) - 2 - np.log(0.25))
PATHS_LOSSES = {
    "generator/adversarial": 0.25 + 1.0, "generator/autoencoded": 0.25,
    "generator/reconstruction": 0.5, "generator/latent": 2.0,
    "generator": 1.25 + 3 * 0.5 + 2 * 2.0,
    "encoder/divergence": _DIVERGENCE, "encoder": 0.25 + 3 * 0.5 + 0.5 * _DIVERGENCE,
    "discriminator/real": 0.0 + 4.0, "discriminator/generated": 0.25 + 0.0,
    "discriminator": 4.25}

# {phase: top-level scopes of the variables that it changes}
MOVED_BY_CYCLE = {
    "generators": {"generator_a", "generator_b"},
    "discriminators": {"discriminator_a", "discriminator_b", "pool_a", "pool_b"}}
MOVED_BY_PATHS = {
    "generator": {"generator", "encoder"},
    "discriminator": {"discriminator", "discriminator_drawn"}}
