"""From flags to what a training binary needs; all that can be refused is refused here."""

import os
import platform
from typing import Any, NamedTuple, Optional

import numpy as np

from groundwork import flags
from groundwork import hyperparameters
from groundwork import optimizers
from groundwork import parity_mode
from groundwork import settings
from groundwork import transfer
from groundwork.data import datasets
from groundwork.data.batches import Batches
from groundwork.errors import UsageError
from groundwork.run import grids
from groundwork.run import pictures
from groundwork.run.directory import holds_run, read_config, RunDirectory
from groundwork.run.plan import Plan

PACKAGES = ("tensorflow", "keras", "numpy", "scipy", "scikit-learn", "pillow")
DOCUMENTS = {"mlp_gan": "D3 §4.1", "vae": "D3 §4.2", "bgd_gan": "D4 §3, §4",
             "dense_gan": "D1 §3, §4", "wgan": "D1 §6, D2 §2; Arjovsky et al. 2017",
             "dcgan": "D0 §4"}


class Start(NamedTuple):
    """What `main` hands to `training.train`."""

    run: RunDirectory
    hparams: Any
    batches: Batches
    plan: Plan
    weights: Optional[transfer.Weights] = None  # what is not drawn; None for a resumed run


def _versions():
    try:
        from importlib import metadata
    except ImportError:  # Python 3.7
        import importlib_metadata as metadata
    installed = {}
    for package in PACKAGES:
        try:
            installed[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return dict(installed, python=platform.python_version())


def _settings(model, weights):
    return {
        "warm_start": weights.record() if weights else None,
        "document": DOCUMENTS[model],
        "flags": flags.given_flags(),
        "versions": _versions(),
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": os.environ.get("TF_NUM_INTRAOP_THREADS", "all"),
    }


def training(wing, read_weights, stock_optimizers=False):
    """Reads the flags of a training binary and opens its run directory.

    Args:
      wing: "legacy" or "modern"; a run belongs to one.
      read_weights: function (hparams, dtype, `transfer.WarmStart` or None) that makes the model,
        and gives the `transfer.Weights` that it starts with or None. Called for a new run with
        --warm_start or --freeze, before its directory is made: it can refuse them.
      stock_optimizers: part of the run's identity.

    Raises:
      UsageError: a flag, the data set or the run directory is not usable.
    """
    if flags.FLAGS.stock_optimizers and wing == "legacy":
        raise UsageError(
            "--stock_optimizers: expected with modern.train only, received by legacy.train")
    hparams = flags.hyperparameters_from_flags()
    _refuse_stock_printed_rule(stock_optimizers, hparams)
    run_dir = flags.required("run_dir")
    dataset = datasets.load(flags.FLAGS.dataset, hparams.image_shape, flags.FLAGS.data_dir)
    transforms = flags.transforms_from_flags()
    batches = Batches(dataset, hparams, flags.FLAGS.dtype, transforms)
    plan = Plan(
        seed=flags.FLAGS.seed,
        dtype=flags.FLAGS.dtype,
        train_steps=flags.train_steps_from_flags(batches.steps_per_epoch),
        log_every=flags.FLAGS.log_every,
        sample_every=flags.FLAGS.sample_every,
        checkpoint_every=flags.FLAGS.checkpoint_every,
        summary_every=flags.FLAGS.summary_every,
        parity_mode=flags.FLAGS.parity_mode)
    hparams = hyperparameters.of_run(hparams, plan.train_steps)
    if plan.parity_mode:
        parity_mode.set_environment()
    warm_start = _warm_start(run_dir, hyperparameters.name_of(hparams))
    weights = None
    if (warm_start or hparams.tools.freeze) and not _resumes(run_dir):
        weights = read_weights(hparams, plan.dtype, warm_start)
    identity = dict(
        hyperparameters.to_dict(hparams),
        wing=wing, dataset=dataset.name, data_digest=dataset.digest,
        augment=",".join(transforms), seed=plan.seed, dtype=plan.dtype,
        batch_size=batches.batch_size, stock_optimizers=stock_optimizers,
        parity_mode=plan.parity_mode, **_source(warm_start, weights))
    run = RunDirectory.open(run_dir, identity, _settings(identity["model"], weights),
                            overwrite=flags.FLAGS.overwrite)
    for line in weights.lines() if weights else []:
        print(line)
    return Start(run, hparams, batches, plan, weights)


def _warm_start(run_dir, model):
    """The `transfer.WarmStart` of the flags, or None; a resumed run keeps its own."""
    begun_with = None
    if holds_run(run_dir) and not flags.FLAGS.overwrite:
        begun_with = read_config(run_dir)["identity"].get("warm_start")
    asked = transfer.warm_start(
        flags.FLAGS.warm_start, flags.FLAGS.warm_start_scopes, model, begun_with)
    if asked and (asked.paths[0] + os.sep).startswith(os.path.realpath(run_dir) + os.sep):
        raise UsageError("--warm_start={}: expected another run than --run_dir".format(asked.given))
    return asked


def _resumes(run_dir):
    """Whether weights are there that the run goes on from, so that none are drawn or loaded."""
    return not flags.FLAGS.overwrite and bool(transfer.checkpoints(run_dir))


def _source(warm_start, weights):
    """What of a warm start makes two runs the same run: path and step rather than content, since a
    run is resumed long after its source went on or was removed."""
    if warm_start is None:
        return {"warm_start": None, "warm_start_scopes": ""}
    return {"warm_start": weights.path if weights else warm_start.paths[0],
            "warm_start_scopes": warm_start.scopes}


def _refuse_stock_printed_rule(stock_optimizers, hparams):
    name = settings.name_of(optimizers.OPTIMIZERS, hparams.optimizer)
    if stock_optimizers and name in optimizers.PRINTED:
        raise UsageError("--stock_optimizers: expected with a rule that Keras has, received with "
                         "--optimizer={}".format(name))


class Sampling(NamedTuple):
    """What a sampling binary needs: no data set, no flags but the run."""

    checkpoints: str  # folder
    hparams: Any
    model: str
    seed: int
    dtype: str
    stock_optimizers: bool
    output: str  # path of the grid


def sampling(wing):
    """Reads the flags of a sampling binary.

    Raises:
      UsageError: no run of this wing is there, or the output is no .png file name.
    """
    run_dir = flags.required("run_dir")
    identity = read_config(run_dir)["identity"]
    if identity.get("wing") != wing:
        raise UsageError("--run_dir={}: expected a run of {}.train, received {}.train's".format(
            run_dir, wing, identity.get("wing")))
    return Sampling(
        checkpoints=os.path.join(run_dir, "checkpoints"),
        hparams=hyperparameters.from_dict(identity),
        model=identity["model"],
        seed=identity["seed"],
        dtype=identity["dtype"],
        stock_optimizers=identity["stock_optimizers"],
        output=output_path())


def write_samples(asked, images):
    """Writes the grid of a sampling binary; `images` is None when the run has no checkpoint."""
    if images is None:
        raise UsageError("{}: expected a checkpoint, received a run that has written none".format(
            asked.checkpoints))
    if not np.isfinite(images).all():
        raise UsageError("{}: expected a checkpoint that gives finite images, received one that "
                         "gives NaN or infinity".format(asked.checkpoints))
    write_grid(asked.output, pictures.of_samples(images))
    kind = "images" if images.ndim > 2 else "numbers"
    print("{}: {} {}".format(asked.output, len(images), kind))


def output_path():
    """The value of --output; UsageError unless it is a .png file name in an existing folder."""
    output = flags.FLAGS.output
    if not output.endswith(".png"):
        raise UsageError("--output={}: expected a file name that ends in .png".format(output))
    if not os.path.isdir(os.path.dirname(output) or "."):
        raise UsageError("--output={}: expected a file in an existing folder, received one in a "
                         "folder that does not exist".format(output))
    return output


def write_grid(output, grid):
    """Writes a picture to --output; UsageError when it cannot be written."""
    try:
        grids.write_png(output, grid)
    except OSError as error:
        raise UsageError("--output={}: expected a file that can be written, received {}".format(
            output, error))
