"""Outputs that the documents print are what their commands print."""

import os

import pytest

from docs import make_outputs
from docs import output_blocks
from tests.documents import reading
from tests.parity.pair import test_walk_through

PYTHON = os.environ.get("LEGACY_PYTHON", "")
BLOCKS = {path: [block for block in output_blocks.find(text) if block.command]
          for path, text in reading.documents(make_outputs.REPOSITORY).items()}
SHOWING = sorted(path for path, blocks in BLOCKS.items() if blocks)
QUICK = [path for path in SHOWING
         if any(not block.marks & {"slow", "tensorflow1"} for block in BLOCKS[path])]


def test_each_output_stands_below_its_command(repository):
    assert SHOWING
    for path, text in reading.documents(repository).items():
        for block in BLOCKS[path]:
            if block.shown:
                shown = reading.command_lines(text[:block.span[0]])
                assert block.command.replace(" 2>&1", "") in shown, (path, block.command)
                assert block.text and block.text != "...", (path, block.command)


def test_the_mistakes_are_those_that_a_test_walks_through(repository):
    rows = [line for line in reading.documents(repository)["docs/own_pair.md"].splitlines()
            if line.startswith("| `")]
    for mistake in test_walk_through.CLASSIFIER:
        row, = (row for row in rows if f"| `{mistake.wrong}` |" in row)
        assert mistake.sentence in row and mistake.write.partition(":")[0] in row


@pytest.mark.parametrize("path", QUICK)
def test_quick_outputs_are_as_printed(path):
    _, lines, made = make_outputs.differences(path)
    assert made and not lines, "\n".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize("path", SHOWING)
def test_all_outputs_are_as_printed(path):
    _, lines, made = make_outputs.differences(path, slow=True, legacy_python=PYTHON)
    assert not lines, "\n".join(lines)
    if not made:
        pytest.skip("NOTHING WAS RUN: LEGACY_PYTHON names no interpreter with TensorFlow 1")
