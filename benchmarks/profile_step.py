"""Where a training step spends its time: its operations, by TensorFlow's profiler.

    python -m benchmarks.profile_step --wing=modern --model=dcgan

Milliseconds are those of all threads together, and of a model that is compiled by XLA most is one
operation. The profiler leaves out what takes microseconds.
"""

import argparse
import collections
import glob
import importlib
import os
import re
import sys
import tempfile

from groundwork import hyperparameters
from groundwork import importing
from groundwork import models
from groundwork.data.batches import of_digits
from groundwork.run.run_config import RunConfig
from parity import command_line

_BEFORE = 12  # steps: tracing, compiling, first allocations
STEPS = 10
# "node:Type"; the profiler's own events are called otherwise.
_OPERATION = re.compile(r"[^:]+:(\w+)")


def profiled(wing, model, steps=STEPS):
    """`{operation type: (milliseconds a step, operations a step)}`, the longest first.

    Args:
      wing: "legacy" or "modern".
      model: the model's name.
      steps: how many are profiled.
    """
    hparams = hyperparameters.make(model, {})
    far = 10 ** 9
    run_config = RunConfig(seed=1, dtype="float32", train_steps=far, log_every=steps,
                           sample_every=far, checkpoint_every=far, summary_every=far)
    with importing.importing_tensorflow():
        training = importlib.import_module(wing + ".training")
        build = importlib.import_module(f"{wing}.models.{model}").program
    with tempfile.TemporaryDirectory() as folder, training.trainer(
            build, hparams, "float32", run_config) as trainer:
        trainer.initialize(run_config.seed, {})
        events = trainer.open_events(folder, 1)
        _take(trainer, of_digits(hparams), 0, _BEFORE)
        done = _take(trainer, of_digits(hparams), _BEFORE, steps, os.path.join(folder, "profile"))
        events.close()
        return _totals(os.path.join(folder, "profile"), done)


def _take(trainer, batches, first, count, profile=""):
    """Takes at least `count` steps after the first ones; returns how many."""
    from tensorflow import profiler

    if profile:
        profiler.experimental.start(profile)
    step = first
    while step < first + count:
        step += len(list(trainer.steps(lambda at: batches(1, at), step, 10 ** 9)))
    if profile:
        profiler.experimental.stop()
    return step - first


def _totals(folder, steps):
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    path, = glob.glob(os.path.join(folder, "**", "*.xplane.pb"), recursive=True)
    with open(path, "rb") as file:
        planes = xplane_pb2.XSpace.FromString(file.read()).planes
    found = collections.defaultdict(lambda: [0.0, 0.0])
    for plane in planes:
        for event in (event for line in plane.lines for event in line.events):
            named = _OPERATION.fullmatch(plane.event_metadata[event.metadata_id].name)
            if named:
                operation = named[1]
                found[operation][0] += event.duration_ps / 1e9 / steps
                found[operation][1] += 1 / steps
    return dict(sorted(((name, tuple(total)) for name, total in found.items()),
                       key=lambda entry: -entry[1][0]))


def main(argv):
    """Reads the flags and prints the operations; returns the exit status."""
    parser = command_line.Parser(prog="benchmarks.profile_step", description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wing", choices=("legacy", "modern"), default="modern")
    parser.add_argument("--model", choices=list(models.MODELS), required=True)
    asked = parser.parse_args(argv)
    totals = profiled(asked.wing, asked.model)
    if not totals:
        command_line.progress("the profiler saw no operation")
        return command_line.EXIT_FAULT
    print("ms a step  operations")
    for name, (milliseconds, count) in totals.items():
        print(f"{milliseconds:9.2f}  {count:6.1f} {name}")
    print(f"{sum(each for each, _ in totals.values()):9.2f}  in all")
    return 0


if __name__ == "__main__":
    sys.exit(command_line.run("benchmarks.profile_step", main))
