"""First values of a captured program's variables: declared, drawn, and whether they had moved."""

import math

import numpy as np
import pytest

from parity.reference import initial

GLOROT = math.sqrt(6.0 / 70)
CUT = 0.87962566103423978
# {name in initial_programs.py: what a variable [30, 40] declares}
KNOWN = {
    "default": {"kind": "uniform", "low": -GLOROT, "high": GLOROT},
    "random_uniform": {"kind": "uniform", "low": -0.2, "high": 0.3},
    "random_normal": {"kind": "normal", "mean": 0.1, "stddev": 0.02},
    "truncated_normal": {"kind": "truncated_normal", "mean": 0.1, "stddev": 0.02},
    "seeded": {"kind": "normal", "mean": 0.1, "stddev": 0.02},
    "he_normal": {"kind": "truncated_normal", "mean": 0.0, "stddev": math.sqrt(2.0 / 30) / CUT},
    "he_uniform": {"kind": "uniform", "low": -math.sqrt(0.2), "high": math.sqrt(0.2)},
    "untruncated": {"kind": "normal", "mean": 0.0, "stddev": math.sqrt(2.0 / 40)},
    "zeros": {"kind": "constant", "value": 0.0}, "ones": {"kind": "constant", "value": 1.0},
    "constant": {"kind": "constant", "value": 3.0}}
RANDOM = sorted(name for name, declared in KNOWN.items() if declared["kind"] != "constant")


@pytest.fixture
def read(captured_program):
    """Function (program, wanted) that returns (what `initial.read` returns, its arrays)."""
    def of(program, wanted=()):
        drawn = {}
        return initial.read(captured_program(program), set(wanted), drawn.__setitem__), drawn
    return of


def test_distributions_are_declared_and_drawn(read):
    found, drawn = read("images", ["net/conv1/kernel", "net/hidden/kernel"])
    assert found["declared"]["net/conv1/kernel"] == {
        "kind": "truncated_normal", "mean": 0.0, "stddev": 0.02, "shape": [3, 3, 3, 4]}
    cut, limit = drawn["draws/net/conv1/kernel"], (6.0 / (16 + 6)) ** 0.5
    assert cut.shape == (20000,) and np.abs(cut).max() <= 0.04
    assert cut.std() == pytest.approx(0.02 * 0.8796, rel=0.03)
    uniform = found["declared"]["net/hidden/kernel"]
    assert (uniform["kind"], uniform["high"]) == ("uniform", pytest.approx(limit))
    assert drawn["draws/net/hidden/kernel"].std() == pytest.approx(limit / 3 ** 0.5, rel=0.03)


def test_constants_are_declared_and_slots_have_not_moved(read):
    found, _ = read("images")
    assert found["declared"]["net/logits/bias"] == {
        "kind": "constant", "value": 0.1, "shape": [5], "moved": False}
    slot = found["declared"]["net/conv1/kernel/RMSProp"]
    assert (slot["value"], slot["moved"], found["begun"]) == (1.0, False, "")


def test_a_slot_that_has_moved_tells_that_training_had_begun(captured_program, monkeypatch):
    captured = captured_program("images")
    before = captured.calls[0].before()
    before["net/conv1/kernel/RMSProp"] = before["net/conv1/kernel/RMSProp"] * 0.5
    monkeypatch.setattr(captured.calls[0], "before", lambda: before)
    found = initial.read(captured, set(), None)
    assert found["begun"] == ("the capture begins after training did: net/conv1/kernel/RMSProp has "
                              "moved")


# Every initialiser, in both precisions.

@pytest.fixture(name="initialised", scope="module")
def fixture_initialised(captured_program):
    """(declared, draws) of the variables of initial_programs.py."""
    captured, drawn = captured_program("initialised"), {}
    found = initial.read(captured, set(captured.variables), drawn.__setitem__)
    assert found["begun"] == ""
    return found["declared"], drawn


def close(found, expected):
    assert set(found) - {"shape", "moved"} == set(expected)
    assert found["kind"] == expected["kind"]
    for name in set(expected) - {"kind"}:
        assert found[name] == pytest.approx(expected[name], rel=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(KNOWN))
def test_declared(initialised, name, dtype):
    close(initialised[0]["{}/{}".format(dtype, name)], KNOWN[name])


def _distribution(kind, low=None, high=None, mean=None, stddev=None):
    normal = np.vectorize(lambda z: 0.5 * (1 + math.erf(z / math.sqrt(2))))
    return {
        "uniform": lambda x: np.clip((x - low) / (high - low), 0, 1),
        "normal": lambda x: normal((x - mean) / stddev),
        "truncated_normal": lambda x: (normal(np.clip((x - mean) / stddev, -2, 2)) - normal(-2))
        / (normal(2) - normal(-2)),
    }[kind]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", RANDOM)
def test_draws_follow_what_is_declared(initialised, name, dtype):
    draws = initialised[1]["draws/{}/{}".format(dtype, name)]
    assert (draws.shape, draws.dtype) == ((20000,), np.float64)
    assert np.unique(draws).size > 19000  # no block of them is drawn twice
    ordered = np.sort(draws)
    distance = np.max(np.abs(_distribution(**KNOWN[name])(ordered) - np.arange(20000) / 20000))
    assert distance < math.sqrt(-math.log(1e-9 / 2) / 2 / 20000) + 1 / 20000


def test_a_pattern_is_one_array(initialised):
    assert initialised[0]["float32/identity"]["kind"] == "array"
    np.testing.assert_array_equal(initialised[1]["draws/float32/identity"], np.eye(30, 40))


@pytest.mark.parametrize("layer, expected", [
    ("layers/dense", KNOWN["default"]), ("layers/truncated", KNOWN["truncated_normal"]),
    ("convolutions/default", {"kind": "uniform", "low": -math.sqrt(6.0 / 120),
                              "high": math.sqrt(6.0 / 120)}),
    ("convolutions/he_normal", {"kind": "truncated_normal", "mean": 0.0,
                                "stddev": math.sqrt(2.0 / 30) / CUT})])
def test_layers_declare_what_their_initialiser_does(initialised, layer, expected):
    declared, draws = initialised
    close(declared[layer + "/kernel"], expected)
    close(declared[layer + "/bias"], KNOWN["zeros"])
    assert np.unique(draws["draws/" + layer + "/kernel"]).size > 19000


@pytest.mark.parametrize("name, mean", [
    ("scaled", 1.0), ("squared", 1.0), ("orthogonal", 0.0)])
def test_what_an_author_computes_of_draws_is_other(initialised, name, mean):
    declared, draws = initialised
    assert declared["float32/" + name] == {"kind": "other", "shape": [30, 40]}
    values = draws["draws/float32/" + name]
    assert values.size == 20000 and np.unique(values).size > 19000
    assert values.mean() == pytest.approx(mean, abs=0.05)


def test_draws_that_do_not_run_again_are_unknown_with_the_reason(initialised):
    assert initialised[0]["float32/gamma"] == {
        "kind": "unknown", "shape": [30, 40],
        "reason": "its first value comes from RandomGamma, which does not run again"}


@pytest.mark.parametrize("size", [100, 20001])
def test_twenty_thousand_draws_whatever_the_size(initialised, size):
    draws = initialised[1]["draws/vector{}".format(size)]
    assert draws.size == 20000 and np.unique(draws).size > 19900
