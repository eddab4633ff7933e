"""Prepares a verification: batches, descriptions of both sides, their mapping, and headers."""

import os
import platform

from parity.pair import batches
from parity.pair import captures
from parity.pair import forward
from parity.pair import inputs
from parity.pair import port_inputs
from parity.pair.mapping import mapping

# File of the first step's batch, in the folder of a verification.
EXAMPLE = "example.npz"


def fed(config, described, folder):
    """Path of the file of `--batches` that a capture is fed; "" where there are none.

    Args:
      config: the `PairConfig`.
      described: description of the reference by its recorder.
      folder: folder in which the file is written.
    """
    if not config.batches or not captures.is_capture(config.program):
        return ""
    path = os.path.join(folder, "batches.npz")
    batches.written(config.batches, described, config.steps or described["steps"], path)
    return path


def mapped(config, dtype, reference, port, example):
    """`Mapping` of the reference to the port.

    Args:
      config: the `PairConfig`.
      dtype: the precision.
      reference: description of the reference by its recorder.
      port: the recorder of the port.
      example: file of the first step's batch.
    """
    found = _described(config, dtype, port, example, reference)
    both = forward.alike(reference, found) if reference["forward"] else (reference, found)
    return mapping(*both, config.names)


def _described(config, dtype, port, example, reference):
    """Description of the port, after a step if it makes variables or optimisers while it steps."""
    job = {"program": config.port, "arguments": config.arguments, "dtype": dtype,
           "forward": reference["forward"]}
    found = port("describe", **job)
    if found["variables"] and all(optimizer["built"] for optimizer in found["optimizers"]):
        return found
    _, labels = inputs.pair(reference["inputs"], found["inputs"])
    return port("describe", **job, example=example,
                labels=[port_inputs.plain(name) for name in labels])


def headers(config, found):
    """`{dtype: {"legacy", "modern"}}`: programs, interpreters and versions, for reports."""
    versions = dict(found.reference["versions"])
    sides = {"legacy": {"program": config.command or " ".join(found.reference["program"]),
                        "interpreter": "captured on python " + versions.pop("python", "?"),
                        "versions": versions, "threads": 1},
             "modern": {"program": config.port, "versions": {"keras": found.port["keras"]},
                        "interpreter": "python " + platform.python_version(), "threads": 1}}
    return {dtype: sides for dtype in config.dtypes}
