"""What is written of a step and of its variants."""

import numpy as np
import pytest

from parity.reference.step_trace import StepTrace
from parity.reference.steps import Phase, Step

BEFORE = np.array([3.0, 0.0, 4.0])
GRADIENT = np.array([0.0, 2.0, 0.0])


def step(off=0.0, dtype=np.float64):
    """A step of one variable `a/w` and a counter; everything `off`, relative."""
    gradient = (GRADIENT * (1 + off)).astype(dtype)
    phase = Phase({"a/w": gradient}, {"loss:0": np.asarray(2 + 2 * off, dtype)}, {"x:0": BEFORE},
                  [("RandomUniform", BEFORE)], {"a/w": np.asarray(0.5, dtype)}, {}, {})
    return Step(4, [phase], {"a/w": BEFORE.astype(dtype), "n": np.int32(4)},
                {"a/w": BEFORE.astype(dtype) - gradient, "n": np.int32(5)}, [])


@pytest.fixture
def traced():
    """Function ({variant: how far it is off}, split, dtype) to what is written."""
    def trace(variants, split=(), dtype=np.float64):
        written = {}

        def write(name, value):
            assert name not in written
            written[name] = value
        made = StepTrace(step(dtype=dtype), write, split)
        for name, off in variants.items():
            made.add(name, step(off, dtype))
        made.finish()
        return written
    return trace


def test_a_step_is_written_with_all_that_it_took_and_gave(traced):
    assert set(traced({})) == {
        "before/4/a/w", "after/4/a/w", "before/4/n", "after/4/n", "gradient/4/0/a/w",
        "loss/4/0/loss:0", "input/4/0/x:0", "draw/4/0/0", "rate/4/0/a/w"}


def test_of_a_variant_its_distance_is_kept_the_largest_of_all(traced):
    written = traced({"stored": 1e-3, "powers": 1e-6})
    assert not any(name.startswith(("stored", "powers")) for name in written)
    for name in ("after/4/a/w", "gradient/4/0/a/w", "loss/4/0/loss:0"):
        assert written["allowed_" + name] == pytest.approx(1e-3)
    assert "allowed_after/4/n" not in written


def test_of_what_a_port_holds_in_parts_arrays_are_kept(traced):
    written = traced({"stored": 1e-3}, split=["a/w"])
    assert written["stored_after/4/a/w"].tolist() == pytest.approx([3.0, -2.002, 4.0])
    assert "stored_gradient/4/0/a/w" in written and "allowed_after/4/a/w" not in written
    assert written["allowed_loss/4/0/loss:0"] == pytest.approx(1e-3)


@pytest.mark.parametrize("off,nudged,dtype,kept", [
    (1e-7, 0.0, np.float64, True), (1e-15, 0.0, np.float64, False),
    (1e-3, 1e-6, np.float32, True), (1e-3, 1e-4, np.float32, False),
    (1e-6, 0.0, np.float32, False)])
def test_biased_variances_are_kept_where_they_are_no_rounding(traced, off, nudged, dtype, kept):
    written = traced({"nudged": nudged, "biased": off}, dtype=dtype)
    assert ("biased_after/4/a/w" in written) == kept
    assert not any(name.startswith("biased_gradient") for name in written)
