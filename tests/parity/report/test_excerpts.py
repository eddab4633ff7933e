"""Lines of a program around the one that makes what departs first."""

import pytest

from parity.report import excerpts
from parity.report.excerpts import Excerpt


@pytest.fixture(autouse=True)
def program(tmp_path, monkeypatch):
    (tmp_path / "port.py").write_text("".join(f"line {number}\n" for number in range(1, 11)))
    (tmp_path / "secret.txt").write_text("line 1\n")
    (tmp_path / "wide.py").write_bytes(b"x" * 500 + b"\xff\n")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("place, numbers", [
    ("port.py:5", range(2, 9)), ("port.py:1", range(1, 5)), ("port.py:10", range(7, 11))])
def test_three_lines_stand_on_each_side_of_it(place, numbers):
    found = excerpts.of(place)
    assert found.lines == [(number, f"line {number}") for number in numbers]
    assert found.line == int(place.rpartition(":")[2])


@pytest.mark.parametrize("place", [
    "port.py:0", "port.py:11", "other.py:1", "secret.txt:1", "port.py", "port.py:x", "", ":1",
    ".:1", "a\0b.py:1"])
def test_what_cannot_be_read_has_none(place):
    assert excerpts.of(place) is None


def test_what_all_lines_are_indented_by_is_left_out(tmp_path):
    (tmp_path / "deep.py").write_text("    def f():\n\n        return 1\n")
    assert excerpts.of("deep.py:3").lines == [(1, "def f():"), (2, ""), (3, "    return 1")]


def test_of_a_program_that_is_elsewhere_the_captured_line_is_known():
    assert excerpts.of("other.py:7", "x = 1") == Excerpt([(7, "x = 1")], 7)


def test_a_program_that_was_changed_is_not_shown():
    assert excerpts.of("port.py:5", "line 5").lines[0] == (2, "line 2")
    assert excerpts.of("port.py:5", "line five") == Excerpt([(5, "line five")], 5)


def test_long_lines_are_cut_and_foreign_bytes_stand_for_themselves():
    (_, text), = excerpts.of("wide.py:1").lines
    assert text == "x" * 200
