"""Reads files with seeded damage, many in one process, and counts how the command ends.

    python -m tests.faults.many KIND COUNT FOLDER

prints a JSON object: `survived`, `refused`, `megabytes` at most, and `faults`, `{seed: what
happened}` of all that ended in another way. What takes longer than 30 seconds ends the process by
SIGALRM. FOLDER holds the whole files: see `tests.faults.sources`.
"""

import contextlib
import importlib
import io
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback

import numpy as np

from tests.support.damaged_data import damaged

SECONDS = 30
# {kind: (module, its arguments, files of the folder of which one is damaged)}
READERS = {
    "traces": ("parity.compare", ["{0}/traces"], "traces"),
    "golden file": ("parity.compare", ["{0}/golden.npz", "{0}/golden_traces"], "golden.npz"),
    "names file (.json)": ("parity.compare", ["{0}/traces", "--names={0}/names.json"],
                           "names.json"),
    "names file (.py)": ("parity.compare", ["{0}/traces", "--names={0}/names.py"], "names.py"),
    "event files": ("parity.graphs", ["--legacy={0}/legacy", "--modern={0}/modern"],
                    "legacy/events"),
    "capture": ("parity.capture", ["--show={0}/captured"], "captured"),
    "batches (.npz)": ("parity.capture", ["--steps=1", "--batches={0}/batches.npz",
                                          "--out={0}/out", "--", "{0}/program.py:build"],
                       "batches.npz"),
}


def _files(path):
    """Paths of the files below a folder, or of the one file."""
    if os.path.isfile(path):
        return [path]
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(path)
                  for name in names)


def _ended(module, arguments):
    """(exit status, what it said) of a command in this process."""
    err = io.StringIO()
    with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
        if module.__name__ == "parity.capture":
            status = module.main(arguments)
        else:
            from parity import command_line
            sys.argv = [module.__name__, *arguments]
            status = command_line.run(module.__name__, module.main)
    return status, err.getvalue()


def _fault(module, arguments):
    """"survived" or "refused", or an explanation of another end."""
    try:
        status, said = _ended(module, arguments)
    except BaseException:  # of any kind: that is what is looked for
        return traceback.format_exc()
    lines = [line for line in said.splitlines() if line.startswith(
        ("capture: ", module.__name__ + ": "))]
    if "Traceback" in said or (status > 3 and len(lines) != 1):
        return "status {}: {}".format(status, said)
    return "refused" if status else "survived"


def main(kind, count, source):
    """Tries seeds 0 to count - 1 of a kind."""
    name, arguments, damaged_path = READERS[kind]
    module = importlib.import_module(name)
    counts, faults = {"survived": 0, "refused": 0}, {}
    for seed in range(count):
        folder = tempfile.mkdtemp()
        place = os.path.join(folder, "copy")
        shutil.copytree(source, place)
        random = np.random.RandomState(seed)
        paths = _files(os.path.join(place, damaged_path))
        path = paths[seed % len(paths)]
        with open(path, "rb") as file:
            content = file.read()
        with open(path, "wb") as file:
            file.write(damaged(content, random))
        signal.alarm(SECONDS)
        fault = _fault(module, [each.format(place) for each in arguments])
        signal.alarm(0)
        if fault in counts:
            counts[fault] += 1
        else:
            faults[seed] = fault
        shutil.rmtree(folder)
    print(json.dumps(dict(counts, faults=faults)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
