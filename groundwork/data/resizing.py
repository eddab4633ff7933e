"""Resamples stacks of images."""

import numpy as np


def resize(images, image_shape):
    """Resamples images with Pillow's bicubic filter.

    Pillow resamples uint8 in fixed-point arithmetic, so the bytes are the same on every machine.

    Args:
        images: uint8, or float32 in [-1, 1], [count, height, width] or [count, height, width, 3].
        image_shape: (height, width) of the result, in pixels.

    Returns:
        Array of the same type, range and channels, [count, *image_shape, ...]; `images` itself if
        it already has that shape.
    """
    height, width = image_shape
    if images.shape[1:3] == (height, width):
        return images

    resized = np.empty((len(images), height, width) + images.shape[3:], images.dtype)
    resize_one = _resize_bytes if images.dtype == np.uint8 else _resize_floats
    for source, target in zip(images, resized):
        target[:] = resize_one(source, (width, height))
    return resized


def _resize_bytes(image, size):
    from PIL import Image

    return Image.fromarray(image).resize(size, Image.BICUBIC)


def _resize_floats(image, size):
    """Channel by channel, which is all that Pillow does for floats; clipped where it overshoots."""
    from PIL import Image

    if image.ndim == 3:
        return np.stack([_resize_floats(image[..., i], size) for i in range(3)], axis=-1)
    resized = Image.fromarray(np.ascontiguousarray(image)).resize(size, Image.BICUBIC)
    return np.clip(np.asarray(resized), -1, 1)
