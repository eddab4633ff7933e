"""Files of several parts appear whole or not at all."""

import os

import pytest

from parity import command_line
from parity.pair import replacing


def test_parts_are_moved_and_those_of_an_older_file_removed(tmp_path):
    out = tmp_path / "out"
    for ending in (".a", ".b", ".old"):
        (tmp_path / ("out" + ending)).write_text("before")
    with replacing.folder(str(out)) as place:
        assert os.path.dirname(place) == str(tmp_path)
        for ending in (".a", ".b"):
            with open(os.path.join(place, "out" + ending), "w") as file:
                file.write("after")
        replacing.replace(os.path.join(place, "out"), str(out), [".a", ".b"], [".b", ".old"])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "out.a": "after", "out.b": "after"}


def test_what_fails_before_it_is_moved_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        with replacing.folder(str(tmp_path / "out")) as place:
            open(os.path.join(place, "out"), "w").close()
            raise KeyboardInterrupt
    assert not os.listdir(tmp_path)


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(command_line.UsageError, match="out: expected a file that can be written"):
        replacing.replace(str(tmp_path / "none"), str(tmp_path / "out"), [""], [])
