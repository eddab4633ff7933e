"""The project's training binary, captured as it is, and its twins: the same bit for bit.

What `parity.verify --case` proves of programs that are built twice, once in each precision, is
proved here through the door that strangers use: a capture of `legacy.train`, rewritten to float64.
"""

import pytest

from parity import differences
from parity.cases import CASES
from tests.parity.pair.verifications import Verifications

# Models, optimisers, schedules and tools; the rest of the cases is slow.
QUICK = ("mlp_gan-corrected-alternating", "vae-as_written", "bgd_gan-corrected",
         "dense_gan-momentum-exponential-clip", "dense_gan-adagrad-plateau-accumulate",
         "dense_gan-adam_d0-linear-average", "dense_gan-rmsprop_d3-exponential-freeze")
# The decay of averages is rounded to float32 in both precisions, as tf.train rounds it, and not in
# the captured graph's float64.
CONSTANTS = ("dense_gan-adam_d0-linear-average",)
RUNGS = (1, 3, 4, 5, 6, 8)


@pytest.fixture(name="verified", scope="module")
def fixture_verified(repository, tmp_path_factory):
    """Function (case of `parity.cases`) that returns the `Result` of its captured program."""
    verifications = Verifications(repository, tmp_path_factory.mktemp("own"))

    def of(case):
        values = dict(case.values, batch_size=min(4, case.values["batch_size"]))
        flags = [f"--{name}={value}" for name, value in values.items()]
        program = ("-m", "legacy.train", f"--model={case.model}", *flags, "--train_steps=5",
                   "--parity_mode", "--run_dir=run", "--overwrite")
        return verifications(program, "modern.port:build", model=case.model, **values)
    yield of
    verifications.close()


@pytest.mark.parametrize("name", [pytest.param(
    name, marks=[] if name in QUICK else pytest.mark.slow) for name in CASES])
def test_a_model_and_its_twin_are_identical(verified, name):
    result = verified(CASES[name])
    if name in CONSTANTS:
        assert result.verdict == differences.CONSTANTS
        assert {finding.tensor.rpartition("/")[2] for finding in result.findings
                if finding.verdict == differences.CONSTANTS} == {"average"}
    else:
        assert result.verdict == differences.IDENTICAL, result.first_difference
    compared = {(finding.rung, finding.dtype) for finding in result.findings
                if finding.verdict == differences.IDENTICAL}
    # The losses of accumulated batches are means that the graph does not hold.
    rungs = set(RUNGS) - ({4} if "accumulate" in name else set())
    assert compared >= {(rung, dtype) for rung in rungs for dtype in ("float32", "float64")}
