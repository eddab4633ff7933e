"""The project's training binary, captured, and its twins: the same, whatever the seed."""

import pytest

from parity.cases import CASES, MODELS
from parity.judge import differences
from parity.pair import many

# Models, optimisers, schedules and training options; the rest of the cases is slow.
QUICK = ("dense_gan-adagrad-plateau-accumulate", "dense_gan-adam_d0-linear-average")
RUNGS = (1, 3, 4, 5, 6, 8)


@pytest.mark.parametrize("name", [pytest.param(
    name, marks=[] if name in QUICK else pytest.mark.slow) for name in CASES])
def test_a_model_and_its_twin_are_identical(verified, name):
    result = verified(CASES[name])
    assert result.verdict == differences.IDENTICAL, result.first_difference
    compared = {(finding.rung, finding.dtype) for finding in result.findings
                if finding.verdict == differences.IDENTICAL}
    # The losses of accumulated batches are means that the graph does not hold.
    rungs = set(RUNGS) - ({4} if "accumulate" in name else set())
    assert compared >= {(rung, dtype) for rung in rungs for dtype in ("float32", "float64")}
    assert "free run" in {finding.tensor for finding in result.findings}


def _seeded(case, seed):
    batch_size = min(16, case.arguments["batch_size"])
    return case._replace(
        legacy=(*case.legacy, f"--batch_size={batch_size}", f"--seed={seed}"),
        arguments=dict(case.arguments, batch_size=batch_size), steps=6)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", range(1, 21))
def test_correct_ports_are_identical_whatever_the_seed(seed, model, tmp_path):
    cases = [_seeded(case, seed) for case in CASES.values()
             if case.model == model and case.arguments.get("variant", "corrected") == "corrected"]
    verdicts = {result.case: result.verdict
                for result in many.verify(cases, str(tmp_path), lambda line: None)}
    assert verdicts == {case.name: "identical" for case in cases}
