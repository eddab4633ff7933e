"""The port, batches and random draws that a job of the recorder gives."""

import json

from parity.common import arrays
from parity.common import cache
from parity.common import keys
from parity.port import draws
from parity.port import feeding
from parity.port import loading
from parity.port import port as ports

# The port that was built last.
_KEPT = cache.Cache(most=1)


def port(job, batch=None):
    """`Port` of a job, which later jobs on the same program and precision share.

    Args:
      job: the job.
      batch: a `feeding.Batch` for a port that makes variables while it steps; the job's "example"
        if None.
    """
    if batch is None and job.get("example"):
        example = arrays.Given([job["example"]]).under("")
        batch = feeding.Batch.of(example, job.get("labels", ()), job["dtype"])
    built = (job["program"], job["dtype"], job.get("arguments", {}), job.get("forward", False))
    key = json.dumps(built, sort_keys=True)
    found = _KEPT.get(key, lambda: ports.Port(loading.build(*built), batch))
    if found.complete or batch is None:
        return found
    return _KEPT.get(key + " complete", lambda: ports.Port(loading.build(*built), batch))


def batch_of(job, given, step):
    """`feeding.Batch` of a step.

    Args:
      job: the job, with names of "labels" and the "dtype".
      given: the job's `arrays.Given`, with input/<step>/<phase>/<input>.
      step: number of the step.
    """
    fed = {}
    for key, value in given.under(keys.prefix("input", step)).items():
        phase, _, name = key.partition("/")
        if name in fed and not (fed[name].shape == value.shape and (fed[name] == value).all()):
            name = f"{phase}/{name}"
        fed[name] = value
    fed.update((f"gathered/{key}", value)
               for key, value in given.under(keys.prefix("gathered", step)).items())
    return feeding.Batch.of(fed, job.get("labels", ()), job["dtype"])


def draws_of(job, given, step):
    """`Draws` that answer a step; arguments as for `batch_of`."""
    kinds = job.get("draws", {}).get(str(step), [])
    numbers = given.under(keys.prefix("draw", step))
    return draws.Draws([numbers[str(number)] for number in range(len(kinds))], kinds)
