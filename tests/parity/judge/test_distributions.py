"""Initialisers compared by their configuration and by their draws."""

import math

import numpy as np
import pytest
from scipy import stats

from parity.judge.distributions import compare, kolmogorov_smirnov

SIZE = 20000
NORMAL = {"kind": "normal", "mean": 0.0, "stddev": 0.05}


def quantiles(distribution, count=SIZE):
    """The sample that follows a distribution most closely."""
    return distribution.ppf((np.arange(count) + 0.5) / count)


def drawn(seed, scale=0.05, count=SIZE):
    return np.random.default_rng(seed).normal(0.0, scale, count)


@pytest.mark.parametrize("sizes", [(SIZE, SIZE), (SIZE, 31000), (50, 7)])
def test_distance_is_scipys(sizes):
    random = np.random.default_rng(3)
    first, second = random.normal(size=sizes[0]), random.normal(0.1, 1.2, sizes[1])
    expected = stats.ks_2samp(first, second).statistic
    assert kolmogorov_smirnov(first, second).distance == pytest.approx(expected, abs=1e-15)


def test_distance_with_ties_is_scipys():
    random = np.random.default_rng(4)
    first, second = random.integers(0, 5, 300), random.integers(0, 6, 400)
    expected = stats.ks_2samp(first, second).statistic
    assert kolmogorov_smirnov(first, second).distance == pytest.approx(expected, abs=1e-15)


def test_distance_of_two_normals_is_the_closed_form():
    # F(x) - F(x / s) is largest where the densities are equal: x**2 = 2 s**2 log(s) / (s**2 - 1).
    scale = 1.1
    at = math.sqrt(2 * scale ** 2 * math.log(scale) / (scale ** 2 - 1))
    expected = stats.norm.cdf(at) - stats.norm.cdf(at / scale)
    distance, _ = kolmogorov_smirnov(quantiles(stats.norm()), quantiles(stats.norm(scale=scale)))
    assert distance == pytest.approx(expected, abs=2 / SIZE)


def test_bound_is_exceeded_by_chance_once_in_a_thousand_million():
    # The asymptotic distribution: P(D > d) = 2 exp(-2 d**2 n m / (n + m)).
    _, bound = kolmogorov_smirnov(np.zeros(SIZE), np.zeros(3 * SIZE))
    effective = SIZE * 3 * SIZE / (4 * SIZE)
    assert 2 * math.exp(-2 * bound ** 2 * effective) == pytest.approx(1e-9, rel=1e-9)


def test_draws_of_one_distribution_agree():
    assert compare(NORMAL, drawn(1), dict(NORMAL), drawn(2)) == ""


def test_configuration_may_differ_by_float32_rounding():
    rounded = dict(NORMAL, stddev=float(np.float32(0.05)))
    assert compare(NORMAL, drawn(1), rounded, drawn(2)) == ""


def test_configuration_decides_where_draws_cannot():
    nearly = dict(NORMAL, stddev=0.05 * 1.0003)  # no 20,000 draws tell these apart
    distance, bound = kolmogorov_smirnov(drawn(1), 1.0003 * drawn(2))
    assert distance < bound
    assert compare(NORMAL, drawn(1), nearly, 1.0003 * drawn(2)) == (
        "normal(mean 0, stddev 0.05), normal(mean 0, stddev 0.050015) in the port")


def test_another_kind_is_named():
    uniform = {"kind": "uniform", "low": -0.1, "high": 0.1}
    assert compare(NORMAL, drawn(1), uniform, drawn(2)) == (
        "normal(mean 0, stddev 0.05), uniform(high 0.1, low -0.1) in the port")


def test_draws_decide_where_the_configuration_cannot():
    other = {"kind": "other"}
    assert compare(other, drawn(1), other, drawn(2)) == ""
    first, second = drawn(1), drawn(2, scale=0.06)
    distance, bound = kolmogorov_smirnov(first, second)
    assert compare(other, first, other, second) == (
        f"draws differ: KS {distance:.4f} above {bound:.4f}; standard deviation "
        f"{np.std(first):.4g}, {np.std(second):.4g} in the port")


def test_constants_are_compared_by_value():
    constant = {"kind": "constant"}
    assert compare(constant, np.full(3, 0.1), constant, np.full(3, 0.1)) == ""
    assert compare(constant, np.zeros(3), constant, np.ones(3)) == "0, 1 in the port"


def test_constants_show_the_first_entry_that_differs():
    constant = {"kind": "constant"}
    note = compare(constant, np.array([1.0, 0.0]), constant, np.array([1.0, 1.0]))
    assert note == "0, 1 in the port"


def test_constant_and_random_are_not_the_same():
    assert compare({"kind": "constant"}, np.zeros(3), NORMAL, drawn(1)) == (
        "constant, normal(mean 0, stddev 0.05) in the port")
