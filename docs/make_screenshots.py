"""Draws the README's pictures of both wings' graphs, in a browser.

    python -m docs.make_screenshots --log_directory=runs --model=mlp_gan --box=generator

Writes `docs/graph_legacy.png` and `docs/graph_modern.png`, what the Graphs page shows of the runs
`<log_directory>/legacy/<model>` and `<log_directory>/modern/<model>` once the box is expanded.
"""

import argparse
import os
import sys

from tests.tensorboard import pages
from tests.tensorboard.server import Server


def draw(shown, run, box, path):
    """Writes the picture of one run's graph."""
    if shown.open_graph() != run:
        shown.choose_run(run)
    shown.expand(box)
    with open(path, "wb") as file:
        file.write(shown.picture_of_graph())
    print(path)


def main():
    """Reads the flags, then draws; 1 when a page reported an error."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--log_directory", default="runs")
    parser.add_argument("--model", default="mlp_gan")
    parser.add_argument("--box", default="generator")
    arguments = parser.parse_args()
    if pages.find_browser() is None:
        sys.exit(pages.NO_BROWSER)
    with pages.opened(Server(arguments.log_directory).url) as shown:
        for wing in ("legacy", "modern"):
            draw(shown, "{}/{}/events".format(wing, arguments.model), arguments.box,
                 os.path.join(os.path.dirname(__file__), "graph_{}.png".format(wing)))
    sys.exit("\n".join(shown.problems) or None)


if __name__ == "__main__":
    main()
