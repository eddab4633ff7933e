"""Gradients that wait for another update, against NumPy."""

import os

import numpy as np
import pytest

from parity.causes import waiting
from parity.causes.place import Place
from parity.common import rungs
from parity.reference.captured import Captured
from tests.captures import Captures
from tests.parity.causes.one_step import taken

_ASKED = {"rung": rungs.GRADIENTS, "phase": 0, "alike": [], "layers": [], "optimizer": {},
          "ratio": None, "batch": 4}


@pytest.fixture(name="captured", scope="module")
def fixture_captured(repository, tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("captures"))
    out = os.path.join(folder, "waiting")
    file = os.path.join(os.path.dirname(os.path.abspath(__file__)), "waits.py")
    with Captures(repository, folder) as capture:
        assert capture("--steps=1", f"--out={out}", "--", f"{file}:waiting").status == 0
    return Captured(out)


def _gradient(step):
    return step.phases[0].gradients["g/w"]


def test_they_go_back_through_the_weights_before_it_under_the_change(captured):
    change, = waiting.early(Place(captured, dict(_ASKED, target="g/w")))
    right, early = taken(captured), taken(captured, change.edits)
    x = right.phases[0].inputs["x:0"].astype(np.float64)
    assert np.abs(right.after["d/w"] - right.before["d/w"]).max() > 1e-3
    for step, when in ((right, right.after), (early, right.before)):
        expected = x.sum(0)[:, None] @ when["d/w"].T / 4.0
        np.testing.assert_allclose(_gradient(step), expected, rtol=1e-12)


def test_of_the_first_update_nothing_is_early(captured):
    place = Place(captured, dict(_ASKED, target="d/w"))
    change, = waiting.early(place)  # its own gradients use the other's weights before they move
    np.testing.assert_array_equal(taken(captured, change.edits).phases[0].gradients["d/w"],
                                  taken(captured).phases[0].gradients["d/w"])
