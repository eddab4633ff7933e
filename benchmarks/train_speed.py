"""Milliseconds a training step and peak memory of `legacy.train` and `modern.train`.

    python -m benchmarks.train_speed --model=all
    python -m benchmarks.train_speed --model=mlp_gan,vae --batch_sizes=32,128 --repeats=5

Whole processes, as users start them. A step is the time of a long run less that of a short one,
by the steps between: what starting and ending cost falls out. The two wings take turns, so that a
machine that slows down slows both. How many steps those are follows from a first measurement of
`legacy.train`, so that each model gets about as much time.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

from groundwork import hyperparameters
from parity import command_line
from parity.workers import RecorderError

WINGS = ("legacy", "modern")
PROBE = (40, 70)  # steps of the short and of the long run of the first measurement
_SECONDS = 5.0  # between a short run and a long one
_FEWEST, _MOST = 40, 1000  # steps between them
_ROW = 10  # steps between rows of metrics.csv, up to which loops of steps are compiled


class Process(NamedTuple):
    """Time and memory of one process."""

    seconds: float
    peak_megabytes: float


class Measurement(NamedTuple):
    """One wing, from one short and one long run."""

    milliseconds: float  # a step
    peak_megabytes: float  # of the long run


def run(command, what):
    """Runs a process to its end; its `Process`.

    Raises:
      UsageError: it refused its input.
      RecorderError: it failed.
    """
    with tempfile.TemporaryFile() as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        # Not `wait`: only wait4 tells the peak of this one process. It includes what we are when
        # it is started, so no large library is imported here.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            lines = errors.read().decode("utf-8", "replace").strip().splitlines()
            kind = command_line.UsageError if process.returncode == 64 else RecorderError
            raise kind(f"{lines[-1] if lines else 'no message'} "
                       f"(exit status {process.returncode} of {what})")
    return Process(seconds, usage.ru_maxrss / 1024)  # Linux counts in kB


def train(wing, steps, model, batch_size, lengths):
    """Trains in a temporary folder; the `Process`. Only the end writes samples and checkpoints.

    Args:
      batch_size: None for the whole data set.
      lengths: steps of the short and of the long run, of which this is one. Both write one summary,
        at the end of the short one, and compile the same loops.
    """
    batch = [] if batch_size is None else [f"--batch_size={batch_size}"]
    with tempfile.TemporaryDirectory() as folder:
        return run([sys.executable, "-m", wing + ".train", f"--model={model}", *batch,
                    f"--train_steps={steps}", f"--summary_every={lengths[0]}",
                    f"--sample_every={lengths[1]}", f"--checkpoint_every={lengths[1]}",
                    f"--run_dir={os.path.join(folder, 'run')}"], f"{wing}.train")


def milliseconds(short, long, lengths):
    """Time of a step from the `Process`es of a short and a long run of so many steps."""
    return 1000 * (long.seconds - short.seconds) / (lengths[1] - lengths[0])


def lengths_for(model, batch_size, train_once=train):
    """Steps of the short and of the long runs of a model."""
    short, long = (train_once("legacy", steps, model, batch_size, PROBE) for steps in PROBE)
    step = max(milliseconds(short, long, PROBE) / 1000, _SECONDS / _MOST)
    between = max(_FEWEST, int(_SECONDS / step) // _ROW * _ROW)
    return between + _ROW, 2 * between + _ROW


def measure(model, batch_size, lengths, train_once=train):
    """`{wing: Measurement}` of runs of so many steps, the wings taking turns."""
    runs = {(wing, steps): train_once(wing, steps, model, batch_size, lengths)
            for steps in lengths for wing in WINGS}
    return {wing: Measurement(
        milliseconds(*(runs[wing, steps] for steps in lengths), lengths),
        runs[wing, lengths[1]].peak_megabytes) for wing in WINGS}


def _spread(values, digits):
    return (f"{statistics.median(values):.{digits}f} "
            f"({min(values):.{digits}f}-{max(values):.{digits}f})")


def ratio(pairs):
    """Median over the pairs, `[{wing: Measurement}]`, of modern's time by legacy's."""
    return statistics.median(
        pair["modern"].milliseconds / pair["legacy"].milliseconds for pair in pairs)


def table(results):
    """The lines of the table; `results` is `{(model, batch size): [{wing: Measurement}]}`."""
    row = "{:15}  {:>5}  {:6}  {:>25}  {:>18}  {:>13}".format
    lines = [row("model", "batch", "wing", "ms a step", "peak MB", "modern/legacy")]
    for (model, batch_size), pairs in results.items():
        for wing in WINGS:
            lines.append(row(
                model, batch_size or "all", wing,
                _spread([pair[wing].milliseconds for pair in pairs], 3),
                _spread([pair[wing].peak_megabytes for pair in pairs], 0),
                f"{ratio(pairs):.2f}" if wing == WINGS[-1] else "").rstrip())
    return lines


def _batch_sizes(text):
    sizes = text.split(",")
    if not all(size.isdecimal() and int(size) for size in sizes):
        raise argparse.ArgumentTypeError(
            f"expected whole numbers from 1 with commas between, received {text}")
    return [int(size) for size in sizes]


def _models(text):
    names = list(hyperparameters.MODELS) if text == "all" else text.split(",")
    for name in names:
        if name not in hyperparameters.MODELS:
            raise argparse.ArgumentTypeError(
                f"expected all, or names of {', '.join(hyperparameters.MODELS)} with commas "
                f"between, received {name}")
    return names


def _parser():
    parser = command_line.Parser(
        prog="benchmarks.train_speed", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=_models, default=["mlp_gan"], metavar="NAME,NAME",
                        help="models, or all; default: mlp_gan")
    parser.add_argument("--batch_sizes", type=_batch_sizes, metavar="N,N",
                        help="default: that of the model")
    parser.add_argument("--repeats", type=command_line.count, default=3, metavar="N",
                        help="pairs of measurements a batch size; default: 3")
    return parser


def main(argv):
    """Measures, then prints the table."""
    asked = _parser().parse_args(argv)
    rows = [(model, batch_size) for model in asked.model for batch_size in (
        asked.batch_sizes or [hyperparameters.make(model, {}).batch_size])]
    results = {row: [] for row in rows}
    lengths = {}
    for repeat in range(1, asked.repeats + 1):
        for row, pairs in results.items():
            if row not in lengths:
                lengths[row] = lengths_for(*row)
            pairs.append(measure(*row, lengths[row]))
            command_line.progress(
                f"{repeat}/{asked.repeats} {row[0]}, batch {row[1] or 'all'}: " + ", ".join(
                    f"{wing} {pairs[-1][wing].milliseconds:.3f} ms a step" for wing in WINGS))
    print(f"{os.cpu_count()} cores; median (min-max) of {asked.repeats}")
    print("\n".join(table(results)))
    return 0


if __name__ == "__main__":
    sys.exit(command_line.run("benchmarks.train_speed", main))
