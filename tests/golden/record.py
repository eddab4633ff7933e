"""Records the golden files: every case, as the real TensorFlow 1 computes it.

    python tests/golden/record.py --legacy_python=/path/to/python3.7
"""

import os
import sys
import tempfile
from unittest import mock

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

from groundwork.run.files import write_whole
from parity import command_line
from parity import recording
from parity.common import trace
from parity.verify import chosen_cases
from parity.workers import Recorder, THREADS
from tests.golden import golden_file

DTYPE = "float64"
SEED = 1


def plan(cases, steps=None, legacy_python=""):
    """What is recorded."""
    return recording.Plan(cases, (DTYPE,), steps, SEED, legacy_python=legacy_python)


def start_recorder(planned, folder):
    """The recorder of the TensorFlow 1 side, for a run whose norms depend on no number of cores."""
    with mock.patch.dict(os.environ, OPENBLAS_NUM_THREADS="1"):
        return Recorder.tf1(planned, folder)


def free_run(recorder, case, planned, folder):
    """The `Golden` of one run of a case."""
    batches, out = os.path.join(folder, "batches.npz"), os.path.join(folder, "trace.npz")
    recording.write_batches(case, planned, batches)
    recorder("record", out=out, batches=batches, program=case.legacy,
             training=case.legacy_training, hparams_from=case.hparams, model=case.model,
             values=case.values, dtype=DTYPE, steps=planned.steps_of(case), resync=[],
             seed=planned.seed, threads=THREADS)
    header, arrays = trace.read(out)
    with arrays:
        curves = golden_file.thin({name: arrays[name] for name in arrays.files if name.startswith(
            ("losses/", "norms/", "entries/"))})
    kept = {key: header[key] for key in (
        "program", "hparams", "dtype", "steps", "threads", "versions", "interpreter")}
    header = dict(kept, case=case.name, seed=planned.seed, cpu=golden_file.cpu())
    return golden_file.Golden(header, curves)


def _parser():
    parser = command_line.Parser(prog="tests/golden/record.py", description=__doc__)
    parser.add_argument("--legacy_python", metavar="PATH", required=True,
                        help="interpreter with the real TensorFlow 1")
    parser.add_argument("--case", default="all", metavar="NAMES",
                        help="as parity.verify takes them (default: %(default)s)")
    parser.add_argument("--output_dir", metavar="FOLDER", default=golden_file.FOLDER,
                        help="where the files are written (default: beside this file)")
    return parser


def main(argv):
    """Records the cases, then writes their files."""
    asked = _parser().parse_args(argv)
    if not asked.legacy_python:
        raise command_line.UsageError("--legacy_python: expected a path, received nothing")
    command_line.check_interpreter("legacy_python", asked.legacy_python)
    command_line.check_folder("output_dir", asked.output_dir)
    planned = plan(chosen_cases(asked.case), legacy_python=asked.legacy_python)
    contents = {}
    with tempfile.TemporaryDirectory() as folder, start_recorder(planned, folder) as recorder:
        for case in planned.cases:
            golden = free_run(recorder, case, planned, folder)
            version = golden.header["versions"]["tensorflow"]
            if not version.startswith("1."):
                raise command_line.UsageError(
                    f"--legacy_python={asked.legacy_python}: expected an interpreter with "
                    f"TensorFlow 1, received one with {version}")
            contents[case.name] = golden_file.content(*golden)
            command_line.progress(f"recorded {case.name}: {len(contents[case.name])} bytes")
    for name, content in contents.items():
        write_whole(os.path.join(asked.output_dir, name + ".npz"), content)
    return 0


if __name__ == "__main__":
    sys.exit(command_line.run("tests/golden/record.py", main))
