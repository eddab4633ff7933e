"""Partners of variables, slots and counters; and which lack of one is a structural failure."""

import numpy as np
import pytest

from parity import findings
from parity import ladder
from parity import mapping
from parity import recording


def described(shape=(2,), dtype="float32", trainable=True):
    return {"shape": list(shape), "dtype": dtype, "trainable": trainable}


def names(*state):
    return {name: described() for name in state}


@pytest.mark.parametrize("legacy, modern", [
    ("g/kernel", "g/kernel"),
    ("g/kernel@m", "g/kernel@m"), ("g/kernel@m", "g/kernel@momentum"),
    ("g/kernel@v", "g/kernel@v"), ("g/kernel@v", "g/kernel@velocity"),
    ("g/kernel@rms", "g/kernel@rms"), ("g/kernel@rms", "g/kernel@velocity"),
    ("g/kernel@momentum", "g/kernel@momentum"),
    ("g/kernel@accumulator", "g/kernel@accumulator"),
    ("joint/g@beta1_power", "joint/g@beta_1_power"),
    ("joint/d@beta1_power_1", "joint/d@beta_1_power"),
    ("joint/d@beta2_power_12", "joint/d@beta_2_power"),
    ("g/kernel@average", "g/kernel@average"),
    ("g/weights", "g/kernel"), ("g/biases", "g/bias"), ("g/weights", "g/weights"),
    ("g/weights@m", "g/kernel@m"), ("g/weights@v", "g/kernel@velocity"),
    ("g/biases@accumulator", "g/bias@accumulator"), ("weights", "kernel"),
    ("g/norm/moving_mean", "g/norm/moving_mean"),
    ("train/g/plateau/best", "joint/g@plateau_best"),
    ("g/kernel@average", "g/kernel@average")])
def test_partner(legacy, modern):
    found = mapping.map_state(names(legacy), names(modern))
    assert found == mapping.Mapping({legacy: modern}, [], [])


@pytest.mark.parametrize("legacy, modern", [
    ("g/kernel", "d/kernel"), ("g/kernel@m", "g/kernel@velocity"), ("g/kernel@m", "g/bias@m"),
    ("g/kernel", "g/kernel@m"), ("joint/g@beta1_power", "joint/d@beta_1_power"),
    ("joint/g@beta1_power", "joint/g@beta_2_power"), ("layer_1/kernel", "layer/kernel"),
    ("g/kernel", "g/weights"), ("g/weights", "g/bias"), ("weights/a", "kernel/a"),
    ("g/norm/gamma", "g/norm/beta"),
    ("train/g/plateau/best", "joint/d@plateau_best"),
    ("train/g/plateau/best", "joint/g@plateau_total"),
    ("train/g/plateau/best", "g/plateau_best")])
def test_no_partner(legacy, modern):
    found = mapping.map_state(names(legacy), names(modern))
    assert found == mapping.Mapping({}, [legacy], [modern])


def test_slots_of_rmsprop_with_momentum_do_not_take_each_others_partner():
    found = mapping.map_state(names("k@momentum", "k@rms"), names("k@velocity", "k@momentum"))
    assert found.partners == {"k@momentum": "k@momentum", "k@rms": "k@velocity"}


def test_another_shape_is_no_partner():
    found = mapping.map_state({"kernel": described((3, 2))}, {"kernel": described((2, 3))})
    assert found == mapping.Mapping({}, ["kernel"], ["kernel"])


def pair_of(legacy, modern):
    """A pair of which only the structure is known."""
    sides = [({"variables": variables, "initializers": {}}, {}) for variables in (legacy, modern)]
    return recording.Pair(None, "float32", mapping.map_state(legacy, modern), *sides, [], {})


def structure(legacy, modern):
    """`{tensor: (verdict, note)}` of rung 1, and whether recording stops there."""
    pair = pair_of(legacy, modern)
    found = {finding.tensor: (finding.verdict, finding.note)
             for finding in ladder.structure_and_initializers(pair)}
    return found, pair.mapping.misses_variables(legacy, modern)


@pytest.mark.parametrize("name, dtype", [
    ("kernel@v", "float32"), ("joint/g@beta1_power", "float32"), ("global_step", "int64")])
@pytest.mark.parametrize("side", ["legacy", "modern"])
def test_slot_or_counter_without_partner_is_no_structural_failure(name, dtype, side):
    plain = names("kernel")
    more = dict(plain, **{name: described((), dtype, False)})
    legacy, modern = (more, plain) if side == "legacy" else (plain, more)
    note = "no partner in the port" if side == "legacy" else "in the port only"
    found, missing = structure(legacy, modern)
    assert found == {"kernel": ("identical", ""), name: ("not run", note)}
    assert not missing


@pytest.mark.parametrize("side", ["legacy", "modern"])
@pytest.mark.parametrize("trainable", [True, False])
def test_variable_without_partner_is_a_structural_failure(side, trainable):
    plain = names("kernel")
    more = dict(plain, bias=described((2,), "float32", trainable))
    legacy, modern = (more, plain) if side == "legacy" else (plain, more)
    note = "no partner in the port" if side == "legacy" else "in the port only"
    found, missing = structure(legacy, modern)
    assert found["bias"] == ("different", note)
    assert missing


def test_transposed_kernel_is_a_structural_failure():
    found, missing = structure({"kernel": described((3, 2))}, {"kernel": described((2, 3))})
    assert found["kernel"][0] == "different"
    assert missing


def test_partner_of_another_kind_is_a_structural_failure():
    found, _ = structure({"a": described(), "b": described()},
                         {"a": described(dtype="float64"), "b": described(trainable=False)})
    assert found == {"a": ("different", "dtype float32, float64 in the port"),
                     "b": ("different", "trainable True, False in the port")}


def test_initialisers_are_compared_with_the_partners():
    pair = pair_of(names("kernel", "bias", "scale"), names("kernel", "bias", "scale"))
    pair.legacy[0]["initializers"] = {
        name: {"kind": "constant"} for name in ("kernel", "bias", "scale")}
    pair.modern[0]["initializers"] = {name: {"kind": "constant"} for name in ("kernel", "bias")}
    pair.legacy[1].update({"draws/" + name: np.zeros(2) for name in ("kernel", "bias", "scale")})
    pair.modern[1].update({"draws/kernel": np.zeros(2), "draws/bias": np.ones(2)})
    found = [finding for finding in ladder.structure_and_initializers(pair) if finding.rung == 2]
    assert found == [
        findings.Finding(2, "float32", "kernel", "identical"),
        findings.Finding(2, "float32", "bias", "different", note="0, 1 in the port"),
        findings.Finding(2, "float32", "scale", "not run",
                         note="the port's layer declares no initialiser for it")]
