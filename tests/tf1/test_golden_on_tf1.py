"""`legacy` by itself on TensorFlow 1.15.5 computes what the golden files say that it computed."""

import pytest

from parity.cases import CASES
from tests.golden import free_runs
from tests.golden import golden_file

STEPS = 20
# Kernels choose instructions by processor; elsewhere the last bits may be others.
BOUND = 1e-12


@pytest.fixture(name="process", scope="module")
def fixture_process():
    """A process of this interpreter that trains every case."""
    with free_runs.start() as process:
        yield process


@pytest.mark.parametrize("case", CASES)
def test_legacy_alone_trains_as_the_golden_file_says(case, process, tmp_path):
    """The first 20 steps; bit for bit on the processor that the file was recorded on."""
    golden = golden_file.read(golden_file.path(case))
    steps = min(STEPS, CASES[case].steps)
    run = free_runs.train(process, CASES[case], steps, str(tmp_path))
    assert run.header["versions"] == golden.header["versions"]
    found = golden_file.differences(golden.curves, run.curves)
    losses = sum(name.startswith("losses/") for name in golden.curves)
    rows = sum(step <= steps for step in golden_file.STEPS)
    assert len(found) == losses * steps + (len(golden.curves) - losses) * rows
    bound = 0 if golden.header["cpu"] == golden_file.cpu() else BOUND
    assert max(found).relative <= bound, max(found)


def test_this_is_the_tensorflow_that_the_golden_files_are_of():
    import tensorflow as tf

    headers = [golden_file.read(golden_file.path(case)).header for case in CASES]
    versions = {header["versions"]["tensorflow"] for header in headers}
    assert versions == {tf.__version__} == {"1.15.5"}
