"""Turns stacks of images from colour to grey and back."""

import numpy as np

_LUMA = (0.299, 0.587, 0.114)  # weights of red, green and blue, ITU-R BT.601


def to_grey(images):
    """Luma, as Pillow's mode "L" weighs it.

    Args:
        images: uint8, or float32 in [-1, 1], [count, height, width, 3].

    Returns:
        The same type and range, [count, height, width].
    """
    if images.dtype != np.uint8:
        red, green, blue = (images[..., i] * np.float32(_LUMA[i]) for i in range(3))
        return np.clip(red + green + blue, -1, 1)

    from PIL import Image

    grey = np.empty(images.shape[:3], np.uint8)
    for source, target in zip(images, grey):
        target[:] = Image.fromarray(source).convert("L")
    return grey


def to_colour(images):
    """Three equal channels, as a read-only view: the memory stays that of one.

    Args:
        images: [count, height, width].

    Returns:
        The same values, [count, height, width, 3].
    """
    return np.broadcast_to(images[..., None], images.shape + (3,))
