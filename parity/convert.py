"""Moves a TensorFlow 1 checkpoint into a Keras 3 port's file of weights, and back."""

# PYTHON_ARGCOMPLETE_OK (by which argcomplete knows that it may ask this module)

import os
import re

from parity import api
from parity import command_line
from parity.pair import conversion
from parity.report import converted

# Ends of the names of files that Keras saves.
_ENDINGS = (".keras", ".weights.h5")
# Exit status where a variable that the port needs did not come along, as of parity.verify.
_EXIT_STRUCTURE = 2


def _parser():
    parser = command_line.Parser(prog="parity.convert", description=__doc__)
    parser.add_argument("--legacy", metavar="PROGRAM", required=True,
                        help="the TensorFlow 1 program: the folder of a capture, or a program that "
                             "parity.capture captures")
    parser.add_argument("--modern", metavar="FILE:FUNCTION", required=True,
                        help="its Keras 3 port, as for parity.verify")
    parser.add_argument("--names", metavar="FILE",
                        help="names of the port's variables by those of TensorFlow 1, as for "
                             "parity.verify")
    parser.add_argument("--checkpoint", metavar="PREFIX",
                        help="a checkpoint of the TensorFlow 1 program; with --weights, the source "
                             "of the variables that the port does not hold")
    parser.add_argument("--weights", metavar="FILE",
                        help="a file that Keras saved of the port, to be brought back")
    parser.add_argument("--out", metavar="FILE", required=True,
                        help="the file to write: .keras or .weights.h5; with --weights, a "
                             "checkpoint")
    return parser


def _check(asked):
    """Raises UsageError where flags are missing, or a file cannot be read or written."""
    if not asked.checkpoint and not asked.weights:
        raise command_line.UsageError(
            "--out: expected --checkpoint or --weights beside it, received neither")
    if asked.checkpoint:
        _check_checkpoint(asked.checkpoint)
    if asked.weights and not os.path.isfile(asked.weights):
        raise command_line.UsageError(f"--weights={asked.weights}: expected a file, received none")
    files = {"weights": asked.weights} if asked.weights else {"out": asked.out}
    for flag, path in files.items():
        if not path.endswith(_ENDINGS):
            raise command_line.UsageError(
                f"--{flag}={path}: expected a name that ends in {' or '.join(_ENDINGS)}")
    command_line.check_output("out", asked.out)


def _check_checkpoint(path):
    """Raises UsageError unless there is a checkpoint of this name."""
    part = re.search(r"\.(index|meta|data-\d+-of-\d+)$", path)
    if part:
        raise command_line.UsageError(
            f"--checkpoint={path}: expected a checkpoint's name, received one of its files; "
            f"leave out {part.group()}")
    if not os.path.isfile(path + ".index") and not os.path.isfile(path):
        raise command_line.UsageError(
            f"--checkpoint={path}: expected a checkpoint, received no {path}.index")


def main(argv):
    """Converts a file; returns 0, or 2 where a variable that the model needs did not come along."""
    asked = _parser().parse_args(argv)
    _check(asked)
    pair = api.asked_for(asked.legacy, asked.modern, names=asked.names)
    with conversion.opened(pair, command_line.progress) as opened:
        if asked.weights:
            result = opened.to_tensorflow_1(asked.weights, asked.out, asked.checkpoint or "")
        else:
            result = opened.to_keras(asked.checkpoint, asked.out)
    print(converted.text(result, asked.weights or asked.checkpoint, asked.out), end="", flush=True)
    return 0 if result.whole else _EXIT_STRUCTURE


def console():
    """Entry point of the command `parity-convert`."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    command_line.console("parity.convert", main)


if __name__ == "__main__":
    console()
