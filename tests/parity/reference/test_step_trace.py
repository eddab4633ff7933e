"""What is written of a step and of its variants."""

import numpy as np
import pytest

from parity.reference import step_trace
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


def noting():
    """(dictionary, function that writes into it, each name once)."""
    written = {}

    def write(name, value):
        assert name not in written
        written[name] = value
    return written, write


@pytest.fixture
def changed():
    """Function ({variant: how far it is off}, split, dtype) to what is written of the variants."""
    def change(variants, split=(), dtype=np.float64):
        written, write = noting()
        made = step_trace.Changes(step_trace.named_and_before(step(dtype=dtype)), write, split)
        for name, off in variants.items():
            made.add(name, step(off, dtype))
        made.finish()
        return written
    return change


def test_a_step_is_written_with_all_that_it_took_and_gave():
    written, write = noting()
    step_trace.write_step(step(), write)
    assert set(written) == {
        "before/4/a/w", "after/4/a/w", "before/4/n", "after/4/n", "gradient/4/0/a/w",
        "loss/4/0/loss:0", "input/4/0/x:0", "draw/4/0/0", "rate/4/0/a/w"}
    np.testing.assert_array_equal(written["gradient/4/0/a/w"], GRADIENT)
    np.testing.assert_array_equal(written["after/4/a/w"], BEFORE - GRADIENT)


def test_what_other_steps_and_calls_gave_is_written_beside_it():
    written, write = noting()
    gathered = [{"x:0": BEFORE}, {"x:0": GRADIENT, "y:0": BEFORE}]
    step_trace.write_step(step()._replace(gathered=gathered), write,
                          [{"a/w": np.float64(0.25)}, {"a/w": np.float64(0.125)}])
    assert written["last_rate/4/0/a/w"] == 0.25 and written["last_rate/4/1/a/w"] == 0.125
    assert {name: value.tolist() for name, value in written.items() if "gathered" in name} == {
        "gathered/4/0/x:0": BEFORE.tolist(), "gathered/4/1/x:0": GRADIENT.tolist(),
        "gathered/4/1/y:0": BEFORE.tolist()}


def test_without_variants_nothing_is_written_of_them(changed):
    assert changed({}) == {}


def test_of_a_variant_its_distance_is_kept_the_largest_of_all(changed):
    written = changed({"stored": 1e-3, "mixed": 1e-6})
    assert not any(name.startswith(("stored", "mixed")) for name in written)
    for name in ("after/4/a/w", "gradient/4/0/a/w", "loss/4/0/loss:0"):
        assert written["allowed_" + name] == pytest.approx(1e-3)
    assert "allowed_after/4/n" not in written


def test_what_no_factor_of_the_move_makes_is_kept_beside_the_whole_change(changed):
    written = changed({"stored": 1e-6, "powers": 1e-3})
    assert written["allowed_after/4/a/w"] == pytest.approx(1e-3)
    assert written["bent_after/4/a/w"] == pytest.approx(0.0, abs=1e-12)  # both scale the gradient
    assert "bent_gradient/4/0/a/w" not in written


def test_what_one_unit_in_the_last_place_changes_is_kept_beside_what_constants_do(changed):
    written = changed({"stored": 1e-3, "nudged": 1e-6}, split=["a/w"])
    assert written["noise_after/4/a/w"] == pytest.approx(1e-6)
    assert written["noise_loss/4/0/loss:0"] == pytest.approx(1e-6)
    assert written["allowed_loss/4/0/loss:0"] == pytest.approx(1e-3)


def test_of_what_a_port_holds_in_parts_arrays_are_kept(changed):
    written = changed({"stored": 1e-3}, split=["a/w"])
    assert written["stored_after/4/a/w"].tolist() == pytest.approx([3.0, -2.002, 4.0])
    assert "stored_gradient/4/0/a/w" in written and "allowed_after/4/a/w" not in written
    assert written["allowed_loss/4/0/loss:0"] == pytest.approx(1e-3)


@pytest.mark.parametrize("off,nudged,dtype,kept", [
    (1e-7, 0.0, np.float64, True), (1e-15, 0.0, np.float64, False),
    (1e-3, 1e-6, np.float32, True), (1e-3, 1e-4, np.float32, False),
    (1e-6, 0.0, np.float32, False)])
def test_biased_variances_are_kept_where_they_are_no_rounding(changed, off, nudged, dtype, kept):
    written = changed({"nudged": nudged, "biased": off}, dtype=dtype)
    assert ("biased_after/4/a/w" in written) == kept
    assert not any(name.startswith("biased_gradient") for name in written)
