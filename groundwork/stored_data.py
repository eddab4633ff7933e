"""The data set of a stored run, for models that generate their samples from real images."""

from groundwork import accepted
from groundwork import fields
from groundwork.data import datasets
from groundwork.data import domains
from groundwork.errors import UsageError
from groundwork.run.directory import read_config

_PATH = accepted.Accepted(str, lambda text: True, "a path")


def settings(hparams, **given):
    """What of the flags a run keeps in its config.json to find its data set again; nothing of a
    model that needs none to be sampled.

    Args:
      hparams: the model's hyper-parameters.
      **given: `data_dir` and `data_dir_b`, absolute or None, and `max_data_bytes`.
    """
    return {"data": given} if hparams.second_domain else {}


def dataset(run_dir, identity, hparams):
    """The `Dataset` that a run is trained with.

    Args:
      run_dir: the run's folder.
      identity: as `stored_run.read` gives it.
      hparams: the run's hyper-parameters.

    Raises:
      UsageError: the data set is gone, or has other contents.
    """
    try:
        found = _load(read_config(run_dir)["settings"].get("data", {}), identity, hparams)
    except UsageError as error:
        raise UsageError("--run_dir={}: expected its data set, which samples are generated from, "
                         "received: {}".format(run_dir, error)) from error
    digests = dict(domains.identity(found), data_digest=found.digest)
    changed = [name for name, digest in sorted(digests.items()) if identity.get(name) != digest]
    if changed:
        raise UsageError("--run_dir={}: expected the data set that it was trained with, received "
                         "another ({} differs)".format(run_dir, ", ".join(changed)))
    return found


def _load(where, identity, hparams):
    """The data set with its second domain, from where the run found it."""
    folder, folder_b = [fields.stored(where, name, _PATH, optional=True)
                        for name in ("data_dir", "data_dir_b")]
    max_bytes = fields.stored(where, "max_data_bytes", accepted.COUNT)
    first = datasets.load(identity["dataset"], hparams.image_shape, folder, max_bytes)
    return domains.with_second(first, hparams, identity["dataset_b"], folder_b, max_bytes)
