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
        Row("average", "average", transforms.UNCHANGED, "name")]),
    reference={"sources": {"g/kernel": ["old.py:4"]}},
    port={"variables": [{"path": "hidden/kernel", "line": "new.py:1"}, {"path": "average"}],
          "optimizers": [{"line": "new.py:8"}, {"line": "new.py:9"}]},
    optimizers={"hidden/kernel": 1})


@pytest.mark.parametrize("rung, tensor, legacy, modern", [
    (2, "hidden/kernel", "old.py:4", "new.py:1"), (5, "hidden/kernel", "old.py:4", "new.py:1"),
    (6, "hidden/kernel", "old.py:4", "new.py:9"),
    (7, "hidden/kernel@momentum", "old.py:4", "new.py:9"),
    (8, "hidden/kernel@m", "old.py:4", "new.py:9"),
    (7, "average", "", ""), (3, "encoder/hidden", "", ""), (4, "loss:0", "", "")])
def test_lines_that_made_a_tensor(rung, tensor, legacy, modern):
    first = Finding(rung, "float64", tensor, "different")
    assert sources.of(MAPPING, first) == {"legacy": legacy, "modern": modern}


def test_without_a_difference_there_are_no_lines():
    assert sources.of(MAPPING, None) == {}
