"""Blocks of documents that show outputs are found, replaced, shortened and compared."""

import pytest

from docs import make_outputs
from docs import output_blocks

DOCUMENT = """Text.

    echo one; echo two

<!-- run, slow: touch file -->
<!-- output, exit 3: echo one;
     echo two
     shortened by: grep -v two -->

    one

    and more

More text.

    a block of its own
"""


def test_a_block_is_found_with_command_filter_marks_and_text():
    setup, block = output_blocks.find(DOCUMENT)
    assert (setup.command, setup.shown, setup.marks, setup.status) == (
        "touch file", False, {"slow"}, 0)
    assert block.command == "echo one; echo two"
    assert block.shortened_by == "grep -v two"
    assert (block.shown, block.status, block.text) == (True, 3, "one\n\nand more")


def test_a_replaced_block_leaves_the_rest_of_the_document():
    block = output_blocks.find(DOCUMENT)[1]
    new = output_blocks.replaced(DOCUMENT, block, "ONE\n\n  TWO")
    assert new == DOCUMENT.replace("    one\n\n    and more\n", "    ONE\n\n      TWO\n")
    assert output_blocks.replaced(DOCUMENT, block, block.text) == DOCUMENT


@pytest.mark.parametrize("output,kept,shown", [
    ("a\nb\nc\nd\n", "a\nd\n", "a\n...\nd"),
    ("a\nb\nc\n", "b\n", "...\nb\n..."),
    ("a\n\nb\n\nc\n", "a\n\nc\n", "a\n...\nc"),
    ("a\nb\n", "a\nb\n", "a\nb")])
def test_dots_stand_where_lines_were_left_out(output, kept, shown):
    assert output_blocks.shortened(output, kept) == shown


def test_a_filter_that_changes_a_line_is_refused():
    with pytest.raises(ValueError, match="does not have: B"):
        output_blocks.shortened("a\nb\n", "a\nB\n")


@pytest.mark.parametrize("one,other,same", [
    ("[  27 s] it is written: 5,607 bytes", "[   9 s] it is written: 5,599 bytes", True),
    ("rounding     2.5e-08", "rounding     7.0e-08", True),
    ("  3 forward  rounding     4.0e-09  rounding     2.0e-16       5 tensors",
     "  3 forward  rounding              rounding     2.6e-16       5 tensors", True),
    ("  3 forward  rounding     4.0e-09  rounding     2.0e-16       5 tensors",
     "  3 forward  identical             rounding     2.6e-16       5 tensors", False),
    ("different    2.5e-01", "different    7.0e-01", False),
    ("constants    2.5e-08", "rounding     2.5e-08", False),
    ("step   1/20  vae 516.7904  630.2 steps/s", "step   1/20  vae 516.1  55.0 steps/s", True),
    ("step   1/20  vae 516.7904", "step   1/20  vae 517.7904", False),
    ("step  1/2  vae 5.1\n...\nstep  2/2  vae 4.2", "step  1/2  vae 5.1\nstep  2/2  vae 4.3", True),
    ("step  1/20  vae 5.1\n...\ndone", "step  1/20  vae 5.1\ndone", False),
    ("12 tensors", "13 tensors", False)])
def test_only_what_varies_between_runs_is_masked(one, other, same):
    assert (output_blocks.comparable(one) == output_blocks.comparable(other)) == same


def test_commands_of_a_document_run_in_one_folder_and_blocks_are_made_anew():
    document = ("<!-- run: echo 1 > file; ls examples capture.py -->\n"
                "<!-- output, exit 2: cat file; exit 2 -->\n\n    old\n\nText.\n"
                "<!-- output, slow: exit 1 -->\n\n    stays\n")
    assert make_outputs.remade(document) == document.replace("    old\n", "    1\n")
    with pytest.raises(ValueError, match="expected exit status 0, received 1"):
        make_outputs.remade(document, slow=True)
