"""Resamples stacks of grey images."""

import numpy as np


def resize(images, image_shape):
    """Resamples images with Pillow's bicubic filter.

    Pillow resamples uint8 in fixed-point arithmetic, so the bytes are the same on every machine.

    Args:
        images: uint8 array [count, height, width].
        image_shape: (height, width) of the result, in pixels.

    Returns:
        uint8 array [count, *image_shape]; `images` itself if it already has that shape.
    """
    height, width = image_shape
    if images.shape[1:] == (height, width):
        return images

    from PIL import Image

    resized = np.empty((len(images), height, width), np.uint8)
    for source, target in zip(images, resized):
        # Pillow's sizes are (width, height).
        target[:] = Image.fromarray(source).resize((width, height), Image.BICUBIC)
    return resized
