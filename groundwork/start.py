"""From flags to what a training binary needs; all that can be refused is refused here."""

import os
import platform
from typing import Any, NamedTuple, Optional

from groundwork import fields
from groundwork import flags
from groundwork import hyperparameters
from groundwork import optimizers
from groundwork import parity_mode
from groundwork import sizes
from groundwork import stored_data
from groundwork import stored_run
from groundwork import transfer
from groundwork.data import datasets
from groundwork.data import domains
from groundwork.data.batches import Batches
from groundwork.errors import UsageError
from groundwork.run.directory import holds_run, RunDirectory
from groundwork.run.run_config import RunConfig

PACKAGES = ("tensorflow", "keras", "numpy", "scipy", "scikit-learn", "pillow")


class Start(NamedTuple):
    """A run that is ready to train."""

    run: RunDirectory
    hparams: Any
    batches: Batches
    run_config: RunConfig
    weights: Optional[transfer.Weights] = None  # those that are not drawn; None of a resumed run


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


def _settings(hparams, weights):
    return {
        "warm_start": weights.record() if weights else None,
        "document": hparams.document,
        "flags": flags.given_flags(),
        "versions": _versions(),
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": os.environ.get("TF_NUM_INTRAOP_THREADS", "all"),
        **stored_data.settings(
            hparams, max_data_bytes=flags.FLAGS.max_data_bytes,
            **{name: flags.FLAGS[name].value and os.path.abspath(flags.FLAGS[name].value)
               for name in ("data_dir", "data_dir_b")}),
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
    _refuse_stock_document_optimizer(stock_optimizers, hparams)
    run_dir = flags.in_utf8("run_dir", flags.required("run_dir"))
    flags.in_utf8("warm_start", flags.FLAGS.warm_start or "")
    dataset = _dataset(hparams)
    dataset = domains.with_second(dataset, hparams, flags.FLAGS.dataset_b, flags.FLAGS.data_dir_b,
                                  flags.FLAGS.max_data_bytes)
    transforms = flags.transforms_from_flags()
    count = len(dataset.images)
    sizes.refuse_training(
        hparams, min(hparams.batch_size or count, count), flags.FLAGS.dtype)
    batches = Batches(dataset, hparams, flags.FLAGS.dtype, transforms)
    run_config = _run_config(batches)
    hparams = hyperparameters.of_run(hparams, run_config.train_steps)
    if run_config.parity_mode:
        parity_mode.set_environment()
    warm_start = _warm_start(run_dir, hyperparameters.name_of(hparams))
    weights = None
    if (warm_start or hparams.options.freeze) and not _resumes(run_dir):
        weights = read_weights(hparams, run_config.dtype, warm_start)
    identity = dict(
        hyperparameters.to_dict(hparams),
        wing=wing, dataset=dataset.name, data_digest=dataset.digest,
        augment=",".join(transforms), seed=run_config.seed, dtype=run_config.dtype,
        batch_size=batches.batch_size, stock_optimizers=stock_optimizers,
        parity_mode=run_config.parity_mode, **_source(warm_start, weights))
    identity.update(domains.identity(dataset))
    run = RunDirectory.open(run_dir, identity, _settings(hparams, weights),
                            overwrite=flags.FLAGS.overwrite)
    for line in weights.lines() if weights else []:
        print(line)
    return Start(run, hparams, batches, run_config, weights)


def _dataset(hparams):
    """The data set of the flags, or the only one that the model can be trained on."""
    name = flags.FLAGS.dataset
    if hparams.only_dataset and not flags.FLAGS["dataset"].present:
        name = hparams.only_dataset
    if hparams.only_dataset not in (None, name):
        raise UsageError("--dataset={}: expected {}, which has this model's {}".format(
            name, hparams.only_dataset, hparams.kind))
    return datasets.load(name, hparams.image_shape, flags.FLAGS.data_dir,
                         flags.FLAGS.max_data_bytes, hparams.alphabet)


def _run_config(batches):
    """The `RunConfig` of the flags."""
    train_steps = flags.train_steps_from_flags(batches.steps_per_epoch)
    intervals = {name: flags.interval_from_flags(name, train_steps) for name in flags.INTERVALS}
    return RunConfig(
        seed=flags.FLAGS.seed,
        dtype=flags.FLAGS.dtype,
        train_steps=train_steps,
        log_every=flags.FLAGS.log_every,
        parity_mode=flags.FLAGS.parity_mode,
        animate=flags.FLAGS.animate,
        **intervals)


def _warm_start(run_dir, model):
    """The `transfer.WarmStart` of the flags, or None; a resumed run keeps its own."""
    begun_with = None
    if holds_run(run_dir) and not flags.FLAGS.overwrite:
        begun_with = stored_run.read(run_dir).identity["warm_start"]
    if flags.FLAGS.warm_start and not begun_with and holds_run(flags.FLAGS.warm_start):
        stored_run.read(flags.FLAGS.warm_start)  # refuses a foreign one
    asked = transfer.warm_start(
        flags.FLAGS.warm_start, flags.FLAGS.warm_start_scopes, model, begun_with)
    if asked and (asked.paths[0] + os.sep).startswith(os.path.realpath(run_dir) + os.sep):
        raise UsageError("--warm_start={}: expected another run than --run_dir".format(asked.given))
    return asked


def _resumes(run_dir):
    """True where the run goes on from a checkpoint, so that no weights are drawn or loaded."""
    return not flags.FLAGS.overwrite and bool(transfer.checkpoints(run_dir))


def _source(warm_start, weights):
    """Run identity of a warm start: checkpoint path and scopes. Path and step rather than content,
    since a run is resumed long after its source went on or was removed."""
    if warm_start is None:
        return {"warm_start": None, "warm_start_scopes": ""}
    return {"warm_start": weights.path if weights else warm_start.paths[0],
            "warm_start_scopes": warm_start.scopes}


def _refuse_stock_document_optimizer(stock_optimizers, hparams):
    name = fields.name_of(optimizers.OPTIMIZERS, hparams.optimizer)
    if stock_optimizers and name in optimizers.DOCUMENT_RULES:
        raise UsageError("--stock_optimizers: expected with a rule that Keras has, received with "
                         "--optimizer={}".format(name))
