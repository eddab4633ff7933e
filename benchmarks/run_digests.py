"""Digests of what training writes, for every case of `parity.cases`, in both wings.

    python -m benchmarks.run_digests --output=before.json
    python -m benchmarks.run_digests --output=after.json --before=before.json

After a change that should change nothing, the second command names each file that differs. Takes
about 5 minutes on 2 cores.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import subprocess
import sys
import tempfile

from parity import cases
from parity import command_line

WINGS = ("legacy", "modern")
STEPS = 6
_INTERVALS = ("--train_steps={}".format(STEPS), "--log_every=1", "--sample_every=3",
              "--summary_every=3", "--checkpoint_every=3")
# They hold absolute paths or a process's number; TensorFlow writes a .meta file in no fixed order.
_LEFT_OUT = ("checkpoint", ".lock")
_LEFT_OUT_ENDING = ".meta"


def digests(wing, case):
    """`{file of the run: digest}` of one case, trained for `STEPS` steps in a new folder."""
    words = [word for word in case.legacy if word.startswith("--") and word != "--parity_mode"]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", wing + ".train", *_INTERVALS,
                   *(word.format(folder=folder) for word in words)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                       env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3"))
        return dict(_files(os.path.join(folder, "run")))


def _files(run):
    """Yields (name, digest) of a run's files: event files by their values, without times."""
    for folder, _, names in os.walk(run):
        for name in sorted(set(names) - set(_LEFT_OUT)):
            path = os.path.join(folder, name)
            if "tfevents" in name or name.endswith(_LEFT_OUT_ENDING):
                continue
            with open(path, "rb") as file:
                data = file.read()
            if name == "config.json":
                data = json.dumps(json.loads(data)["identity"], sort_keys=True).encode()
            yield os.path.relpath(path, run), _digest(data)
    yield from _events(os.path.join(run, "events"))


def _events(folder):
    """Yields ("events/<tag>/<step>", digest) of what TensorBoard is shown."""
    from tensorboard.backend.event_processing import event_file_loader

    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if not os.path.isfile(path) or "tfevents" not in name:
            continue
        for event in event_file_loader.LegacyEventFileLoader(path).Load():
            if event.graph_def:
                yield "events/graph", _digest(_without_seeds(event.graph_def))
            for value in event.summary.value:
                if "hparams" not in value.tag and value.tag not in ("steps_per_second", "flags"):
                    yield (f"events/{value.tag}/{event.step}",
                           _digest(value.SerializeToString(deterministic=True)))


def _without_seeds(serialized):
    """A graph without the seeds of TensorFlow's own initialisers, new in every process, unused."""
    from tensorboard.compat.proto import graph_pb2

    graph = graph_pb2.GraphDef.FromString(serialized)
    for node in graph.node:
        if node.name.endswith("/seed"):
            node.attr.clear()
    return graph.SerializeToString(deterministic=True)


def _digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def different(before, after):
    """Names of the files whose digests differ, or that only one side has."""
    return sorted(f"{run}: {name}" for run in before.keys() | after.keys()
                  for name in before.get(run, {}).keys() | after.get(run, {}).keys()
                  if before.get(run, {}).get(name) != after.get(run, {}).get(name))


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise command_line.UsageError(
            f"--before={path}: expected a file of digests: {error}") from error


def _parser():
    parser = command_line.Parser(
        prog="benchmarks.run_digests", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", required=True, metavar="FILE",
                        help="JSON file of the digests")
    parser.add_argument("--before", metavar="FILE",
                        help="JSON file of earlier digests to compare with")
    parser.add_argument("--wing", choices=WINGS, help="the wing that trains; default: both")
    return parser


def main(argv):
    """Trains, writes the digests and compares; 1 where a file differs."""
    asked = _parser().parse_args(argv)
    wings = [asked.wing] if asked.wing else WINGS
    before = None if asked.before is None else _read(asked.before)
    jobs = [(wing, case) for case in cases.CASES.values() for wing in wings]
    command_line.progress(f"{len(jobs)} runs")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        made = list(pool.map(lambda job: digests(*job), jobs))
    after = {f"{wing}/{case.name}": files for (wing, case), files in zip(jobs, made)}
    with open(asked.output, "w", encoding="utf-8") as file:
        json.dump(after, file, indent=1, sort_keys=True)
    print(f"{len(after)} runs, {sum(map(len, after.values()))} digests")
    if before is None:
        return 0
    names = different({run: files for run, files in before.items()
                       if run.split("/")[0] in wings}, after)
    print("\n".join(names) or "nothing differs")
    return int(bool(names))


if __name__ == "__main__":
    sys.exit(command_line.run("benchmarks.run_digests", main))
