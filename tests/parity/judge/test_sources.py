"""The lines of both programs that a first difference leads to."""

from types import SimpleNamespace

import pytest

from parity.judge.findings import Finding
from parity.judge import sources
from parity.pair import transforms
from parity.pair.rows import Row

MAPPING = SimpleNamespace(
    variables=SimpleNamespace(rows=[
        Row("g/kernel", "hidden/kernel", transforms.UNCHANGED, "name"),
        Row("average", "average", transforms.UNCHANGED, "name"),
        Row("joined", "gru/kernel", transforms.UNCHANGED, "name")]),
    reference={"made": {
        "variables": {"g/kernel": "old.py:2", "part": "old.py:7"},
        "updates": {"g/kernel": "old.py:4", "part": "old.py:5"},
        "layers": {"encoder": "old.py:1", "encoder/activation": "old.py:3"},
        "losses": {"loss:0": "old.py:6"}, "texts": {"old.py:4": "minimize(loss)"}}},
    port={"variables": [{"path": "hidden/kernel", "line": "new.py:1"}, {"path": "average"}],
          "optimizers": [{"line": "new.py:8"}, {"line": "new.py:9"}]},
    optimizers={"hidden/kernel": 1}, joins={"joined": ["part", "other"]})
LAYERS = {"dense": "new.py:1", "call/1": "new.py:2"}


@pytest.mark.parametrize("rung, tensor, legacy, modern", [
    (1, "g/kernel", "old.py:2", ""), (2, "hidden/kernel", "old.py:2", "new.py:1"),
    (5, "hidden/kernel", "old.py:4", "new.py:1"), (6, "hidden/kernel", "old.py:4", "new.py:9"),
    (7, "hidden/kernel@momentum", "old.py:4", "new.py:9"),
    (7, "hidden/kernel@momentum at the start", "old.py:4", "new.py:9"),
    (8, "hidden/kernel@m", "old.py:4", "new.py:9"), (7, "average", "", ""),
    (5, "gru/kernel", "old.py:5", ""), (4, "loss:0 of phase 1", "old.py:6", ""),
    (4, "other:0 of phase 1", "", ""), (8, "rate of optimiser 1 at step 10", "", "")])
def test_lines_that_made_a_tensor(rung, tensor, legacy, modern):
    first = Finding(rung, "float64", tensor, "different")
    assert sources.of(MAPPING, first, LAYERS) == {"legacy": legacy, "modern": modern}


@pytest.mark.parametrize("tensor, place, legacy, modern", [
    ("encoder", "dense", "old.py:1", "new.py:1"), ("encoder", "call/1", "old.py:1", "new.py:2"),
    ("encoder/activation", "dense", "old.py:3", "new.py:1"),
    ("encoder, not training", "dense", "old.py:1", "new.py:1"),
    ("encoder/input", "input of dense/0/0", "old.py:1", "new.py:1"),
    ("decoder", "of another shape in the port", "", "")])
def test_lines_of_a_layer(tensor, place, legacy, modern):
    first = Finding(3, "float64", tensor, "different", note=place)
    assert sources.of(MAPPING, first, LAYERS) == {"legacy": legacy, "modern": modern}


def test_traces_that_say_nothing_of_lines_have_none():
    bare = SimpleNamespace(**dict(vars(MAPPING), reference={}, port={"variables": []}))
    for rung in range(1, 9):
        first = Finding(rung, "float64", "g/kernel", "different")
        assert sources.of(bare, first)["legacy"] == sources.of(bare, first)["modern"] == ""


def test_a_line_has_its_text_where_it_was_captured():
    assert sources.texts(MAPPING, {"legacy": "old.py:4", "modern": "new.py:9"}) == {
        "legacy": "minimize(loss)"}


def test_without_a_difference_there_are_no_lines():
    assert sources.of(MAPPING, None) == {}
