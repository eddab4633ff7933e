"""Tests of groundwork.data.lines."""

import os

import numpy as np
import pytest

from groundwork.data import datasets
from groundwork.data import lines
from groundwork.errors import UsageError

ALPHABET = " abcdé"
SHAPE = (4, 6)


def write(tmp_path, content):
    path = tmp_path / "lines.txt"
    path.write_bytes(content)
    return str(path)


def load(path, **changes):
    values = dict({"image_shape": SHAPE, "data_dir": path, "alphabet": ALPHABET}, **changes)
    return datasets.load("lines", **values)


def refusal(path, **changes):
    with pytest.raises(UsageError) as caught:
        load(path, **changes)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_lines_are_one_hot_characters_that_end_in_blanks(tmp_path):
    dataset = load(write(tmp_path, "ab\r\n\n  \nd cé\n".encode("utf-8")))
    assert dataset.images.dtype == np.float32
    assert (dataset.labels, dataset.class_count) == (None, 0)
    np.testing.assert_array_equal(np.argmax(dataset.images, axis=2), [[1, 2, 0, 0], [4, 0, 3, 5]])
    np.testing.assert_array_equal(np.sort(dataset.images, axis=2), np.broadcast_to(
        [0, 0, 0, 0, 0, 1], (2, 4, 6)))


@pytest.mark.parametrize("content", [b"ab\nd", b"\xef\xbb\xbfab\nd\n", b"ab   \nd\n\n"])
def test_editors_marks_and_ends_are_no_text(tmp_path, content):
    assert lines.decode(load(write(tmp_path, content)).images, ALPHABET) == ["ab", "d"]


def test_decoding_takes_the_likeliest_character():
    sequences = np.zeros((1, 4, 6))
    sequences[0] = [[.4, .5, .1, 0, 0, 0], [.2, .3, 0, 0, 0, .5], [1, 0, 0, 0, 0, 0],
                    [.9, .1, 0, 0, 0, 0]]
    assert lines.decode(sequences, ALPHABET) == ["aé"]


@pytest.mark.parametrize("content,expected", [
    (b"", "{}: expected lines of text, received none"),
    (b" \n\r\n\n", "{}: expected lines of text, received none"),
    (b"ab\nabcda\n", "{}: expected lines of at most 4 characters (--line_length), received 5 in "
                     "line 2"),
    (b"ab\nc\xffd\n", "{}: expected text in UTF-8, received the byte 0xff in line 2"),
    (b"ab\nc\x00\n", "{}: expected blanks and the characters of --characters, received '\\x00' in "
                     "line 2"),
    (b"ab\n\nZ'\n", "{}: expected blanks and the characters of --characters, received 'Z' in line "
                    "3; all of the file's: --characters=''\"'\"'Zab'"),
    ("aß\n".encode("utf-8"), "{}: expected blanks and the characters of --characters, received "
                             "'\\xdf' in line 1; all of the file's: --characters='aß'"),
])
def test_bad_text_is_refused_in_one_line(tmp_path, content, expected):
    path = write(tmp_path, content)
    assert refusal(path) == expected.format(path)


def test_what_is_no_file_of_text_is_refused(tmp_path):
    assert refusal(None) == ("--data_dir: expected a file with a line of text for each example "
                             "(--dataset=lines), received nothing")
    assert refusal(str(tmp_path)) == (
        "--data_dir: expected a file of text (--dataset=lines), received {!r}: a folder".format(
            str(tmp_path)))
    os.mkfifo(str(tmp_path / "pipe"))
    for name, reason in (("none", "No such file or directory"), ("pipe", "a named pipe")):
        assert refusal(str(tmp_path / name)).endswith("{!r}: {}".format(
            str(tmp_path / name), reason))


def test_more_than_fits_is_refused_before_memory_is_taken(tmp_path):
    path = write(tmp_path, b"ab\n" * 100)
    assert refusal(path, max_bytes=100).startswith("{}: expected data of at most 100 bytes".format(
        path))
    assert refusal(path, max_bytes=9000).startswith(
        "{}: 100 lines: expected data of at most 9000 bytes in memory (--max_data_bytes), received "
        "9600 bytes".format(path))


@pytest.mark.parametrize("shape,wanted", [((), "numbers"), ((28, 28), "images")])
def test_models_of_something_else_are_refused(tmp_path, shape, wanted):
    assert refusal(write(tmp_path, b"ab\n"), image_shape=shape, alphabet="") == (
        "--dataset=lines: expected a data set of {} for this model, received one of text".format(
            wanted))


@pytest.mark.parametrize("text,accepted", [
    ("abc", True), ("aé中'$", True), ("", False), ("a b", False), ("aba", False), ("a\tb", False),
    ("a\nb", False), ("\udcff", False), ("".join(map(chr, range(0x4e00, 0x4e00 + 1001))), False)])
def test_characters_are_different_printable_and_no_blank(text, accepted):
    try:
        assert lines.CHARACTERS.parse(text) == text
        assert accepted
    except ValueError as error:
        assert not accepted
        assert "printable characters without the blank" in str(error)
