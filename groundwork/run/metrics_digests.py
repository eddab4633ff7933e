"""checkpoints/metrics.json: digests of metrics.csv as it was at each checkpoint.

Written before its checkpoint. A kill between the two leaves a digest too many, which nobody asks
for; no checkpoint is ever without its digest, unless a version before these wrote it.
"""

import os
import re
from typing import Dict, List, NamedTuple

from groundwork.errors import UsageError
from groundwork.run import checkpoint_files
from groundwork.run import config_file
from groundwork.run.files import write_json

NAME = "metrics.json"


class MetricsDigests(NamedTuple):
    """The content of the file."""

    losses: List[str]  # columns of metrics.csv after the step
    digests: Dict[str, str]  # {step: SHA-256 of the header and the rows up to that step}


def path(folder):
    """Path of the file in a run's folder of checkpoints."""
    return os.path.join(folder, NAME)


def read(folder):
    """The `MetricsDigests` of a run; without any where there is no file.

    Raises:
      UsageError: the file is damaged.
    """
    if not os.path.lexists(path(folder)):
        return MetricsDigests([], {})
    try:
        stored = config_file.load(path(folder))
    except UsageError:
        stored = None
    if not _is_whole(stored):
        raise UsageError("{}: expected digests of metrics.csv, received a damaged file; without it "
                         "the run goes on with the rows that are there".format(path(folder)))
    return MetricsDigests(stored["losses"], stored["digests"])


def write(folder, losses, step, digest):
    """Adds the digest of a step, and drops those of steps that have no checkpoint any more."""
    before = {} if not os.path.lexists(path(folder)) else read(folder).digests
    kept = {str(each) for each in checkpoint_files.steps(folder)}
    digests = {each: value for each, value in before.items() if each in kept}
    digests[str(step)] = digest
    write_json(path(folder), {"losses": list(losses), "digests": digests})


def _is_whole(stored):
    return (isinstance(stored, dict) and set(stored) == {"losses", "digests"}
            and isinstance(stored["losses"], list) and isinstance(stored["digests"], dict)
            and all(isinstance(name, str) for name in stored["losses"])
            and all(re.fullmatch("[0-9]+", step) and isinstance(digest, str)
                    and re.fullmatch("[0-9a-f]{64}", digest)
                    for step, digest in stored["digests"].items()))
