"""Variables whose gradient is zero but for rounding, on hand-made traces of two steps."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge import judge
from parity.judge import zeros
from parity.judge.sides import Sides
from parity.judge.trained import TRAINED
from parity.pair import transforms
from parity.pair import variables

ROUNDING = {"float32": 1e-8, "float64": 1e-17}


def sides(dtype, change):
    """A kernel that agrees, and a bias of which both sides have nothing but rounding."""
    random = np.random.RandomState(0)
    reference, port = {}, {}
    for step in (0, 1):
        for name, size in (("w", 1.0), ("b", ROUNDING[dtype])):
            before = random.standard_normal(4).astype(dtype)
            ours, theirs = ((size * random.standard_normal(4)).astype(dtype) for _ in range(2))
            ours = ours if name == "b" else theirs
            # as Adam makes full steps of any gradient
            reference.update({f"before/{step}/{name}": before, f"gradient/{step}/0/{name}": theirs,
                              f"after/{step}/{name}": before - np.sign(theirs)})
            port.update({f"clipped/{step}/0/{name}": ours,
                         f"after/{step}/{name}": before - np.sign(ours)})
    change(reference, port, dtype)
    rows = [variables.Row(name, name, transforms.UNCHANGED, "name") for name in "wb"]
    return Sides(reference, port, variables.Pairing(rows, [], []), [], (0, 1), {"w": 0, "b": 0})


def verdict(change=lambda reference, port, dtype: None):
    both = {dtype: sides(dtype, change) for dtype in ("float32", "float64")}
    seen = {dtype: judge.comparison(TRAINED.compared(each), each, dtype)
            for dtype, each in both.items()}
    return judge.judge("port", seen, [], dict.fromkeys(seen, {}), TRAINED).verdict


def test_steps_that_an_optimiser_makes_of_rounding_say_nothing():
    assert verdict() == differences.ROUNDING


@pytest.mark.parametrize("size,step", [(1e-3, 0), (1e-3, 1), (1.0, 1)])
def test_a_gradient_of_the_port_that_is_not_zero_in_each_step_counts(size, step):
    def change(reference, port, dtype):
        port[f"clipped/{step}/0/b"] = np.full(4, size, dtype)
    assert verdict(change) == differences.DIFFERENT


def test_a_gradient_that_is_exactly_zero_leaves_nothing_to_excuse():
    def change(reference, port, dtype):
        for step in (0, 1):
            for trace, name in ((reference, "gradient"), (port, "clipped")):
                trace[f"{name}/{step}/0/b"] = np.zeros(4, dtype)
    assert verdict(change) == differences.DIFFERENT


def test_rounding_that_does_not_shrink_in_float64_is_none():
    def change(reference, port, dtype):
        for step in (0, 1):
            port[f"clipped/{step}/0/b"] = np.full(4, 1e-8, dtype)
    assert verdict(change) == differences.DIFFERENT


@pytest.mark.parametrize("dtype,limit", [("float64", 1e-12), ("float32", 1e-12 * 2.0 ** 29)])
@pytest.mark.parametrize("theirs,ours,zero", [
    (1.0, 0.5, True), (0.5, 1.0, True), (1.5, 0.5, False), (0.5, 1.5, False), (0.0, 0.5, False),
    (1.0, 0.0, True)])
def test_a_gradient_vanishes_up_to_a_part_of_the_largest_of_its_pass(
        dtype, limit, theirs, ours, zero):
    reference = {"gradient/0/0/w": np.array([-1.0, 0.5]), "gradient/0/0/b": np.array(
        [limit * theirs])}
    port = {"clipped/0/0/w": np.array([-1.0, 0.5]), "clipped/0/0/b": np.array([limit * ours])}
    rows = [variables.Row(name, name, transforms.UNCHANGED, "name") for name in "wb"]
    found = Sides(reference, port, variables.Pairing(rows, [], []), [], (0,), {})
    assert zeros.vanishing(found, dtype) == ({"b"} if zero else set())
