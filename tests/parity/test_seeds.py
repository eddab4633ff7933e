"""No false alarm: correct ports are found equal whatever the seed."""

import pytest

from parity import recording
from parity.cases import CASES
from parity.verify import verify

_GROUPS = ("mlp_gan vae bgd_gan", "dense_gan", "wgan dcgan")


def _correct(models):
    return [case._replace(values=dict(case.values, batch_size=min(16, case.values["batch_size"])))
            for case in CASES.values()
            if case.model in models and case.values.get("variant", "corrected") == "corrected"]


def test_groups_hold_every_model():
    assert {case.model for case in CASES.values()} == set(" ".join(_GROUPS).split())


@pytest.mark.slow
@pytest.mark.parametrize("models", _GROUPS)
@pytest.mark.parametrize("seed", range(1, 21))
def test_correct_ports_are_identical(seed, models, repository, monkeypatch):
    monkeypatch.chdir(repository)
    cases = _correct(models.split())
    plan = recording.Plan(cases, ("float32", "float64"), steps=20, seed=seed)
    verdicts = {result.case: result.verdict for result in verify(plan, lambda line: None)}
    assert verdicts == {case.name: "identical" for case in cases}
