"""Augmentation (D3 §3.6): rotate, flip, crop, translate and distort, as one warp of each image.

D3 names the transforms and leaves their strengths open; those below are our choice. They are
applied in the document's order, whatever the order in which they are named.
"""

import numpy as np

from groundwork import randomness
from groundwork.data import warping

NAMES = ("rotate", "flip", "crop", "translate", "distort")

ROTATE_DEGREES = 15.0  # at most, to either side
FLIP_PROBABILITY = 0.5  # left and right swapped
CROP_SIDE = 0.8  # of the image's height and width, at least; enlarged to the whole again
TRANSLATE_FRACTION = 0.1  # of the image's height and of its width, at most, to either side
DISTORT_CELLS = 3  # of the control grid, along each side of the image
# Of the image's height and width: how far a control point moves, at most. Below 0.48 cells no fold
# can come about (Choi and Lee 2000).
DISTORT_FRACTION = 0.15

_CONTROL_POINTS = DISTORT_CELLS + 3  # along each side, of a uniform cubic B-spline
# Columns of the numbers that are drawn for an image.
_ANGLE, _FLIP, _SIDE, _TOP, _LEFT, _DOWN, _RIGHT = range(7)
_CONTROL = slice(7, 7 + 2 * _CONTROL_POINTS ** 2)


def augment(images, transforms, seed, stream, step):
    """Augments a batch: a pure function of (seed, stream, step) and an image's place in the batch.

    A transform draws the same numbers whichever others there are. What comes from outside an image
    repeats its nearest edge pixel.

    Args:
        images: float32 [batch, height, width] or [batch, height, width, 3], in [-1, 1].
        transforms: some of `NAMES`.
        seed, stream, step: as `randomness.generator` takes them.

    Returns:
        float32 array of the same shape and range; `images` itself without transforms.
    """
    if not transforms:
        return images
    draws = randomness.generator(seed, stream, step).random((len(images), _CONTROL.stop))
    shape = images.shape[1:3]
    maps = np.broadcast_to(_affine(transforms, shape, draws), (len(images), 2, 3))
    displacements = None
    if "distort" in transforms:
        displacements = _displacements(shape, draws[:, _CONTROL])
    return warping.warp(images, maps, displacements)


def _affine(transforms, shape, draws):
    """The map of all transforms but the distortion; `draws` [count, ...] are uniform in [0, 1)."""
    height, width = shape
    signed = 2 * draws - 1
    maps = []
    if "rotate" in transforms:
        maps.append(warping.rotation(ROTATE_DEGREES * signed[:, _ANGLE]))
    if "flip" in transforms:
        maps.append(warping.reflection(draws[:, _FLIP] < FLIP_PROBABILITY))
    if "crop" in transforms:
        side = CROP_SIDE + (1 - CROP_SIDE) * draws[:, _SIDE]
        free = (1 - side) / 2  # between the part and the image's edges, as a fraction
        maps.append(warping.window(
            side, free * height * signed[:, _TOP], free * width * signed[:, _LEFT]))
    if "translate" in transforms:
        maps.append(warping.translation(
            TRANSLATE_FRACTION * height * signed[:, _DOWN],
            TRANSLATE_FRACTION * width * signed[:, _RIGHT]))
    composed = warping.identity()
    for one in maps:
        composed = warping.compose(one, composed)
    return composed


def _displacements(shape, draws):
    """Free-form deformation (Rueckert et al. 1999): a smooth field from a coarse control grid.

    Args:
        shape: (height, width).
        draws: uniform in [0, 1), [count, 2 * _CONTROL_POINTS ** 2].

    Returns:
        float64 [count, 2, height, width], in pixels.
    """
    control = (2 * draws - 1).reshape(-1, 2, _CONTROL_POINTS, _CONTROL_POINTS)
    down, across = _spline_weights(shape[0]), _spline_weights(shape[1])
    # Added one by one, for the same bits from every NumPy.
    lines = sum(down[:, k, None] * control[:, :, None, k] for k in range(_CONTROL_POINTS))
    field = sum(lines[..., k, None] * across[:, k] for k in range(_CONTROL_POINTS))
    return DISTORT_FRACTION * np.array(shape)[:, None, None] * field


def _spline_weights(size):
    """Float64 [size, _CONTROL_POINTS]: how much each control point weighs at each pixel; sums 1."""
    place = np.linspace(0, DISTORT_CELLS, size)
    cell = np.minimum(place.astype(int), DISTORT_CELLS - 1)
    t = place - cell
    weights = np.zeros((size, _CONTROL_POINTS))
    for offset, weight in enumerate((
            (1 - t) * (1 - t) * (1 - t), 4 + t * t * (3 * t - 6),
            1 + 3 * t * (1 + t * (1 - t)), t * t * t)):
        weights[np.arange(size), cell + offset] = weight / 6
    return weights
