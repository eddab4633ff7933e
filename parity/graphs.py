"""Compares the graphs that two training runs wrote for TensorBoard: the networks and losses."""

import os
import sys

from parity import command_line
from parity import graph_boxes
from parity import graph_events
from parity import graph_findings
from parity import graph_text


def _parser():
    parser = command_line.Parser(prog="parity.graphs", description=__doc__)
    for side, meaning in (("legacy", "the TensorFlow 1 program"), ("modern", "its port")):
        parser.add_argument(f"--{side}", metavar="RUN", required=True,
                            help=f"run directory, or folder of event files, of {meaning}")
    return parser


def _check_sides(asked):
    """UsageError if a run is known to be of the other side, or is given as both."""
    for side in ("legacy", "modern"):
        run = getattr(asked, side)
        if graph_events.wing(run) not in ("", side):
            raise command_line.UsageError(f"--{side}={run}: expected a run of {side}.train, "
                                          f"received one of {graph_events.wing(run)}.train")
    if os.path.realpath(asked.legacy) == os.path.realpath(asked.modern):
        raise command_line.UsageError(
            f"--modern={asked.modern}: expected another run than --legacy, received the same")


def main(argv):
    """Returns the exit status of `graph_findings.exit_status`."""
    asked = _parser().parse_args(argv)
    _check_sides(asked)
    boxes = {}
    for side in ("legacy", "modern"):
        run = getattr(asked, side)
        boxes[side] = graph_boxes.boxes(graph_events.read_graph(side, run))
        if not any(box.is_network for box in boxes[side].values()):
            raise command_line.UsageError(f"--{side}={run}: expected a graph with a network in a "
                                          "name scope, received one without")
    pairs = graph_findings.pair_boxes(**boxes)
    print(graph_text.text(pairs), end="")
    return graph_findings.exit_status(pairs)


def console():
    """Entry point of the command `parity-graphs`."""
    sys.exit(command_line.run("parity.graphs", main))


if __name__ == "__main__":
    console()
