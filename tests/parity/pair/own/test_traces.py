"""Traces that are kept say of a later port what its own verification says."""

import os

import pytest

from parity import compare
from parity.cases import CASES
from parity.pair import many

_CASE = CASES["dense_gan-corrected"]
_FLAGS = {"optimizer": "adam", "batch_size": 4}


@pytest.fixture(name="kept", scope="module")
def fixture_kept(tmp_path_factory):
    """(folder of the traces, `{case: Result}`) of a port, and of the same on stock Keras."""
    folder = tmp_path_factory.mktemp("kept")
    ours = _CASE._replace(
        name="ours", steps=2, arguments=dict(_CASE.arguments, **_FLAGS),
        legacy=(*_CASE.legacy, *(f"--{flag}={value}" for flag, value in _FLAGS.items())))
    stock = ours._replace(name="stock", arguments=dict(ours.arguments, stock_optimizers=True))
    results = many.verify([ours, stock], str(folder), lambda line: None, traces=str(folder))
    return str(folder), {result.case: result for result in results}


@pytest.mark.parametrize("name,verdict", [("ours", "identical"), ("stock", "constants")])
def test_a_pair_is_judged_as_it_was_verified(kept, name, verdict):
    folder, results = kept
    found = compare.compare(*[os.path.join(folder, name)] * 2)
    assert found.verdict == results[name].verdict == verdict
    for rung in (1, 4, 5, 6, 8):
        for dtype in ("float32", "float64"):
            assert found.rung(rung, dtype) == results[name].rung(rung, dtype) != "not run"


def test_the_reference_of_an_identical_pair_knows_what_rounded_constants_change(kept):
    folder, _ = kept
    found = compare.compare(os.path.join(folder, "ours"), os.path.join(folder, "stock"))
    assert found.verdict == "constants", found.first_difference
