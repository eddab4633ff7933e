"""Records the golden files: every case, as the real TensorFlow 1 computes it.

    python tests/golden/record.py --legacy_python=/path/to/python3.7
"""

import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

from groundwork.run.files import write_whole
from parity import command_line
from parity.cases import chosen
from tests.golden import free_runs
from tests.golden import golden_file


def _parser():
    parser = command_line.Parser(prog="tests/golden/record.py", description=__doc__)
    parser.add_argument("--legacy_python", metavar="PATH", required=True,
                        help="interpreter with the real TensorFlow 1")
    parser.add_argument("--case", default="all", metavar="NAMES",
                        help="as parity.verify takes them (default: %(default)s)")
    parser.add_argument("--output_dir", metavar="FOLDER", default=golden_file.FOLDER,
                        help="where the files are written (default: beside this file)")
    return parser


def _recorded(cases, python):
    """`{case: bytes of its golden file}`.

    They are put together here: another interpreter's NumPy pads its headers in another way.

    Raises:
      UsageError: the interpreter has another TensorFlow.
    """
    contents = {}
    with tempfile.TemporaryDirectory() as folder, free_runs.start(python) as process:
        for case in cases:
            golden = free_runs.train(process, case, case.steps, folder)
            version = golden.header["versions"]["tensorflow"]
            if not version.startswith("1."):
                raise command_line.UsageError(
                    f"--legacy_python={python}: expected an interpreter with "
                    f"TensorFlow 1, received one with {version}")
            contents[case.name] = golden_file.content(*golden)
            command_line.progress(f"recorded {case.name}: {len(contents[case.name])} bytes")
    return contents


def main(argv):
    """Records the cases, then writes their files."""
    asked = _parser().parse_args(argv)
    if not asked.legacy_python:
        raise command_line.UsageError("--legacy_python: expected a path, received nothing")
    command_line.check_interpreter("legacy_python", asked.legacy_python)
    command_line.check_folder("output_dir", asked.output_dir)
    for name, content in _recorded(chosen(asked.case), asked.legacy_python).items():
        write_whole(os.path.join(asked.output_dir, name + ".npz"), content)
    return 0


if __name__ == "__main__":
    sys.exit(command_line.run("tests/golden/record.py", main))
