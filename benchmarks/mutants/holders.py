"""Mutated files, and the tests that hold each of them: fast ones, the nearest first.

Tests that start TensorFlow take longer than a mutant may, so that what only they hold is not
mutated: the recorders of both sides, and `parity.pair.verification` and `.run`, which lead them.
"""

import glob
import os

MUTATED = (
    "parity/judge/**/*.py", "parity/trace/*.py", "parity/report/*.py", "parity/graph/*.py",
    "parity/common/*.py", "parity/verify.py", "parity/compare.py", "parity/api.py",
    "parity/graphs.py", "parity/command_line.py", "parity/workers.py", "parity/fork_server.py",
    "parity/forking.py", "parity/processes.py", "parity/__main__.py",
    "parity/pair/captured_run.py", "parity/pair/free_runs.py", "parity/pair/many.py",
    "parity/pair/step_notes.py", "parity/pair/remarks.py", "parity/pair/round_trip.py",
    "parity/pair/threads.py")
_COMMANDS = ["tests/parity/test_verify.py", "tests/parity/test_compare.py",
             "tests/parity/test_command_line.py", "tests/parity/test_api.py"]
# Tests of a room hold whatever stands in it; a later entry is of a smaller room.
_ROOMS = {
    "parity/": _COMMANDS,
    "parity/__main__.py": ["tests/parity/test_main.py", "tests/parity/test_command_line.py"],
    "parity/api.py": ["tests/parity/test_api.py", "tests/parity/golden/test_command.py"],
    "parity/common/": ["tests/parity/common", "tests/parity/test_workers.py",
                       "tests/parity/trace"],
    "parity/fork": ["tests/parity/test_fork_server.py", "tests/parity/test_workers.py"],
    "parity/graph/": ["tests/parity/graph"],
    "parity/graphs.py": ["tests/parity/graph", "tests/parity/test_command_line.py"],
    "parity/judge/": ["tests/parity/judge", "tests/parity/test_compare.py",
                      "tests/parity/pair/test_free_runs.py",
                      "tests/parity/pair/test_step_notes.py"],
    "parity/pair/": ["tests/parity/pair/test_step_notes.py", "tests/parity/pair/test_many.py",
                     "tests/parity/judge"],
    "parity/processes.py": ["tests/parity/test_workers.py"],
    "parity/report/": ["tests/parity/report"],
    "parity/trace/": ["tests/parity/trace", *_COMMANDS[:2]],
    "parity/verify.py": [*_COMMANDS, "tests/parity/golden/test_command.py"],
    "parity/workers.py": ["tests/parity/test_workers.py"]}
# What starts a browser.
_LAST = ["tests/parity/report/test_pages.py"]
# What starts TensorFlow among them.
DESELECTED = ("tests/parity/test_command_line.py::"
              "test_a_terminated_verification_leaves_nothing_behind",)


def mutated(root):
    """Paths from the root of a tree of all files that are mutated, in order."""
    found = {os.path.relpath(path, root) for pattern in MUTATED
             for path in glob.glob(os.path.join(root, pattern), recursive=True)}
    return sorted(path for path in found if os.path.basename(path) != "__init__.py")


def tests(root, path):
    """Paths of the tests of a file, in the order in which they are run."""
    folder, name = os.path.split(path)
    own = os.path.join("tests", folder, "test_" + name)
    room = max((each for each in _ROOMS if path.startswith(each)), key=len)
    named = [own] if os.path.isfile(os.path.join(root, own)) else []
    rest = [each for place in _ROOMS[room] for each in _files(root, place)]
    return named + [each for each in rest if each != own and each not in _LAST] + [
        each for each in rest if each in _LAST]


def _files(root, place):
    """The files of tests in a folder; a file by itself."""
    found = glob.glob(os.path.join(root, place, "**", "test_*.py"), recursive=True)
    return sorted(os.path.relpath(path, root) for path in found) or [place]
