"""Refuses sizes that do not fit into memory, before anything is made.

What is counted is what must be there for certain: the batches of one step, images that are kept,
the weights that widths of noise and numbers of filters ask for with their gradients and slots, and
the picture of samples. Outputs of the layers come on top, so that a size which passes can still be
too large.
"""

import numpy as np

from groundwork.data import memory
from groundwork.errors import UsageError
from groundwork.models.model import MASK_SEED
from groundwork.run import config_file

# Flags of what the first layers are given beside the image, and of other sizes.
_NOISE_WIDTHS = ("noise_size", "latent_size", "hidden_units", "class_count", "code_size")
_SIZES = _NOISE_WIDTHS + ("filters", "residual_blocks", "pool_size", "image_format", "line_length")
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")


def refuse_training(hparams, rows, dtype):
    """Refuses a training step that does not fit into memory.

    Args:
      hparams: the model's hyper-parameters.
      rows: images of a batch.
      dtype: "float32" or "float64".

    Raises:
      UsageError: it does not; says how much is asked for, how much is free, and by which flags.
    """
    numbers = 0
    for phase, inputs in hparams.phase_inputs().items():
        numbers += hparams.repeats(phase) * sum(
            _product(shape) for name, shape in inputs.items() if name != MASK_SEED)
    numbers *= rows * hparams.options.accumulate_steps
    # A weight, its gradient, its slots, its average.
    copies = 2 + hparams.optimizer.slots + bool(hparams.options.ema_decay)
    numbers += copies * _weights(hparams)
    numbers += hparams.kept_images * _product(hparams.image_shape)
    given = dict(_values(hparams, _SIZES + ("n_critic",)), batch_size=rows,
                 accumulate_steps=hparams.options.accumulate_steps)
    _refuse(given, "a training step", numbers * _bytes(dtype))


def refuse_sampling(hparams, count, walk, scale, dtype):
    """Refuses samples that do not fit into memory.

    Args:
      hparams: the model's hyper-parameters.
      count: images, or noises of a walk.
      walk: images from each noise to the next, or None.
      scale: pixels a side of each pixel of the picture.
      dtype: "float32" or "float64".

    Raises:
      UsageError: they do not; says how much is asked for, how much is free, and by which flags.
    """
    rows = count * (walk or 1)
    pixels = rows * _product(hparams.image_shape)
    numbers = pixels + _weights(hparams) + rows * sum(
        _product(shape) for shape in hparams.sample_inputs().values())
    picture = pixels * scale ** 2 if hparams.image_shape else 0  # one byte each
    given = dict(_values(hparams, _SIZES), count=count, interpolate=walk, scale=scale)
    _refuse(given, "samples", numbers * _bytes(dtype) + picture)


def _refuse(given, what, wanted):
    free = memory.free_bytes()
    if free is not None and wanted > free:
        flags = " ".join("--{}={}".format(name, config_file.shown(value))
                         for name, value in sorted(given.items()) if value is not None)
        raise UsageError("{}: expected {} within the {} of memory that are free, received at least "
                         "{}".format(flags, what, size(free), size(wanted)))


def _values(hparams, flags):
    """`{flag: value}` of those that a model has."""
    return {flag: getattr(hparams, flag) for flag in flags if hasattr(hparams, flag)}


def _weights(hparams):
    return hparams.weights_of_filters + hparams.weights_per_noise * sum(
        _values(hparams, _NOISE_WIDTHS).values())


def _bytes(dtype):
    return np.dtype(dtype).itemsize


def _product(shape):
    """The number of elements, as an int of any size."""
    product = 1
    for length in shape:
        product *= length
    return product


def size(count):
    """A number of bytes in words, such as "1.5 GB"."""
    unit = 0
    while count >= 1000 ** (unit + 1) and unit < len(_UNITS) - 1:
        unit += 1
    tenths = 10 * count // 1000 ** unit
    if tenths >= 10 ** 5:
        return "more than 10000 YB"
    return "{}.{} {}".format(tenths // 10, tenths % 10, _UNITS[unit]) if unit else (
        "{} B".format(count))
