"""Verifies that ports are the same models as the TensorFlow 1 programs they come from.

The module can be called, too: `parity.verify(...)` is `parity.api.verify(...)`.
"""

# PYTHON_ARGCOMPLETE_OK (by which argcomplete knows that it may ask this module)

import functools
import os
import shlex
import sys
import time
import types

from parity import api
from parity import command_line
from parity import temporary
from parity.cases import CASES, MODELS, chosen
from parity.golden import against
from parity.golden import file as golden_file
from parity.judge import findings
from parity.pair import many
from parity.pair import progress
from parity.pair import remarks
from parity.pair import table
from parity.pair import verification
from parity.report import html_report
from parity.report import json_report
from parity.report import patch
from parity.report import terminal


def _parser():
    parser = command_line.Parser(prog="parity.verify", description=__doc__.partition("\n")[0])
    _add_pairs(parser)
    _add_verification(parser)
    _add_reports(parser)
    return parser


def _add_pairs(parser):
    """Adds the flags that choose pairs: the project's own, or one of the user's."""
    parser.add_argument("--case", metavar="NAMES",
                        help="pairs of this project, with commas between, or all, which is the "
                             "default: " + ", ".join(CASES))
    parser.add_argument("--model", metavar="NAMES", help="all pairs of these models: "
                        + ", ".join(MODELS))
    parser.add_argument("--legacy", metavar="PROGRAM",
                        help="a TensorFlow 1 program instead of the project's own cases: the "
                             "folder of a capture, or a program that parity.capture captures")
    parser.add_argument("--modern", metavar="FILE:FUNCTION",
                        help="its Keras 3 port: a function that returns a compiled model, (model, "
                             "loss, optimizer), or an object with model and step(batch)")
    parser.add_argument("--names", metavar="FILE",
                        help="names of the port's variables by those of TensorFlow 1: a Python "
                             "file that defines NAMES ({TensorFlow 1 name: port path} or "
                             "[[regular expression, replacement]]) or names(name); or such a "
                             ".json")
    parser.add_argument("--batches", metavar="FILE", default="",
                        help="inputs of both sides instead of the captured ones: .npz of {input: "
                             "[steps, ...]}, or file.py:function, a function of the step that "
                             "returns {input: array}")
    parser.add_argument("--golden", metavar="FILE",
                        help="with --legacy: write a file of a few kB, against which a port is "
                             "verified without TensorFlow 1 and the capture; without: verify "
                             "against it")


def _add_verification(parser):
    """Adds the flags that say how a pair is verified."""
    parser.add_argument("--show_mapping", action="store_true",
                        help="print the pairs of variables, inputs and slots, and end")
    parser.add_argument("--steps", type=command_line.count,
                        help="training steps to compare (default: 200; 50, 20 or 10 of cases "
                             "whose steps take longer)")
    parser.add_argument("--seed", type=command_line.count, default=1,
                        help="seed of the weights and batches of this project's pairs (default: "
                             "%(default)s)")
    parser.add_argument("--stock_optimizers", action="store_true",
                        help="give the ports of this project Keras's own optimisers")
    parser.add_argument("--float32_only", action="store_true",
                        help="leave float64 out: half the time, and what is above measured "
                             "rounding is called different (with --legacy and --modern)")
    parser.add_argument("--require", choices=["identical"],
                        help="identical: rounding and constants fail too")


def _add_reports(parser):
    """Adds the flags of reports and traces, and of the interpreter of TensorFlow 1."""
    parser.add_argument("--fix", action="store_true",
                        help="print the edit that the cause asks for as a patch, where the port's "
                             "file is plain enough (with --modern)")
    parser.add_argument("--report", metavar="FILE", help="write a self-contained HTML report")
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON")
    parser.add_argument("--traces", metavar="FOLDER",
                        help="keep the traces, for parity.compare (up to 1 GB a case)")
    parser.add_argument("--legacy_python", metavar="PATH", default="",
                        help="interpreter with the real TensorFlow 1 for the legacy side")


def _check(asked):
    """Raises UsageError where a flag's value cannot be used, or flags exclude each other."""
    for flag in ("report", "json"):
        command_line.check_output(flag, getattr(asked, flag))
    command_line.check_folder("traces", asked.traces)
    command_line.check_interpreter("legacy_python", asked.legacy_python)
    _check_golden(asked)
    if not asked.legacy and not asked.modern:
        for flag in ("names", "show_mapping", "batches", "float32_only", "fix"):
            if getattr(asked, flag):
                raise command_line.UsageError(
                    f"--{flag}: expected --legacy and --modern beside it, received neither")
    elif asked.case or asked.model or asked.stock_optimizers:
        raise command_line.UsageError(
            "--legacy and --modern: expected none of --case, --model and --stock_optimizers, which "
            "are about the project's own pairs")


def _check_golden(asked):
    """Raises UsageError where --golden misses a flag that it needs, or has one that excludes it."""
    if not asked.golden:
        return
    if not asked.modern:
        raise command_line.UsageError(
            f"--golden={asked.golden}: expected --modern beside it, received none")
    reference = () if asked.legacy else ("steps", "legacy_python", "float32_only")
    for flag in ("show_mapping", *reference):
        if getattr(asked, flag):
            raise command_line.UsageError(
                f"--golden={asked.golden}: expected no --{flag} beside it, received one")


def _verified(asked):
    """The `Result` of a pair of the user's: both sides, or a port and a golden file."""
    if not asked.golden:
        return _own_pair(asked, verification.verify)
    if not asked.legacy:
        return _against_golden(asked)
    api.check_new(asked.golden)
    return _own_pair(asked, functools.partial(api.with_golden, asked.golden))


def _against_golden(asked):
    """The `Result` of a port that is verified against a golden file."""
    pair = api.golden_for(asked.golden, asked.modern, asked.names, asked.batches)
    with temporary.folder() as folder:
        return against.verify(pair._replace(traces=asked.traces or ""),
                              golden_file.read(asked.golden), folder, command_line.progress)


def _own_pair(asked, verified):
    """Calls `verified(pair, folder, progress)` with a pair of the user's; returns its value."""
    for flag, other in (("legacy", "modern"), ("modern", "legacy")):
        if not getattr(asked, flag):
            raise command_line.UsageError(
                f"--{other}={getattr(asked, other)}: expected --{flag} beside it, received none")
    pair = api.asked_for(asked.legacy, asked.modern, asked.steps, asked.names,
                         asked.legacy_python, asked.batches, asked.float32_only)
    pair = pair._replace(traces=asked.traces or "")
    with temporary.folder() as folder:
        return verified(pair, folder, progress.timed(command_line.progress))


def _asked_cases(asked):
    """Yields the chosen cases, with the steps, seed and optimisers of the flags."""
    for case in chosen(asked.case, asked.model):
        arguments = dict(case.arguments)
        if asked.stock_optimizers:
            arguments["stock_optimizers"] = True
        case = case.of_steps(asked.steps) if asked.steps else case
        yield case._replace(legacy=case.legacy + (f"--seed={asked.seed}",), arguments=arguments)


def main(argv):
    """Verifies and prints reports; returns the exit status of `findings.exit_status`."""
    asked = _parser().parse_args(argv)
    _check(asked)
    if asked.show_mapping:
        text, status = _own_pair(asked, table.show)
        print(text, end="", flush=True)
        return status
    if asked.legacy or asked.modern:
        result = _shown(_verified(asked), "")
        if asked.fix:
            print("\n" + patch.of(result).rstrip("\n"), flush=True)
        return _written(asked, argv, [result])
    cases = list(_asked_cases(asked))
    with temporary.folder() as folder:
        results = [_shown(result, "\n") for result in many.verify(
            cases, folder, progress.timed(command_line.progress), asked.legacy_python,
            asked.traces or "")]
    return _written(asked, argv, results)


def _shown(result, end):
    """Prints the report on a result, its remarks and `end`; returns the result."""
    print(terminal.text(result) + "".join(f"{line}\n" for line in remarks.lines(result)),
          end=end, flush=True)
    return result


def _written(asked, argv, results):
    """Writes the JSON and HTML reports of the flags; returns the exit status."""
    if asked.json:
        command_line.write(asked.json, json_report.text(results))
    if asked.report:
        command = shlex.join(["python", "-m", "parity.verify", *argv])
        command_line.write(asked.report, html_report.text(
            results, html_report.Request(command, time.strftime("%Y-%m-%d %H:%M"))))
    return findings.exit_status(results, asked.require == "identical")


class _Callable(types.ModuleType):
    """The type of the module `parity.verify`, so that it can be called as a function."""

    __call__ = staticmethod(api.verify)


sys.modules[__name__].__class__ = _Callable


def console():
    """Entry point of the command `parity-verify`."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    command_line.console("parity.verify", main)


if __name__ == "__main__":
    console()
