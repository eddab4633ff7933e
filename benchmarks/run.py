"""Speed: training steps of both wings, Keras's fit and PyTorch beside the machine's limit.

    python -m benchmarks.run
    python -m benchmarks.run --model=mlp_gan,vae --json=speed.json --plot=speed.png

Each contestant is a process that builds one model and takes steps when it is asked to. Those of one
row take turns, one at work at a time, so that a machine that slows down slows all. A step includes
its inputs, as in training; summaries, samples and checkpoints are left out. `/ modern` is the
median, over the rounds, of a contestant's time by that of the modern wing: above 1 the modern wing
is faster, and of the machine's limit it is the part of it that the modern wing reaches. `first
step` is in seconds from the start of the process: of the modern wing to the end of its first
compiled loop, of 50 steps. Rows of larger batches and wider layers show how a step grows. With
mlp_gan, whole commands are measured, and what a run writes beside its steps.
"""

import argparse
import functools
import sys
import time

from benchmarks import output_overhead
from benchmarks.speed import costs
from benchmarks.speed import plot
from benchmarks.speed import processes
from benchmarks.speed import race
from benchmarks.speed import report
from benchmarks.speed import rows
from benchmarks.speed import settings
from benchmarks.speed import table
from parity import command_line

# Seconds that a contestant takes, about, beside its turns; and a repeat of all whole commands and
# of what runs write.
_START = {"torch_eager": 5, "torch_compile": 20, "inputs": 2}
_OTHER_START, _COMMANDS = 4, 75
# Of mlp_gan: its batch, and turns a repeat.
_WRITING = {"model": "mlp_gan", "batch_size": 64}
_TURNS = 5


def _parser():
    parser = command_line.Parser(
        prog="benchmarks.run", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    rows.add_flags(parser)
    parser.add_argument("--json", metavar="FILE", help="write all that was measured as JSON")
    parser.add_argument("--plot", metavar="FILE", help="write a plot of the steps, a PNG")
    parser.add_argument("--torch_python", metavar="PATH", default=sys.executable,
                        help="interpreter that has PyTorch; default: the one that runs this")
    return parser


def _check(asked):
    for flag in ("json", "plot"):
        command_line.check_output(flag, getattr(asked, flag))
    command_line.check_interpreter("torch_python", asked.torch_python)


def _estimate(chosen, with_torch, length, repeats):
    """Seconds that all will take, about."""
    kinds = [kind for row in chosen for kind in row.kinds(with_torch)]
    return repeats * _COMMANDS + sum(
        _START.get(kind, _OTHER_START) + length.rounds * length.seconds for kind in kinds)


def _start(row, torch_python, kind):
    python = torch_python if kind in rows.TORCH else sys.executable
    return processes.Contestant(kind, settings.of(*row), python)


def _shown(row, results):
    """A row's medians in one line."""
    return f"{row}: " + ", ".join(
        f"{rows.NAMES[result.kind]} " + (
            "failed" if result.failure else f"{result.median:.3f}")
        for result in results) + " ms a step"


def _measure(asked, with_torch, length):
    """`[(row, [race.Result])]`, with a line of progress each."""
    measured = []
    for number, row in enumerate(asked.rows, 1):
        results = race.race(row.kinds(with_torch),
                            functools.partial(_start, row, asked.torch_python), length)
        measured.append((row, results))
        command_line.progress(f"{number}/{len(asked.rows)} {_shown(row, results)}")
    return measured


def _of_runs(repeats):
    """({wing: [output_overhead.Turn]}, {command: [processes.Whole]}), both printed."""
    wholes = costs.measure(repeats, command_line.progress)
    print("\n" + "\n".join(table.of_costs(wholes)), flush=True)
    command_line.progress("what runs write")
    written = {wing: output_overhead.measure(wing, repeats=repeats * _TURNS, **_WRITING)
               for wing in output_overhead.WINGS}
    print("\n" + "\n".join(output_overhead.table(written)), flush=True)
    return written, wholes


def main(argv):
    """Measures, prints the tables, writes the report; 70 where a contestant failed."""
    asked = _parser().parse_args(argv)
    _check(asked)
    length = race.SHORT if asked.short else race.FULL
    with_torch = processes.has_torch(asked.torch_python)
    repeats = 0
    if any(row.model == _WRITING["model"] for row in asked.rows):
        repeats = 1 if asked.short else costs.REPEATS
    seconds = _estimate(asked.rows, with_torch, length, repeats)
    command_line.progress(f"{len(asked.rows)} rows, about {max(1, round(seconds / 60))} minutes")
    begin = time.perf_counter()
    measured = _measure(asked, with_torch, length)
    _print(measured, with_torch, length)  # before commands that may fail
    written, wholes = _of_runs(repeats) if repeats else ({}, {})
    command_line.progress(f"{(time.perf_counter() - begin) / 60:.1f} minutes")
    if asked.json:
        command_line.write(asked.json, report.as_json(measured, wholes, written))
    if asked.plot:
        plot.write(asked.plot, measured)
    failed = any(result.failure for _, results in measured for result in results)
    return command_line.EXIT_FAULT if failed else 0


def _print(measured, with_torch, length):
    machine = report.machine()
    print(f"{machine['cores']} cores, {machine['processor']}; median (lowest-highest) of "
          f"{length.rounds} rounds")
    print("\n".join(table.of_steps(measured, not with_torch)), flush=True)


if __name__ == "__main__":
    sys.exit(command_line.run("benchmarks.run", main))
