"""Other batches in the place of those that a captured program was fed."""

import numpy as np

from parity.reference import captured as captures
from parity.reference import steps


def captured(job):
    """The `Captured` of a job, its calls fed with what the file "batches" gives, if it has one."""
    if not job.get("batches"):
        return captures.read(job["captured"])
    found = captures.Captured(job["captured"])
    give(found, job["batches"])
    return found


def give(captured, path):
    """Lets the calls of each step take other values.

    Args:
      captured: a `parity.reference.captured.Captured`.
      path: an .npz file of `<step>/<tensor>`, steps from 0; an input of several calls of a step
        has one value in all of them, and what is not in the file stays as it was captured.
    """
    with np.load(path, allow_pickle=False) as file:
        given = {}
        for name in file.files:
            step, _, tensor = name.partition("/")
            given.setdefault(int(step), {})[tensor] = file[name]
    for number, calls in enumerate(steps.grouped(captured)):
        for call in calls:
            call.feed(given.get(number, {}))
