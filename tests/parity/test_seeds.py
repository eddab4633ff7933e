"""No false alarm: correct ports are found equal whatever the seed."""

import pytest

from parity import recording
from parity.cases import CASES
from parity.verify import verify

_CORRECT = [case._replace(values=dict(case.values, batch_size=16)) for case in CASES.values()
            if case.values.get("variant", "corrected") == "corrected"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 21))
def test_correct_ports_are_identical(seed, repository, monkeypatch):
    monkeypatch.chdir(repository)
    plan = recording.Plan(_CORRECT, ("float32", "float64"), steps=20, seed=seed)
    verdicts = {result.case: result.verdict for result in verify(plan, lambda line: None)}
    assert verdicts == {case.name: "identical" for case in _CORRECT}

