"""Replaces the batches that a captured program was fed."""

import numpy as np

from parity.reference import captured as captures
from parity.reference import steps


def captured(job):
    """`Captured` of a job; its calls are fed with the job's file of "batches", if it has one."""
    if not job.get("batches"):
        return captures.read(job["captured"])
    found = captures.Captured(job["captured"])
    give(found, job["batches"])
    return found


def give(captured, path):


    """Feeds the calls of each step with other values.

    Args:
      captured: a `parity.reference.captured.Captured`.
      path: an .npz file of `<step>/<tensor>`, steps from 0. A value is fed to all calls of its
        step; inputs that are not in the file keep their captured values.
    """
    with np.load(path, allow_pickle=False) as file:
        given = {}
        for name in file.files:
            step, _, tensor = name.partition("/")
            given.setdefault(int(step), {})[tensor] = file[name]
    for number, calls in enumerate(steps.grouped(captured)):
        for call in calls:
            call.feed(given.get(number, {}))
