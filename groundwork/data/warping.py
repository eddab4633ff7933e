"""Warps of images: affine maps, a displacement field, one bilinear interpolation.

A map takes a point of the result to the point of the image from which its value is read. Points are
(y, x) in pixels from the image's centre, y downwards; a map is float64 [2, 3], the linear part
and, in the last column, the shift. Arrays [count] of numbers give [count, 2, 3], a map each. Sums
are spelled out rather than left to BLAS, and angles go through `math`, so that no NumPy computes
another bit.
"""

import math

import numpy as np

_CHUNK = 256  # images; bounds the memory of their coordinates
_COSINE, _SINE = (np.vectorize(function, otypes=[float]) for function in (math.cos, math.sin))


def _map(*terms):
    terms = np.stack(np.broadcast_arrays(*terms), axis=-1)
    return terms.astype(float).reshape(terms.shape[:-1] + (2, 3))


def identity():
    """Leaves every point where it is."""
    return _map(1, 0, 0, 0, 1, 0)


def rotation(degrees):
    """Turns the image counter-clockwise about its centre."""
    radians = np.asarray(degrees) * (math.pi / 180)
    cosine, sine = _COSINE(radians), _SINE(radians)
    return _map(cosine, sine, 0, -sine, cosine, 0)


def reflection(mirrored):
    """Swaps left and right where `mirrored` is true."""
    return _map(1, 0, 0, 0, np.where(mirrored, -1, 1), 0)


def translation(down, right):
    """Moves the image by numbers of pixels."""
    return _map(1, 0, -down, 0, 1, -right)


def window(side, down, right):
    """Enlarges a part of the image to the whole.

    Args:
        side: height and width of the part, as a fraction of the image's.
        down, right: pixels from the image's centre to the part's.
    """
    return _map(side, 0, down, 0, side, right)


def compose(outer, inner):
    """The map of the image to which `inner` was applied first, `outer` next."""
    composed = (inner[..., 0, None] * outer[..., None, 0, :]
                + inner[..., 1, None] * outer[..., None, 1, :])
    composed[..., 2] += inner[..., 2]
    return composed


def warp(images, maps, displacements=None):
    """Warps each image by its own map; where that reads outside, the nearest edge pixel is taken.

    Args:
        images: float32 [count, height, width] or [count, height, width, channels].
        maps: float64 [count, 2, 3].
        displacements: float64 [count, 2, height, width], in pixels, added to a point before the map
            takes it; None for none.

    Returns:
        float32 array of the same shape, within the range of `images`.
    """
    warped = np.empty(images.shape, np.float32)
    for first in range(0, len(images), _CHUNK):
        part = slice(first, first + _CHUNK)
        coordinates = _coordinates(
            images.shape[1:3], maps[part], None if displacements is None else displacements[part])
        if images.ndim == 3:
            warped[part] = _interpolate(images[part], coordinates)
        else:
            for channel in range(images.shape[3]):
                warped[part, ..., channel] = _interpolate(images[part, ..., channel], coordinates)
    return warped


def _coordinates(shape, maps, displacements):
    """Coordinates from which each pixel of the results is read, in a pile of the images.

    Returns:
        float64 [2, count, height, width]: rows and columns, inside the edges of the own image.
    """
    height, width = shape
    y = np.arange(height)[:, None] - (height - 1) / 2
    x = np.arange(width)[None, :] - (width - 1) / 2
    if displacements is not None:
        y, x = y + displacements[:, 0], x + displacements[:, 1]
    terms = maps[..., None, None]
    coordinates = np.empty((2, len(maps), height, width))
    for axis, size in enumerate(shape):
        read = terms[:, axis, 0] * y + terms[:, axis, 1] * x + (terms[:, axis, 2] + (size - 1) / 2)
        np.clip(read, 0, size - 1, out=coordinates[axis])
    coordinates[0] += np.arange(len(maps))[:, None, None] * height
    return coordinates


def _interpolate(images, coordinates):
    """Bilinear interpolation of [count, height, width] at the coordinates of `_coordinates`."""
    from scipy import ndimage

    return ndimage.map_coordinates(
        images.reshape(-1, images.shape[2]), coordinates, output=np.float32, order=1,
        mode="nearest", prefilter=False)
