"""Moves a TensorFlow 1 checkpoint into a Keras 3 port's file of weights, and back."""

import os
import re
import sys

from parity import api
from parity import command_line
from parity.pair import conversion
from parity.report import converted

# Of what Keras saves.
_ENDINGS = (".keras", ".weights.h5")
# Status where the port is another model without what did not come along, as of parity.verify.
_EXIT_STRUCTURE = 2


def _parser():
    parser = command_line.Parser(prog="parity.convert", description=__doc__)
    parser.add_argument("--legacy", metavar="PROGRAM", required=True,
                        help="the TensorFlow 1 program: the folder of a capture, or what "
                             "parity.capture captures")
    parser.add_argument("--modern", metavar="FILE:FUNCTION", required=True,
                        help="its Keras 3 port, as for parity.verify")
    parser.add_argument("--names", metavar="FILE",
                        help="which variable of the port stands for which, as for parity.verify")
    parser.add_argument("--checkpoint", metavar="PREFIX",
                        help="a checkpoint of the TensorFlow 1 program; with --weights, what gives "
                             "the variables that the port does not hold")
    parser.add_argument("--weights", metavar="FILE",
                        help="a file that Keras saved of the port, which is brought back")
    parser.add_argument("--out", metavar="FILE", required=True,
                        help="what is written: .keras or .weights.h5; with --weights, a checkpoint")
    return parser


def _check(asked):
    """UsageError if a file cannot be what is asked of it."""
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
    """UsageError unless there is a checkpoint of this name."""
    part = re.search(r"\.(index|meta|data-\d+-of-\d+)$", path)
    if part:
        raise command_line.UsageError(
            f"--checkpoint={path}: expected a checkpoint's name, received one of its files; "
            f"leave out {part.group()}")
    if not os.path.isfile(path + ".index") and not os.path.isfile(path):
        raise command_line.UsageError(
            f"--checkpoint={path}: expected a checkpoint, received no {path}.index")


def main(argv):
    """Returns 0, or 2 where something did not come along that the model needs."""
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
    sys.exit(command_line.run("parity.convert", main))


if __name__ == "__main__":
    console()
