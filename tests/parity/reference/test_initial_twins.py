"""Initialisers of TensorFlow 1, read from captured graphs, and of Keras layers, as rung 2 has them.
"""

import math
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from parity.judge.differences import CONSTANTS, DIFFERENT, IDENTICAL
from parity.judge.rungs import initialisers as rung
from parity.pair import first_values
from parity.pair import transforms
from parity.pair.rows import Row
from parity.port import initializers
from parity.reference import initial

# {name in initial_programs.py: what Keras calls the same}
TWINS = {
    "default": "glorot_uniform",
    "random_uniform": keras.initializers.RandomUniform(-0.2, 0.3),
    "random_normal": keras.initializers.RandomNormal(0.1, 0.02),
    "truncated_normal": keras.initializers.TruncatedNormal(0.1, 0.02),
    "seeded": keras.initializers.RandomNormal(0.1, 0.02, seed=4),
    "glorot_normal": "glorot_normal",
    "he_normal": "he_normal",
    "he_uniform": "he_uniform",
    "lecun_normal": "lecun_normal",
    "untruncated": keras.initializers.VarianceScaling(2.0, "fan_out", "untruncated_normal"),
    "orthogonal": "orthogonal",
    "identity": "identity",
    "zeros": "zeros",
    "ones": "ones",
    "constant": keras.initializers.Constant(3.0),
    "slim_xavier": "glorot_uniform",
}


@pytest.fixture(name="begun", scope="module")
def fixture_begun(captured_program):
    """(what `initial.read` returns, its arrays) of initial_programs.py."""
    captured, drawn = captured_program("initialised"), {}
    return initial.read(captured, set(captured.variables), drawn.__setitem__), drawn


@pytest.fixture(name="compared")
def fixture_compared(begun):
    """Function (variable, Keras initialiser) to the (verdict, note) of a port's kernel."""
    def compare(variable, initializer):
        found = SimpleNamespace(
            variables=SimpleNamespace(rows=[Row(variable, "a/kernel", transforms.UNCHANGED, "")]),
            joins={}, reference={"updates": [{"variable": variable}]})
        shape = tuple(begun[0]["declared"][variable]["shape"])
        initializer = keras.initializers.get(initializer)
        declared = initializers.declared(initializer, shape)
        drawn = {} if declared["kind"] == "constant" else {
            "draws/a/kernel": initializers.draws(initializer, shape, "float32", declared)}
        start = {"state/a/kernel": np.asarray(initializer(shape, dtype="float32"))}
        (_, *sides), = first_values.sides(found, *begun, ({"a/kernel": declared}, drawn, start))
        return rung.compared(*sides)
    return compare


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(TWINS))
def test_twins_are_identical(compared, name, dtype):
    assert compared(f"{dtype}/{name}", TWINS[name]) == (IDENTICAL, "")


@pytest.mark.parametrize("name", ["default", "he_normal", "lecun_normal", "untruncated"])
def test_twins_of_convolutions_are_identical(compared, name):
    assert compared(f"convolutions/{name}/kernel", TWINS[name]) == (IDENTICAL, "")


def test_he_uniform_is_not_glorots(compared):
    glorot, he = math.sqrt(6 / 70), math.sqrt(6 / 30)
    assert compared("float32/default", "he_uniform") == (
        DIFFERENT, f"uniform(high {glorot:.6g}, low {-glorot:.6g}), "
                   f"uniform(high {he:.6g}, low {-he:.6g}) in the port")


def test_slims_scaling_is_he_normal_but_for_its_rounded_constant(begun, compared):
    declared = begun[0]["declared"]["float32/slim_scaling"]
    he = math.sqrt(2 / 30) / 0.87962566103423978
    assert declared["stddev"] / he == pytest.approx(1.0029, abs=1e-4)
    assert compared("float32/slim_scaling", "he_normal")[0] == CONSTANTS
    assert compared("float32/slim_scaling", "glorot_normal")[0] == DIFFERENT


@pytest.mark.parametrize("name, port", [
    ("random_normal", "truncated_normal"), ("truncated_normal", "random_normal"),
    ("zeros", "ones"), ("constant", "ones"), ("zeros", "random_normal"),
    ("default", "glorot_normal"), ("random_uniform", "default")])
def test_other_initialisers_are_different(compared, name, port):
    verdict, note = compared("float32/" + name, TWINS[port])
    assert verdict == DIFFERENT and note.endswith(" in the port")


def test_constant_of_another_value_is_shown(compared):
    assert compared("float32/constant", keras.initializers.Constant(2.5)) == (
        DIFFERENT, "3, 2.5 in the port")
