"""`legacy` by itself on TensorFlow 1.15.5 computes what the golden files say that it computed."""

import os
import subprocess
import sys

import numpy as np
import pytest

from parity.cases import CASES
from tests.golden import golden_file

STEPS = 20
# Kernels choose instructions by processor; elsewhere the last bits may be others.
BOUND = 1e-12


@pytest.fixture(name="runs", scope="module")
def fixture_runs(repository, tmp_path_factory):
    """`{case: curves}`, all from one process of its own.

    TensorFlow 1.15 sizes a process's threads by its first Session, so parity mode cannot follow
    other tests; BLAS with one thread sums norms in one order on any number of cores.
    """
    folder = str(tmp_path_factory.mktemp("free_runs"))
    environment = dict(os.environ, PYTHONPATH=repository, OPENBLAS_NUM_THREADS="1")
    process = subprocess.run(
        [sys.executable, os.path.join(repository, "tests", "tf1", "free_run.py"), folder]
        + list(CASES),
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.returncode == 0, process.stderr.decode()
    curves = {}
    for case in CASES:
        with np.load(os.path.join(folder, case + ".npz")) as file:
            curves[case] = {name: file[name] for name in file.files}
    return curves


@pytest.mark.parametrize("case", CASES)
def test_legacy_alone_trains_as_the_golden_file_says(case, runs):
    """The first 20 steps; bit for bit on the processor that the file was recorded on."""
    golden = golden_file.read(golden_file.path(case))
    found = golden_file.differences(golden.curves, runs[case])
    losses = sum(name.startswith("losses/") for name in golden.curves)
    steps = min(STEPS, CASES[case].steps)
    rows = sum(step <= steps for step in golden_file.STEPS)
    assert len(found) == losses * steps + (len(golden.curves) - losses) * rows
    bound = 0 if golden.header["cpu"] == golden_file.cpu() else BOUND
    assert max(found).relative <= bound, max(found)


def test_this_is_the_tensorflow_that_the_golden_files_are_of():
    import tensorflow as tf

    headers = [golden_file.read(golden_file.path(case)).header for case in CASES]
    versions = {header["versions"]["tensorflow"] for header in headers}
    assert versions == {tf.__version__} == {"1.15.5"}
