"""Tests of groundwork.run.text."""

import warnings

import numpy as np

from groundwork.run import text


def ink(picture):
    return int(np.sum(picture[:, :, 0] < 128))


def test_a_file_has_a_line_each_in_utf_8():
    assert text.content(["ab", "", " é"]) == "ab\n\n é\n".encode("utf-8")


def test_markdown_is_a_block_in_which_characters_mean_nothing():
    assert text.markdown(["*a*", "# b"]) == "    *a*\n    # b\n"


def test_the_size_of_a_picture_is_that_of_full_lines():
    full, short = (text.picture([line] * 10, 16) for line in ("x" * 16, "x"))
    assert full.shape == short.shape and full.dtype == np.uint8
    assert ink(full) > 8 * ink(short) > 0
    height, width = full.shape[:2]
    assert 0.5 < height / width < 2
    border = np.concatenate([full[:5].ravel(), full[:, :5].ravel(), full[-5:].ravel(),
                             full[:, -5:].ravel()])
    assert np.all(border == 255)


def test_dollars_are_dollars_and_unknown_characters_are_drawn_without_a_word():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = text.picture([r"$x^2$ \$ $", "中"], 12)
    assert ink(picture) > ink(text.picture(["x 2", "中"], 12))
