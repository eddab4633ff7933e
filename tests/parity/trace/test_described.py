"""Descriptions: what recorders write is right, and an entry of another kind is named."""

import copy

import pytest

from parity.trace import described

RIGHT = {
    "reference": {
        "variables": [{"name": name, "role": "kernel", "kind": "dense", "shape": shape,
                       "dtype": "float32", "trainable": True}
                      for name, shape in (("w", [3, 0]), ("s", []), ("u", None), ("o", [None, 2]))],
        "bends": [2], "phases": 1,
        "updates": [{"variable": "w", "kind": "Adam", "scope": "o", "slots": {"m": "w/Adam"}}],
        "inputs": [{"tensor": "x:0", "shape": [None, 2], "dtype": "float32"}]},
    "port": {
        "variables": [{"path": "d/w", "leaf": "w", "layer": "Dense", "shape": [3, 0],
                       "dtype": "float32", "trainable": False}],
        "optimizers": [{"trained": ["d/w"], "roles": ["m", "v"], "own": []}],
        "inputs": [{"name": "x", "shape": None, "dtype": "float32"}]}}


@pytest.mark.parametrize("side", sorted(RIGHT))
def test_what_recorders_write_is_right(side):
    assert described.wrong(side, RIGHT[side]) is None
    assert described.wrong(side, {part: [] if isinstance(value, list) else value
                                  for part, value in RIGHT[side].items()}) is None


@pytest.mark.parametrize("side,part,field,value", [
    ("reference", "variables", "name", 3), ("reference", "variables", "role", None),
    ("reference", "variables", "shape", "x"), ("reference", "variables", "shape", [-1]),
    ("reference", "variables", "shape", [2.0]), ("reference", "variables", "shape", [True]),
    ("reference", "variables", "trainable", 1), ("reference", "variables", "dtype", []),
    ("reference", "updates", "slots", []), ("reference", "updates", "slots", {"m": 3}),
    ("reference", "updates", "scope", None), ("reference", "inputs", "tensor", {}),
    ("port", "variables", "path", None), ("port", "variables", "layer", 7),
    ("port", "optimizers", "trained", "d/w"), ("port", "optimizers", "roles", [3]),
    ("port", "optimizers", "own", None), ("port", "inputs", "shape", 3)])
def test_an_entry_of_another_kind_is_named(side, part, field, value):
    description = copy.deepcopy(RIGHT[side])
    description[part][-1][field] = value
    found = described.wrong(side, description)
    place = f"{part}[{len(description[part]) - 1}].{field}"
    assert found == (place, value)
    assert str(found) == f"{place} as recorders write it, received {value}"
    del description[part][-1][field]
    assert described.wrong(side, description) == (None if field == "shape" else (place, None))


@pytest.mark.parametrize("side,part,value", [
    ("reference", "updates", None), ("port", "variables", {}), ("port", "inputs", "x"),
    ("port", "optimizers", [3]), ("reference", "variables", [None])])
def test_a_part_that_is_no_list_of_entries_is_named(side, part, value):
    found = described.wrong(side, dict(RIGHT[side], **{part: value}))
    assert found.place.startswith(part)


@pytest.mark.parametrize("part,value", [
    ("bends", None), ("bends", [2.0]), ("bends", [True]), ("phases", 0), ("phases", "1")])
def test_what_is_no_whole_number_is_named(part, value):
    assert described.wrong("reference", dict(RIGHT["reference"], **{part: value})) == (part, value)


def test_names_are_of_one_variable_each_and_of_one_that_is_there():
    twice = dict(RIGHT["port"], variables=2 * RIGHT["port"]["variables"])
    assert described.wrong("port", twice) == ("variables", "two of one name")
    nobody = dict(RIGHT["port"], optimizers=[
        RIGHT["port"]["optimizers"][0], dict(RIGHT["port"]["optimizers"][0], trained=["d/v"])])
    assert described.wrong("port", nobody) == ("optimizers[1]", "d/v")
    update = dict(RIGHT["reference"]["updates"][0], variable="v")
    assert described.wrong("reference", dict(RIGHT["reference"], updates=[update])) == (
        "updates[0]", "v")


def test_what_is_long_is_cut():
    assert len(str(described.Wrong("variables", "x" * 1000))) < 150
