"""Files that appear whole or not at all, and what is wrong with those that cannot be read."""

import os

import pytest

from parity.common import files


def test_reasons_are_one_line_without_numbers(tmp_path):
    with pytest.raises(OSError) as missing:
        open(tmp_path / "a.npz")
    assert files.reason(missing.value) == "no such file: a.npz"
    with pytest.raises(OSError) as folder:
        open(tmp_path)
    assert files.reason(folder.value) == f"Is a directory: {tmp_path.name}"
    assert files.reason(ValueError("not\n a zip")) == "not a zip"
    assert files.reason(EOFError()) == "EOFError"


def test_a_file_is_there_once_it_is_whole(tmp_path):
    path = str(tmp_path / "file")
    with files.whole(path) as part:
        with open(part, "w") as file:
            file.write("new")
        assert not os.path.exists(path)
    assert (tmp_path / "file").read_text() == "new" and os.listdir(tmp_path) == ["file"]


def test_after_an_error_the_old_file_is_there_alone(tmp_path):
    (tmp_path / "file").write_text("old")
    with pytest.raises(ValueError), files.whole(str(tmp_path / "file")) as part:
        with open(part, "w") as file:
            file.write("ne")
        raise ValueError
    assert (tmp_path / "file").read_text() == "old" and os.listdir(tmp_path) == ["file"]


def test_an_error_before_anything_is_written_leaves_nothing(tmp_path):
    with pytest.raises(ValueError), files.whole(str(tmp_path / "file")):
        raise ValueError
    assert not os.listdir(tmp_path)
