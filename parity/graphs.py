"""Compares the graphs that two training runs wrote for TensorBoard: the networks and losses."""

# PYTHON_ARGCOMPLETE_OK (by which argcomplete knows that it may ask this module)

import os

from parity import command_line
from parity.graph import boxes
from parity.graph import events
from parity.graph import comparison
from parity.graph import table


def _parser():
    parser = command_line.Parser(prog="parity.graphs", description=__doc__)
    for side, meaning in (("legacy", "the TensorFlow 1 program"), ("modern", "its port")):
        parser.add_argument(f"--{side}", metavar="RUN", required=True,
                            help=f"run directory, or folder of event files, of {meaning}")
    return parser


def _check_sides(asked):
    """Raises UsageError where a run is known to be of the other side, or is given as both."""
    for side in ("legacy", "modern"):
        run = getattr(asked, side)
        if events.wing(run) not in ("", side):
            raise command_line.UsageError(f"--{side}={run}: expected a run of {side}.train, "
                                          f"received one of {events.wing(run)}.train")
    if os.path.realpath(asked.legacy) == os.path.realpath(asked.modern):
        raise command_line.UsageError(
            f"--modern={asked.modern}: expected another run than --legacy, received the same")


def main(argv):
    """Compares the graphs of two runs; returns the exit status of `comparison.exit_status`."""
    asked = _parser().parse_args(argv)
    _check_sides(asked)
    graphs = {}
    for side in ("legacy", "modern"):
        run = getattr(asked, side)
        graphs[side] = boxes.boxes(events.read_graph(side, run))
        if not any(box.is_network for box in graphs[side].values()):
            raise command_line.UsageError(f"--{side}={run}: expected a graph with a network in a "
                                          "name scope, received one without")
    pairs = comparison.pair_boxes(**graphs)
    print(table.text(pairs), end="")
    return comparison.exit_status(pairs)


def console():
    """Entry point of the command `parity-graphs`."""
    command_line.console("parity.graphs", main)


if __name__ == "__main__":
    console()
