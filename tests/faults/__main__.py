"""Nothing is lost in a bad world: damaged files, kills at random moments, writes that fail.

    python -m tests.faults [--short] [--only=TEXT] [--most=COUNT]

Each trial begins a command, does something to it or to its files, and looks at what is there
afterwards: a run resumes and ends at the bytes of one that nothing happened to. Prints a table, and
what happened in bad trials to standard error; ends with status 1 if there is one, or a kind of
which nothing could be tried.
"""

import argparse
import os
import sys
import time

from tests.faults import kinds
from tests.faults import system_calls
from tests.faults import table
from tests.faults.commands import Commands

# As tests/conftest.py sets it before TensorFlow is imported.
ENVIRONMENT = {"TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": "-1",
               "TF_CPP_MIN_LOG_LEVEL": "3", "TF_USE_LEGACY_KERAS": "1",
               "KERAS_BACKEND": "tensorflow"}


def rows(world, short, only="", most=10 ** 6):
    """Yields the `Row` of each kind whose name holds a text."""
    for name, kind in kinds.KINDS.items():
        count = min(kind.short if short else kind.long, most)
        if only not in name or not count:
            continue
        if kind.of_calls and not system_calls.available():
            yield table.not_run(name, "needs seccomp's user notifications, of Linux on x86-64")
            continue
        row = kind.row(world, count)
        yield row if row.tried else table.not_run(name, "found nothing to try")


def main(arguments):
    """Tries the kinds that are asked for; returns the exit status."""
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__.partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="a few of each kind")
    parser.add_argument("--only", default="", metavar="TEXT", help="kinds whose names hold it")
    parser.add_argument("--most", type=int, default=10 ** 6, metavar="COUNT",
                        help="trials of a kind")
    asked = parser.parse_args(arguments)
    os.environ.update(ENVIRONMENT)
    found = []
    with Commands() as commands:
        begun = time.monotonic()
        for row in rows(kinds.World(commands), asked.short, asked.only, asked.most):
            found.append(row)
            print("[{:5.0f} s] {}: {} tried, {} bad".format(
                time.monotonic() - begun, row.kind, row.tried, len(row.details)),
                *row.details, sep="\n", file=sys.stderr, flush=True)
    if not found:
        parser.error("--only={}: expected a part of the name of a kind".format(asked.only))
    print(table.text(found), end="")
    return int(table.bad(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
