"""What `modern.train` chooses for each model, beside what it could: XLA, steps a call, threads.

    python -m benchmarks.choices --model=mlp_gan,dcgan

Training steps are measured as by `benchmarks.run`, the ways to take them in turn. `/ chosen` is the
median, over the rounds, of a way's time by that of the way that training takes: below 1 the other
would be faster. The choices themselves are `XLA` of the models' classes and the constants of
`modern/step_functions.py`; the number of threads is TensorFlow's own.
"""

import argparse
import functools
import importlib
import sys

from benchmarks.speed import processes
from benchmarks.speed import race
from benchmarks.speed import report
from benchmarks.speed import rows
from benchmarks.speed import settings
from groundwork import hyperparameters
from groundwork import importing
from parity import command_line

CHOSEN = "chosen"
_ONE_THREAD = {"one thread": {"threads": 1}}
# {name: what is forced on training}, see `benchmarks.speed.forced`.
_COMPILED = {"no XLA": {"jit_compile": False}, "1 step a call": {"steps_a_call": 1},
             "10 steps a call": {"steps_a_call": 10}, "200 steps a call": {"steps_a_call": 200},
             **_ONE_THREAD}
_NOT_COMPILED = {"XLA": {"jit_compile": True, "steps_a_call": 10}, **_ONE_THREAD}
# Seconds that another way has for an answer, of 10 steps or more: XLA's convolutions take minutes.
_PATIENCE = 60.0
_LINE = "{:34}  {:16}  {:>10}  {:>8}  {:>7}".format


def ways(compiled):
    """`{name: what is forced on training}` of a program that is compiled, or not; chosen first."""
    return {CHOSEN: {}, **(_COMPILED if compiled else _NOT_COMPILED)}


def _is_compiled(row):
    hparams = hyperparameters.from_dict(settings.of(*row)["hparams"])
    with importing.importing_tensorflow():
        module = importlib.import_module(f"modern.models.{row.model}")
    return module.program(hparams, "float32").jit_compile


def _start(row, forced, name):
    patience = {} if name == CHOSEN else {"patience": _PATIENCE}
    return processes.Contestant(
        "forced", dict(settings.of(*row), forced=forced[name]), **patience)


def table(measured):
    """Lines of a table.

    Args:
      measured: `[(row, compiled, [race.Result], the chosen way first)]`.
    """
    lines = [_LINE("model", "way", "ms a step", "/ chosen", "peak MB")]
    for row, compiled, (chosen, *others) in measured:
        lines.append(_cells(f"{row}, {'XLA' if compiled else 'no XLA'}", chosen, chosen))
        lines += [_cells("", result, chosen) for result in others]
    return lines


def _cells(name, result, chosen):
    if result.failure:
        return f"{name:34}  {result.kind:16}  failed: {result.failure}"
    ratio = "" if chosen.failure else f"{race.ratio(result, chosen):.2f}"
    return _LINE(name, result.kind, f"{result.median:.3f}", ratio, f"{result.peak_megabytes:.0f}")


def main(argv):
    """Measures, prints the table; 70 where the chosen way failed."""
    parser = command_line.Parser(
        prog="benchmarks.choices", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    rows.add_flags(parser)
    asked = parser.parse_args(argv)
    measured = []
    command_line.progress(f"{len(asked.rows)} rows, some {len(asked.rows)} minutes")
    for row in asked.rows:
        compiled = _is_compiled(row)
        forced = ways(compiled)
        results = race.race(list(forced), functools.partial(_start, row, forced),
                            race.SHORT if asked.short else race.FULL)
        measured.append((row, compiled, results))
        command_line.progress(str(row))
    machine = report.machine()
    print(f"{machine['cores']} cores, {machine['processor']}")
    print("\n".join(table(measured)), flush=True)
    failed = any(chosen.failure for _, _, (chosen, *_) in measured)
    return command_line.EXIT_FAULT if failed else 0


if __name__ == "__main__":
    sys.exit(command_line.run("benchmarks.choices", main))
