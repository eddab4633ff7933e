"""Milliseconds a training step and peak memory of `legacy.train` and `modern.train`.

    python -m benchmarks.train_speed --model=mlp_gan --batch_sizes=32,128 --repeats=3

Whole processes, as users start them. A step is the time of a long run less that of a short one,
by the steps between: what starting and ending cost falls out. The two wings take turns, so that a
machine that slows down slows both.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

from groundwork.hyperparameters import MODELS
from parity import command_line
from parity.workers import RecorderError

WINGS = ("legacy", "modern")
SHORT, LONG = 200, 1200  # steps


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


def train(wing, steps, model, batch_size):
    """Trains in a temporary folder; the `Process`. Only the end writes samples and checkpoints."""
    with tempfile.TemporaryDirectory() as folder:
        return run([sys.executable, "-m", wing + ".train", f"--model={model}",
                    f"--batch_size={batch_size}", f"--train_steps={steps}",
                    f"--sample_every={LONG}", f"--checkpoint_every={LONG}",
                    f"--run_dir={os.path.join(folder, 'run')}"], f"{wing}.train")


def measure(model, batch_size, train_once=train):
    """`{wing: Measurement}`, the wings taking turns."""
    runs = {(wing, steps): train_once(wing, steps, model, batch_size)
            for steps in (SHORT, LONG) for wing in WINGS}
    return {wing: Measurement(
        1000 * (runs[wing, LONG].seconds - runs[wing, SHORT].seconds) / (LONG - SHORT),
        runs[wing, LONG].peak_megabytes) for wing in WINGS}


def _spread(values, digits):
    return (f"{statistics.median(values):.{digits}f} "
            f"({min(values):.{digits}f}-{max(values):.{digits}f})")


def ratio(pairs):
    """Median over the pairs, `[{wing: Measurement}]`, of modern's time by legacy's."""
    return statistics.median(
        pair["modern"].milliseconds / pair["legacy"].milliseconds for pair in pairs)


def table(results):
    """The lines of the table; `results` is `{batch size: [{wing: Measurement}]}`."""
    row = "{:>5}  {:6}  {:>22}  {:>18}  {:>13}".format
    lines = [row("batch", "wing", "ms a step", "peak MB", "modern/legacy")]
    for batch_size, pairs in results.items():
        for wing in WINGS:
            lines.append(row(
                batch_size, wing, _spread([pair[wing].milliseconds for pair in pairs], 3),
                _spread([pair[wing].peak_megabytes for pair in pairs], 0),
                f"{ratio(pairs):.2f}" if wing == WINGS[-1] else "").rstrip())
    return lines


def _batch_sizes(text):
    sizes = text.split(",")
    if not all(size.isdecimal() and int(size) for size in sizes):
        raise argparse.ArgumentTypeError(
            f"expected whole numbers from 1 with commas between, received {text}")
    return [int(size) for size in sizes]


def _parser():
    parser = command_line.Parser(
        prog="benchmarks.train_speed", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=list(MODELS), default="mlp_gan")
    parser.add_argument("--batch_sizes", type=_batch_sizes, default=[32, 128], metavar="N,N",
                        help="default: 32,128")
    parser.add_argument("--repeats", type=command_line.count, default=3, metavar="N",
                        help="pairs of measurements a batch size; default: 3")
    return parser


def main(argv):
    """Measures, then prints the table."""
    asked = _parser().parse_args(argv)
    results = {batch_size: [] for batch_size in asked.batch_sizes}
    for repeat in range(1, asked.repeats + 1):
        for batch_size, pairs in results.items():
            pairs.append(measure(asked.model, batch_size))
            command_line.progress(f"{repeat}/{asked.repeats} batch {batch_size}: " + ", ".join(
                f"{wing} {pairs[-1][wing].milliseconds:.3f} ms a step" for wing in WINGS))
    print(f"{asked.model}, {os.cpu_count()} cores; median (min-max) of {asked.repeats}")
    print("\n".join(table(results)))
    return 0


if __name__ == "__main__":
    sys.exit(command_line.run("benchmarks.train_speed", main))
