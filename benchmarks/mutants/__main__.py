"""Plants faults of one line in `parity`, one at a time: do its tests notice them?

    python -m benchmarks.mutants [FILE ...]

A quarter of all mutants is planted, the same ones each time, each in a copy of this tree of which
the tests of its file are run until one fails. The libraries for this (mutmut, cosmic-ray) run one
command for all mutants, or import what they mutate; here each file has tests of its own that take
a second, and the whole takes less than half an hour. Ends with status 1 if fewer than 95 % of those
that are not in equivalent.txt are noticed.
"""

import argparse
import concurrent.futures
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from benchmarks.mutants import holders
from benchmarks.mutants import planting
from parity import command_line

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EQUIVALENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "equivalent.txt")
_PART = 4  # one of so many is planted
_LEAST = 0.95
_SECONDS = 120  # a loop that does not end is noticed, too
_AT_A_TIME = 2
_LEFT_OUT = (".git", ".venv*", "runs", "__pycache__", "*.egg-info", ".ruff_cache")


def chosen(paths):
    """The `Mutant`s of some files that are planted, in an order that mixes the files."""
    found = []
    for path in paths:
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            found += planting.mutants(path, file.read())
    return sorted((each for each in found if int(each.rank, 16) % _PART == 0),
                  key=lambda each: each.rank)


def equivalent():
    """`{change: reason}` of the mutants that no test can notice."""
    with open(EQUIVALENT, encoding="utf-8") as file:
        entries = file.read().split("\n\n")[1:]  # the first says what the others are
    return {change: " ".join(reason) for change, *reason in (
        entry.strip().split("\n") for entry in entries if entry.strip())}


def run(folder, tests, seconds=None):
    """True where tests pass in a tree, within some seconds."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not slow",
         *(f"--deselect={each}" for each in holders.DESELECTED), *tests],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))  # of a mutant nothing may be left
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def survives(folders, mutant):
    """True where the tests pass with a mutant, in one of the trees that are free."""
    folder = folders.get()
    path = os.path.join(folder, mutant.path)
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(mutant.source)
        return run(folder, holders.tests(ROOT, mutant.path), _SECONDS)
    finally:
        shutil.copyfile(os.path.join(ROOT, mutant.path), path)
        folders.put(folder)


def plant(mutants, folders):
    """The `Mutant`s that survive, of which none is in the list; progress is printed."""
    survivors, start = [], time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(_AT_A_TIME) as pool:
        told = pool.map(lambda mutant: survives(folders, mutant), mutants)
        for number, (mutant, survived) in enumerate(zip(mutants, told), 1):
            if survived:
                survivors.append(mutant)
                print(mutant, flush=True)
            left = (time.monotonic() - start) / number * (len(mutants) - number)
            print(f"{number}/{len(mutants)}, {len(survivors)} survived, {left / 60:.0f} minutes "
                  "left", end="\n" if number % 20 == 0 else "\r", file=sys.stderr, flush=True)
    return survivors


def _copies(folder):
    """A queue of trees, one for each mutant that is run at a time."""
    folders = queue.Queue()
    for number in range(_AT_A_TIME):
        copy = os.path.join(folder, str(number))
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        folders.put(copy)
    return folders


def _mutated(path):
    """A path, if it is that of a file that is mutated."""
    if path not in holders.mutated(ROOT):
        raise argparse.ArgumentTypeError(
            f"expected a file of benchmarks/mutants/holders.py, received {path}")
    return path


def _paths(argv):
    parser = command_line.Parser(prog="benchmarks.mutants", description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=_mutated, metavar="FILE",
                        help="file to plant in, from the root; default: all")
    return parser.parse_args(argv).paths or holders.mutated(ROOT)


def main(argv):
    """Prints survivors and the rate; returns 0 if enough are noticed."""
    paths, known = _paths(argv), equivalent()
    every = chosen(paths)
    mutants = [each for each in every if each.change not in known]
    with tempfile.TemporaryDirectory() as folder:
        folders = _copies(folder)
        tests = dict.fromkeys(test for path in paths for test in holders.tests(ROOT, path))
        if not run(os.path.join(folder, "0"), tests):
            print(f"without a mutant something fails: {' '.join(tests)}")
            return 1
        survivors = plant(mutants, folders)
    rate = 1 - len(survivors) / max(len(mutants), 1)
    print("\n" + "\n".join(map(str, sorted(survivors))))
    print(f"{len(mutants)} mutants, {len(mutants) - len(survivors)} noticed: {rate:.1%}; "
          f"{len(every) - len(mutants)} more change nothing, see equivalent.txt")
    return 0 if rate >= _LEAST else 1


if __name__ == "__main__":
    sys.exit(command_line.run("benchmarks.mutants", main))
