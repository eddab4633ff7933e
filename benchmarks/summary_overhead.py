"""Cost of TensorBoard's summaries: time of training with them, by that without.

    python -m benchmarks.summary_overhead --model=mlp_gan --batch_size=64 --repeats=20

Each wing trains in a process of its own. Stretches of 50 steps that end in a summary take turns
with stretches that end in none, so that a machine that slows down slows both; the first two, which
trace and compile, are not counted. What a summary costs is the median of the differences; the ratio
is that of training with a summary every `--summary_every` steps (500, the default of the binaries)
by training without. Samples and checkpoints are left out of both: they would make it smaller.
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
SUMMARY_EVERY = 500
STRETCH = 50  # steps
_MODULE = "benchmarks.summary_overhead"


class Pair(NamedTuple):
    """Two neighbouring stretches of training."""

    shown: float  # seconds of the one with a summary
    plain: float  # seconds of the one without


class EverySecond(RunConfig):
    """A run_config with a summary after every second stretch only, the first one included."""

    __slots__ = ()

    def summary_due(self, step):
        return step % (2 * self.summary_every) == self.summary_every


class TimedBatches:
    """Batches that remember when each was last asked for: an probe asks before training does."""

    def __init__(self, batches, clock=time.perf_counter):
        self._batches = batches
        self._clock = clock
        self.asked = {}  # {step: seconds}

    def __call__(self, seed, step):
        self.asked[step] = self._clock()
        return self._batches(seed, step)

    def __getattr__(self, name):
        return getattr(self._batches, name)


def pairs(asked, every):
    """The `Pair`s in `{step: seconds}`, without the first; `every` is the length of a stretch."""
    starts = [asked[step] for step in sorted(asked) if (step - 1) % every == 0]
    stretches = [end - begin for begin, end in zip(starts, starts[1:])]
    return [Pair(*stretches[i:i + 2]) for i in range(2, len(stretches) - 1, 2)]


def train(wing, model, batch_size, repeats, every=STRETCH):
    """Trains in this process, `every` steps a stretch; the `Pair`s."""
    hparams = hyperparameters.make(model, {"batch_size": batch_size})
    batches = TimedBatches(of_digits(hparams))
    # One step more than whole stretches: its batch tells when the last stretch ended.
    run_config = EverySecond(seed=1, dtype="float32", train_steps=every * 2 * (repeats + 1) + 1,
                             log_every=10, sample_every=10 ** 9, checkpoint_every=10 ** 9,
                             summary_every=every)
    with importing.importing_tensorflow():
        training = importlib.import_module(wing + ".training")
        build = importlib.import_module(f"{wing}.models.{model}").program
    with tempfile.TemporaryDirectory() as folder:
        with RunDirectory.open(os.path.join(folder, "run"),
                               dict(hyperparameters.to_dict(hparams), wing=wing), {}) as run:
            with training.trainer(build, hparams, run_config.dtype, run_config) as trainer:
                training_loop.train(trainer, Start(run, hparams, batches, run_config))
    return pairs(batches.asked, every)


def measure(wing, asked):
    """The `Pair`s of a wing, trained in a new process.

    Raises:
      RecorderError: it failed.
    """
    process = subprocess.run(
        [sys.executable, "-m", _MODULE, f"--wing={wing}", f"--model={asked.model}",
         f"--batch_size={asked.batch_size}", f"--repeats={asked.repeats}"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if process.returncode:
        lines = process.stderr.strip().splitlines()
        raise RecorderError(f"{lines[-1] if lines else 'no message'} "
                            f"(exit status {process.returncode} of {wing}.training)")
    return [Pair(*seconds) for seconds in json.loads(process.stdout.splitlines()[-1])]


def table(results, summary_every):
    """The lines of the table; `results` is `{wing: [Pair]}`, in stretches of `STRETCH` steps."""
    row = "{:6}  {:>9}  {:>12}  {:>14}".format
    lines = [row("wing", "ms a step", "ms a summary", "with / without")]
    for wing, found in results.items():
        step = 1000 * statistics.median(pair.plain for pair in found) / STRETCH
        summary = 1000 * statistics.median(pair.shown - pair.plain for pair in found)
        lines.append(row(wing, f"{step:.3f}", f"{summary:.1f}",
                         f"{1 + summary / (step * summary_every):.4f}"))
    return lines


def _parser():
    parser = command_line.Parser(
        prog=_MODULE, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=list(models.MODELS), default="mlp_gan")
    parser.add_argument("--batch_size", type=command_line.count, default=64, metavar="N")
    parser.add_argument("--summary_every", type=command_line.count, default=SUMMARY_EVERY,
                        metavar="N", help=f"steps; default: {SUMMARY_EVERY}")
    parser.add_argument("--repeats", type=command_line.count, default=20, metavar="N",
                        help="pairs of stretches; default: 20")
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
        command_line.progress(f"{wing}: {2 * (asked.repeats + 1) * STRETCH} steps")
        results[wing] = measure(wing, asked)
    print(f"{asked.model}, batch {asked.batch_size}, a summary every {asked.summary_every} steps, "
          f"{os.cpu_count()} cores; medians of {asked.repeats}")
    print("\n".join(table(results, asked.summary_every)))
    return 0


if __name__ == "__main__":
    sys.exit(command_line.run(_MODULE, main))
