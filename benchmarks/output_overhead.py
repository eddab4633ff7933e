"""Cost of what a run writes: its summaries for TensorBoard, its checkpoints, its grids of samples.

    python -m benchmarks.output_overhead --model=mlp_gan --batch_size=64 --repeats=20

Each wing trains in a process of its own. Of four stretches of 50 steps one ends in a summary, one
in a checkpoint, one in samples and one in none of them, in turn, so that a machine that slows down
slows all; the first four, which trace and compile, are not counted. What each costs is the median
of the differences to the stretch that ends in none, and the ratio is that of training with all
three, as often as the binaries write them, by training without.
"""

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

from groundwork import hyperparameters
from groundwork import models
from groundwork import importing
from groundwork.data.batches import of_digits
from groundwork.run.directory import RunDirectory
from groundwork.run import training_loop
from groundwork.run.run_config import RunConfig
from groundwork.start import Start
from parity import command_line
from parity.workers import RecorderError

WINGS = ("legacy", "modern")
# {what is written: steps from one to the next, by default in a run of 10,000 steps or more}
EVERY = {"summary": 1000, "checkpoint": 1000, "samples": 1000}
STRETCH = 50  # steps
_MODULE = "benchmarks.output_overhead"


class Turn(NamedTuple):
    """Seconds of four neighbouring stretches of training, by what each ends in."""

    plain: float
    summary: float
    checkpoint: float
    samples: float


class InTurn(RunConfig):
    """A `RunConfig` whose stretches, all intervals of one length, end as those of a `Turn`."""

    __slots__ = ()

    def _due(self, step, what):
        stretch = step // self.summary_every - 1
        return step % self.summary_every == 0 and Turn._fields[stretch % 4] == what

    def summary_due(self, step):
        return self._due(step, "summary")

    def checkpoint_due(self, step):
        return self._due(step, "checkpoint")

    def samples_due(self, step):
        return self._due(step, "samples")


class TimedBatches:
    """Batches that remember when each was last asked for: a probe asks before training does."""

    def __init__(self, batches, clock=time.perf_counter):
        self._batches = batches
        self._clock = clock
        self.asked = {}  # {step: seconds}

    def __call__(self, seed, step):
        self.asked[step] = self._clock()
        return self._batches(seed, step)

    def __getattr__(self, name):
        return getattr(self._batches, name)


def turns(asked, every):
    """The `Turn`s in `{step: seconds}`, without the first; `every` is the length of a stretch."""
    starts = [asked[step] for step in sorted(asked) if (step - 1) % every == 0]
    stretches = [end - begin for begin, end in zip(starts, starts[1:])]
    return [Turn(*stretches[i:i + 4]) for i in range(4, len(stretches) - 3, 4)]


def train(wing, model, batch_size, repeats, every=STRETCH):
    """Trains in this process, `every` steps a stretch; the `Turn`s."""
    hparams = hyperparameters.make(model, {"batch_size": batch_size})
    batches = TimedBatches(of_digits(hparams))
    # One step more than whole stretches: its batch tells when the last stretch ended.
    run_config = InTurn(seed=1, dtype="float32", train_steps=every * 4 * (repeats + 1) + 1,
                        log_every=10, sample_every=every, checkpoint_every=every,
                        summary_every=every)
    with importing.importing_tensorflow():
        training = importlib.import_module(wing + ".training")
        build = importlib.import_module(f"{wing}.models.{model}").program
    with tempfile.TemporaryDirectory() as folder:
        with RunDirectory.open(os.path.join(folder, "run"),
                               dict(hyperparameters.to_dict(hparams), wing=wing), {}) as run:
            with training.trainer(build, hparams, run_config.dtype, run_config) as trainer:
                training_loop.train(trainer, Start(run, hparams, batches, run_config))
    return turns(batches.asked, every)


def measure(wing, model, batch_size, repeats):
    """The `Turn`s of a wing, trained in a new process.

    Raises:
      RecorderError: it failed.
    """
    process = subprocess.run(
        [sys.executable, "-m", _MODULE, f"--wing={wing}", f"--model={model}",
         f"--batch_size={batch_size}", f"--repeats={repeats}"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if process.returncode:
        lines = process.stderr.strip().splitlines()
        raise RecorderError(f"{lines[-1] if lines else 'no message'} "
                            f"(exit status {process.returncode} of {wing}.training)")
    return [Turn(*seconds) for seconds in json.loads(process.stdout.splitlines()[-1])]


def table(results):
    """The lines of the table; `results` is `{wing: [Turn]}`, in stretches of `STRETCH` steps."""
    row = "{:6}  {:>9}  {:>10}  {:>13}  {:>10}  {:>14}".format
    lines = [row("wing", "ms a step", *("ms " + what for what in EVERY), "with / without")]
    for wing, found in results.items():
        step = 1000 * statistics.median(turn.plain for turn in found) / STRETCH
        each = {what: 1000 * statistics.median(getattr(turn, what) - turn.plain for turn in found)
                for what in EVERY}
        share = sum(each[what] / (step * steps) for what, steps in EVERY.items())
        lines.append(row(wing, f"{step:.3f}", *(f"{cost:.1f}" for cost in each.values()),
                         f"{1 + share:.4f}"))
    return lines


def _parser():
    parser = command_line.Parser(
        prog=_MODULE, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=list(models.MODELS), default="mlp_gan")
    parser.add_argument("--batch_size", type=command_line.count, default=64, metavar="N")
    parser.add_argument("--repeats", type=command_line.count, default=20, metavar="N",
                        help="turns of four stretches; default: 20")
    parser.add_argument("--wing", choices=WINGS, help="train this one here; for our own use")
    return parser


def main(argv):
    """Measures, then prints the table; as a wing's process, prints its seconds as JSON."""
    asked = _parser().parse_args(argv)
    if asked.wing:
        print(json.dumps(train(asked.wing, asked.model, asked.batch_size, asked.repeats)))
        return 0
    results = {}
    for wing in WINGS:
        command_line.progress(f"{wing}: {4 * (asked.repeats + 1) * STRETCH} steps")
        results[wing] = measure(wing, asked.model, asked.batch_size, asked.repeats)
    often = ", ".join(f"{what} every {steps}" for what, steps in EVERY.items())
    print(f"{asked.model}, batch {asked.batch_size}, {often} steps, "
          f"{os.cpu_count()} cores; medians of {asked.repeats}")
    print("\n".join(table(results)))
    return 0


if __name__ == "__main__":
    sys.exit(command_line.run(_MODULE, main))
