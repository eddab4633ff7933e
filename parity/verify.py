"""Verifies that ports are the same models as the TensorFlow 1 programs they come from."""

import sys
import tempfile

from parity import command_line
from parity import recording
from parity import side_by_side
from parity.cases import CASES


def _parser():
    parser = command_line.Parser(prog="parity.verify", description=__doc__)
    parser.add_argument("--case", default="all", metavar="NAME",
                        help="all, or one of: " + ", ".join(CASES))
    parser.add_argument("--steps", type=command_line.count, default=20,
                        help="training steps to compare (default: %(default)s)")
    parser.add_argument("--seed", type=command_line.count, default=1,
                        help="what weights and batches are drawn from (default: %(default)s)")
    parser.add_argument("--stock_optimizers", action="store_true",
                        help="the port with Keras's own optimisers")
    return parser


def main(argv):
    """Returns the exit status: 0 if every variable agrees to rounding, else 1."""
    asked = _parser().parse_args(argv)
    if asked.case != "all" and asked.case not in CASES:
        raise command_line.UsageError(
            f"--case={asked.case}: expected all or one of {', '.join(CASES)}")
    cases = list(CASES.values()) if asked.case == "all" else [CASES[asked.case]]
    plan = recording.Plan(
        cases, ("float32", "float64"), asked.steps, asked.seed, asked.stock_optimizers)
    agree = True
    with tempfile.TemporaryDirectory() as folder:
        for pair in recording.record_pairs(plan, folder, command_line.progress):
            print(side_by_side.table(pair))
            agree = agree and side_by_side.agrees(pair)
    return 0 if agree else 1


def console():
    """Entry point of the command `parity-verify`."""
    sys.exit(command_line.run("parity.verify", main))


if __name__ == "__main__":
    console()
