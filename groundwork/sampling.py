"""From the flags of a sampling binary to a grid of samples, or a walk between noises."""

import math
import os
from typing import Any, Dict, NamedTuple, Optional

import numpy as np

from groundwork import flags
from groundwork import interpolation
from groundwork import output_file
from groundwork import sizes
from groundwork import stored_data
from groundwork import stored_run
from groundwork.data import lines
from groundwork.data.batches import Batches, sample_batch
from groundwork.errors import UsageError
from groundwork.models import model
from groundwork.run import grids
from groundwork.run import pictures
from groundwork.run import text

LEAST_HEIGHT = 64  # pixels of an image, unless --scale says otherwise
NOISES_OF_A_WALK = 8
MILLISECONDS = 100  # an image of a walk is shown
_NAMES = {model.NUMBERS: "numbers", model.CURVES: "curves", model.TEXT: "lines"}


class Sampling(NamedTuple):
    """A run to draw samples from."""

    checkpoints: str  # folder
    hparams: Any
    model: str
    dtype: str
    stock_optimizers: bool
    batch: Dict[str, Any]  # {"sample/<input>": array}
    walk: Optional[int]  # images from each noise to the next, or None
    scale: int  # pixels a side of each pixel
    output: str  # path of the grid


def from_flags(wing):
    """Reads the flags of a sampling binary.

    Raises:
      UsageError: no run of this wing is there, or its config.json is foreign; the output is no .png
        file name, a walk is asked of a model of no images, or the samples do not fit into memory.
    """
    run_dir = flags.required("run_dir")
    identity, hparams = stored_run.read(run_dir)
    if identity["wing"] != wing:
        raise UsageError("--run_dir={}: expected a run of {}.train, received {}.train's".format(
            run_dir, wing, identity["wing"]))
    walk = flags.FLAGS.interpolate
    if walk and hparams.kind != model.IMAGES:
        raise UsageError("--interpolate={}: expected a model of images, received {}".format(
            walk, identity["model"]))
    if walk and "noise" not in hparams.sample_inputs():
        raise UsageError("--interpolate={}: expected a model that generates from noise, received "
                         "{}".format(walk, identity["model"]))
    count = flags.FLAGS.count or (NOISES_OF_A_WALK if walk else hparams.sample_count)
    _refuse_label(hparams, flags.FLAGS.label, identity["model"])
    _refuse_traversal(hparams, flags.FLAGS.traverse, identity["model"], walk)
    sizes.refuse_sampling(hparams, count, walk, _scale(hparams, flags.FLAGS.scale),
                          identity["dtype"])
    return Sampling(
        checkpoints=os.path.join(run_dir, "checkpoints"),
        hparams=hparams,
        model=identity["model"],
        dtype=identity["dtype"],
        stock_optimizers=identity["stock_optimizers"],
        batch=_batch(hparams, identity, count, walk),
        walk=walk,
        scale=_scale(hparams, flags.FLAGS.scale),
        output=output_file.path())


def _refuse_label(hparams, label, name):
    """Refuses a class of a model that takes none, or that it does not have."""
    if label is None:
        return
    if "classes" not in hparams.sample_inputs():
        raise UsageError("--label={}: expected a model with classes, received {}".format(
            label, name))
    if label >= hparams.class_count:
        raise UsageError("--label={}: expected a class from 0 to {}, received {}".format(
            label, hparams.class_count - 1, label))


def _refuse_traversal(hparams, code, name, walk):
    """Refuses a code of a model that has none, or not as many, and one beside a walk."""
    if code is None:
        return
    if "codes" not in hparams.sample_inputs():
        raise UsageError("--traverse={}: expected a model with codes, received {}".format(
            code, name))
    if code >= hparams.code_size:
        raise UsageError("--traverse={}: expected a code from 0 to {}, received {}".format(
            code, hparams.code_size - 1, code))
    if walk:
        raise UsageError("--traverse={}: expected no --interpolate too, received {}".format(
            code, walk))


def _scale(hparams, given):
    """Pixels a side of each pixel."""
    return given or (math.ceil(LEAST_HEIGHT / hparams.image_shape[0]) if hparams.image_shape else 1)


def _batch(hparams, identity, count, walk):
    seed = identity["seed"] if flags.FLAGS.seed is None else flags.FLAGS.seed
    batches = None
    if hparams.second_domain:
        dataset = stored_data.dataset(flags.FLAGS.run_dir, identity, hparams)
        batches = Batches(dataset, hparams, identity["dtype"])
        if flags.FLAGS.count and count > batches.common_count:
            raise UsageError("--count={}: expected at most {}, the images of the run's data "
                             "set".format(count, batches.common_count))
    batch = sample_batch(hparams, seed, identity["dtype"], count, flags.FLAGS.label,
                         columns=1 if walk else None, batches=batches)
    if flags.FLAGS.traverse is not None:
        return interpolation.traversal(batch, flags.FLAGS.traverse, hparams.grid_columns)
    if walk:
        batch = {name: interpolation.closed_walk(points, walk) if name == "sample/noise"
                 else np.repeat(points, walk, axis=0) for name, points in batch.items()}
    return batch


def write(asked, trainer):
    """Writes the samples of a run's newest checkpoint and says where.

    Args:
      asked: the `Sampling`.
      trainer: the wing's `training.Trainer`.

    Raises:
      UsageError: there is no checkpoint, or it gives images that are not finite.
    """
    if not trainer.restore(asked.checkpoints):
        raise UsageError("{}: expected a checkpoint, received a run that has written none".format(
            asked.checkpoints))
    images = trainer.sample(asked.batch)
    if not np.isfinite(images).all():
        raise UsageError("{}: expected a checkpoint that gives finite images, received one that "
                         "gives NaN or infinity".format(asked.checkpoints))
    if asked.hparams.kind != model.IMAGES:
        output_file.write_png(asked.output, pictures.of_samples(asked.hparams, images))
        print("{}: {} {}".format(asked.output, len(images), _NAMES[asked.hparams.kind]))
        if asked.hparams.kind == model.TEXT:
            _write_text(asked, images)
        return
    output_file.write_png(asked.output, pictures.of_samples(
        asked.hparams, images, columns=asked.walk or asked.hparams.grid_columns,
        classes=asked.batch.get("sample/classes"), scale=asked.scale))
    print("{}: {} images".format(asked.output, len(images)))
    if asked.walk:
        animation = asked.output[:-len(".png")] + ".gif"
        output_file.write_gif(
            animation, [grids.enlarged(grids.tile(image[None]), asked.scale) for image in images],
            MILLISECONDS)
        print("{}: {} images".format(animation, len(images)))


def _write_text(asked, sequences):
    """Writes samples of text as text, beside their picture."""
    path = asked.output[:-len(".png")] + ".txt"
    written = lines.decode(sequences, asked.hparams.alphabet)
    output_file.write_text(path, text.content(written))
    print("{}: {} lines".format(path, len(written)))
