"""Tests of groundwork.data.regular_file."""

import os
import socket

import pytest

from groundwork.data import regular_file


def test_file_is_read_through_a_link_too(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    os.symlink("a", str(tmp_path / "b"))
    for name in ("a", "b"):
        with regular_file.open_binary(str(tmp_path / name)) as file:
            assert (regular_file.size_of(file), file.read()) == (3, b"abc")


def refusal(path):
    with pytest.raises(OSError) as caught:
        regular_file.open_binary(str(path))
    return str(caught.value)


def test_other_kinds_are_refused_without_being_opened(tmp_path):
    os.mkfifo(str(tmp_path / "pipe"))
    with socket.socket(socket.AF_UNIX) as one:
        here = os.getcwd()
        os.chdir(str(tmp_path))  # a socket's path is short
        try:
            one.bind("socket")
        finally:
            os.chdir(here)
    assert refusal(tmp_path / "pipe") == "a named pipe"
    assert refusal(tmp_path / "socket") == "a socket"
    assert refusal(tmp_path) == "a folder"
    assert refusal(os.devnull) == "a device"
    assert "No such file" in refusal(tmp_path / "none")


def test_pipe_that_takes_the_place_of_a_file_does_not_block(tmp_path, monkeypatch):
    path = str(tmp_path / "a")
    (tmp_path / "a").write_bytes(b"abc")
    status = os.stat(path)
    os.remove(path)
    os.mkfifo(path)
    monkeypatch.setattr(os, "stat", lambda _: status)
    assert refusal(path) == "a named pipe"
