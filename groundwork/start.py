"""From flags to what a training binary needs; all that can be refused is refused here."""

import os
import platform
from typing import Any, NamedTuple

import numpy as np

from groundwork import flags
from groundwork import hyperparameters
from groundwork import parity_mode
from groundwork.data import datasets
from groundwork.data.batches import Batches
from groundwork.errors import UsageError
from groundwork.run import grids
from groundwork.run.directory import read_config, RunDirectory
from groundwork.run.plan import Plan

PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn", "pillow")
DOCUMENTS = {"mlp_gan": "D3 §4.1", "vae": "D3 §4.2", "bgd_gan": "D4 §3, §4"}


class Start(NamedTuple):
    """What `main` hands to `training.train`."""

    run: RunDirectory
    hparams: Any
    batches: Batches
    plan: Plan


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


def _settings(model):
    return {
        "document": DOCUMENTS[model],
        "flags": flags.given_flags(),
        "versions": _versions(),
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": os.environ.get("TF_NUM_INTRAOP_THREADS", "all"),
    }


def training(wing, stock_optimizers=False):
    """Reads the flags of a training binary and opens its run directory.

    Args:
      wing: "legacy" or "modern"; a run belongs to one.
      stock_optimizers: part of the run's identity.

    Raises:
      UsageError: a flag, the data set or the run directory is not usable.
    """
    if flags.FLAGS.stock_optimizers and wing == "legacy":
        raise UsageError(
            "--stock_optimizers: expected with modern.train only, received by legacy.train")
    hparams = flags.hyperparameters_from_flags()
    run_dir = flags.required("run_dir")
    dataset = datasets.load(flags.FLAGS.dataset, data_dir=flags.FLAGS.data_dir)
    batches = Batches(dataset, hparams, flags.FLAGS.dtype)
    plan = Plan(
        seed=flags.FLAGS.seed,
        dtype=flags.FLAGS.dtype,
        train_steps=flags.train_steps_from_flags(batches.steps_per_epoch),
        log_every=flags.FLAGS.log_every,
        sample_every=flags.FLAGS.sample_every,
        checkpoint_every=flags.FLAGS.checkpoint_every,
        parity_mode=flags.FLAGS.parity_mode)
    if plan.parity_mode:
        parity_mode.set_environment()
    identity = dict(
        hyperparameters.to_dict(hparams),
        wing=wing, dataset=dataset.name, data_digest=dataset.digest, seed=plan.seed,
        dtype=plan.dtype, batch_size=batches.batch_size, stock_optimizers=stock_optimizers,
        parity_mode=plan.parity_mode)
    run = RunDirectory.open(
        run_dir, identity, _settings(identity["model"]), overwrite=flags.FLAGS.overwrite)
    return Start(run, hparams, batches, plan)


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
    output = flags.FLAGS.output
    if not output.endswith(".png"):
        raise UsageError("--output={}: expected a file name that ends in .png".format(output))
    if not os.path.isdir(os.path.dirname(output) or "."):
        raise UsageError("--output={}: expected a file in an existing folder, received one in a "
                         "folder that does not exist".format(output))
    return Sampling(
        checkpoints=os.path.join(run_dir, "checkpoints"),
        hparams=hyperparameters.from_dict(identity),
        model=identity["model"],
        seed=identity["seed"],
        dtype=identity["dtype"],
        stock_optimizers=identity["stock_optimizers"],
        output=output)


def write_samples(asked, images):
    """Writes the grid of a sampling binary; `images` is None when the run has no checkpoint."""
    if images is None:
        raise UsageError("{}: expected a checkpoint, received a run that has written none".format(
            asked.checkpoints))
    if not np.isfinite(images).all():
        raise UsageError("{}: expected a checkpoint that gives finite images, received one that "
                         "gives NaN or infinity".format(asked.checkpoints))
    try:
        grids.write_png(asked.output, grids.tile(images))
    except OSError as error:
        raise UsageError("--output={}: expected a file that can be written, received {}".format(
            asked.output, error))
    print("{}: {} images".format(asked.output, len(images)))
