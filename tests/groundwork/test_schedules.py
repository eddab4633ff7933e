"""Tests of groundwork.schedules."""

import dataclasses

import pytest

from groundwork import schedules


@pytest.mark.parametrize("name,numbers", [
    ("constant", {}),
    ("linear", {"decay_steps": None}),
    ("exponential", {"decay_steps": 1000, "decay_rate": 0.9}),
    ("step", {"decay_steps": 1000, "decay_rate": 0.5}),
    ("plateau", {"decay_steps": 100, "decay_rate": 0.5, "patience": 2}),
])
def test_defaults(name, numbers):
    assert dataclasses.asdict(schedules.SCHEDULES[name]()) == numbers


def test_the_schedules_are_there():
    assert list(schedules.SCHEDULES) == ["constant", "linear", "exponential", "step", "plateau"]
