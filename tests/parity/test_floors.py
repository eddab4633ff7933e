"""Measured floors: which change the reference is asked to make, and which one explains most."""

import math

import numpy as np
import pytest

from parity import floors
from parity import recording
from parity.cases import CASES
from parity.differences import Difference

PROGRAM = '''
def make(model, values):
    return dict({"rate": 0.1, "beta1": 0.5, "beta2": 0.999, "decay": 0.0, "units": 3,
                 "variant": "plain"}, **values)
'''


@pytest.fixture
def asked(tmp_path):
    """A pair whose reference notes what it is asked for and answers by counting."""
    path = tmp_path / "numbers.py"
    path.write_text(PROGRAM)
    case = CASES["vae-corrected"]._replace(
        hparams=f"{path}:make", hparams_dict="builtins:dict", values={"rate": 0.25})
    calls = []

    def perturb(**change):
        calls.append(change)
        return {("kernel", 0): float(len(calls))}

    legacy = ({"resync": [0, 2]}, {})
    pair = recording.Pair(case, "float64", None, legacy, None, [], {}, perturb=perturb)
    return pair, calls


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_inputs_are_moved_by_one_unit_in_the_last_place(asked, dtype):
    pair, calls = asked
    assert floors.input_floor(pair._replace(dtype=dtype)) == {"kernel": 64.0}
    factor = np.dtype(dtype).type(calls[0]["scale_inputs"])
    one = np.dtype(dtype).type(1)
    assert one * factor == np.nextafter(one, one + one)


def test_one_step_at_a_kink_does_not_raise_the_floor(asked):
    pair, _ = asked
    changes = {("kernel", 0): 1e-6, ("kernel", 1): 1e-2, ("kernel", 2): 3e-6, ("bias", 2): 1e-7}
    assert floors.input_floor(pair._replace(perturb=lambda scale_inputs: changes)) == {
        "kernel": pytest.approx(64 * 3e-6), "bias": pytest.approx(64e-7)}


def test_only_what_is_above_its_floor_after_every_step_is_always_above():
    def gaps(name, *relatives):
        return {(name, k): Difference(not relative, relative)
                for k, relative in enumerate(relatives)}

    found = {**gaps("a fault", 2e-3, 3e-5, 1e-4), **gaps("a kink", 1e-6, 1e-2, 2e-6),
             **gaps("at its floor", 1e-5), **gaps("no floor", 1e-9), **gaps("equal", 0.0)}
    found["an ulp", 0] = Difference(False, 1e-3, within_ulp=True)
    floor = dict.fromkeys(["a fault", "a kink", "at its floor"], 1e-5)
    assert floors.always_above(found, floor) == {"a fault", "no floor"}


def test_each_number_is_moved_alone(asked):
    pair, calls = asked
    found = floors.constant_floors(pair)
    assert list(found) == ["rate", "beta1", "beta1 in its powers", "beta2", "beta2 in its powers"]
    assert [found[name][("kernel", 0)] for name in found] == [1.0, 2.0, 3.0, 4.0, 5.0]
    for call, (name, value) in zip([calls[0], calls[1], calls[3]],
                                   [("rate", 0.25), ("beta1", 0.5), ("beta2", 0.999)]):
        moved = call["values"][name]
        assert np.float32(moved) == np.nextafter(np.float32(value), np.float32(1))
        assert {key: other for key, other in call["values"].items() if key != name} == (
            {} if name == "rate" else {"rate": 0.25})


def test_powers_move_as_often_as_they_were_multiplied(asked):
    pair, calls = asked
    floors.constant_floors(pair)
    ulp = 2.0 ** -23  # of 0.5
    assert calls[2] == {"scale": {"@beta1_power": {
        "0": pytest.approx(1 + ulp, rel=1e-15), "2": pytest.approx((1 + ulp) ** 3, rel=1e-15)}}}
    assert list(calls[4]["scale"]) == ["@beta2_power"]


def test_case_is_left_as_it_was(asked):
    pair, _ = asked
    floors.constant_floors(pair)
    assert pair.case.values == {"rate": 0.25}


def test_largest_change_explains_a_tensor():
    found = {"rate": {("kernel", 0): 1e-7, ("kernel", 5): 1e-9},
             "beta1": {("kernel", 0): 3e-7, ("kernel", 5): math.inf},
             "beta2": {("kernel", 0): math.nan}}
    assert floors.largest(found, "kernel", 0) == (3e-7, "beta1")
    assert floors.largest(found, "kernel", 5) == (1e-9, "rate")


def test_nothing_explains_a_tensor_that_no_constant_moves():
    found = {"rate": {("kernel", 0): 0.0}, "beta1": {("bias", 0): 1e-7}}
    assert floors.largest(found, "kernel", 0) == (0.0, "")
    assert floors.largest({}, "kernel", 0) == (0.0, "")
