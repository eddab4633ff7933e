"""A run as its config.json describes it, whichever version wrote that, with every value checked."""

import os
from typing import Any, Dict, NamedTuple

from groundwork import accepted
from groundwork import fields
from groundwork import flags
from groundwork import hyperparameters
from groundwork.data import augmentation
from groundwork.data import datasets
from groundwork.data import domains
from groundwork.errors import UsageError
from groundwork.run import earlier_versions
from groundwork.run.directory import CONFIG, read_config

WINGS = ("legacy", "modern")
_SWITCH = accepted.Accepted(None, lambda value: True, "true or false", bool)
_TEXT = accepted.Accepted(str, lambda text: True, "a text")

# What samples are drawn by, beside the hyper-parameters.
_REQUIRED = {"wing": accepted.one_of(WINGS), "seed": accepted.SEED,
             "dtype": accepted.one_of(flags.DTYPES), "stock_optimizers": _SWITCH}
# Of these a run is told from another by comparison.
_COMPARED = {"dataset": accepted.one_of(datasets.NAMES), "data_digest": _TEXT,
             "augment": accepted.some_of(augmentation.NAMES), "parity_mode": _SWITCH,
             "dataset_b": accepted.one_of(domains.NAMES), "data_digest_b": _TEXT,
             "warm_start": _TEXT, "warm_start_scopes": accepted.SCOPES}


class StoredRun(NamedTuple):
    """What makes a stored run what it is."""

    identity: Dict[str, Any]  # with the fields that its version did not have
    hparams: Any


def read(run_dir):
    """The `StoredRun` of a folder.

    Raises:
      UsageError: there is no run, or a field is missing or has a value that no flag gives.
    """
    identity = earlier_versions.completed(read_config(run_dir)["identity"])
    try:
        hparams = hyperparameters.from_dict(identity)
        for name, values in _REQUIRED.items():
            fields.stored(identity, name, values)
        for name, values in _COMPARED.items():
            if identity.get(name) is not None:
                fields.stored(identity, name, values)
    except UsageError as error:
        raise UsageError("{}: {}".format(os.path.join(run_dir, CONFIG), error)) from error
    return StoredRun(identity, hparams)
