"""Compares two stored traces: a TensorFlow 1 program's and its port's."""

import sys

from parity import command_line
from parity import findings
from parity import judge
from parity import recording
from parity.report import terminal
from parity.common import trace
from parity.mapping import map_state


def _parser():
    parser = command_line.Parser(prog="parity.compare", description=__doc__)
    parser.add_argument("legacy", metavar="LEGACY.npz", help="trace of the TensorFlow 1 side")
    parser.add_argument("modern", metavar="MODERN.npz", help="trace of the port")
    parser.add_argument("--require", choices=["identical"],
                        help="identical: rounding and constants fail too")
    return parser


def read_pair(legacy_path, modern_path):
    """The `Pair` of two trace files.

    Raises:
      DamagedTrace: a file is no trace.
      UsageError: the traces are of other sides, precisions, or steps.
    """
    legacy, modern = trace.read(legacy_path), trace.read(modern_path)
    for path, (header, _), side in ((legacy_path, legacy, "tensorflow 1"),
                                    (modern_path, modern, "keras 3")):
        if header["side"] != side:
            raise command_line.UsageError(
                f"{path}: expected a trace of {side}, received one of {header['side']}")
    for key in ("dtype", "steps", "resync"):
        if legacy[0][key] != modern[0][key]:
            raise command_line.UsageError(
                f"{modern_path}: expected {key} {legacy[0][key]}, as in {legacy_path}, received "
                f"{modern[0][key]}")
    mapping = map_state(legacy[0]["variables"], modern[0]["variables"])
    return recording.Pair(None, legacy[0]["dtype"], mapping, legacy, modern, [], {})


def main(argv):
    """Returns the exit status of `findings.exit_status`."""
    asked = _parser().parse_args(argv)
    result = judge.judge(asked.modern, [read_pair(asked.legacy, asked.modern)])
    print(terminal.text(result), end="")
    return findings.exit_status([result], asked.require == "identical")


def console():
    """Entry point of the command `parity-compare`."""
    sys.exit(command_line.run("parity.compare", main))


if __name__ == "__main__":
    console()
