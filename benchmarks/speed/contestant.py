"""A contestant's process: `python -m benchmarks.speed.contestant KIND SETTINGS`.

It answers each line on standard input as `pace.Pace` says, and at its end says its peak memory.
SETTINGS are JSON: `settings.of` makes them.
"""

import importlib
import json
import os
import sys

from benchmarks.speed.pace import Finished, Pace

# Modules with `run(kind, settings, pace)`, which ends by `Finished`. Each is imported in the
# process of its own contestants only: PyTorch's have no TensorFlow, and the other way round.
MODULES = {
    "legacy": "benchmarks.speed.wings",
    "modern": "benchmarks.speed.wings",
    "forced": "benchmarks.speed.forced",
    "keras_fit": "benchmarks.speed.keras_fit",
    "torch_eager": "benchmarks.speed.torch_steps",
    "torch_compile": "benchmarks.speed.torch_steps",
    "limit": "benchmarks.speed.limit",
    "inputs": "benchmarks.speed.inputs",
}


def peak_megabytes():
    """Peak of this process's memory. Not `getrusage`, which counts its parent's before `exec`."""
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main(kind, settings):
    """Takes steps until standard input ends."""
    # Answers alone go to standard output, whatever libraries and training print there.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    pace = Pace(sys.stdin, answers)
    try:
        importlib.import_module(MODULES[kind]).run(kind, json.loads(settings), pace)
    except Finished:
        pace.answer(peak_megabytes=peak_megabytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
