import errno
import json
import os
import stat

import pytest

from groundwork.errors import UsageError, WriteError
from groundwork.run import files


def test_replaces_the_old_bytes_and_leaves_no_other_file(tmp_path):
    path = str(tmp_path / "a.bin")
    files.write_whole(path, b"old and longer")
    files.write_whole(path, b"new\x00")
    assert (tmp_path / "a.bin").read_bytes() == b"new\x00"
    assert os.listdir(str(tmp_path)) == ["a.bin"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_failure_keeps_the_old_file_and_leaves_no_temporary_one(tmp_path, monkeypatch, call):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="disk full"):
        files.write_whole(str(path), b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(str(tmp_path)) == ["a.bin"]


@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
def test_failure_names_the_file_and_the_reason(tmp_path, monkeypatch, call):
    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    path = str(tmp_path / "a.bin")
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(WriteError) as caught:
        files.write_whole(path, b"new")
    assert str(caught.value) == path + ": cannot be written: No space left on device"
    assert caught.value.errno == errno.ENOSPC


def test_a_temporary_file_is_known_by_its_name(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "replace", lambda source, target: names.append(
        os.path.basename(source)))
    names = []
    files.write_whole(str(tmp_path / "a.bin"), b"new")
    assert files.is_temporary(names[0], r"a\.bin|b\.bin")
    for name in (names[0][1:], names[0] + "~", names[0].replace("a.bin", "c.bin"), ".a.bin.tmp"):
        assert not files.is_temporary(name, r"a\.bin|b\.bin")


def test_data_is_on_disk_before_the_rename_and_the_folder_after_it(tmp_path, monkeypatch):
    calls = []
    fsync, replace = os.fsync, os.replace

    def record_fsync(descriptor):
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        calls.append("folder" if is_folder else os.fstat(descriptor).st_size)
        fsync(descriptor)

    def record_replace(source, target):
        calls.append("replace")
        assert os.path.dirname(source) == os.path.dirname(target)
        replace(source, target)

    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(os, "replace", record_replace)
    files.write_whole(str(tmp_path / "a.bin"), b"12345")
    assert calls == [5, "replace", "folder"]


def test_file_has_the_mode_that_open_gives(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    files.write_whole(str(tmp_path / "whole"), b"")
    assert os.stat(str(tmp_path / "whole")).st_mode == os.stat(str(tmp_path / "plain")).st_mode


def test_link_stays_and_its_target_is_written(tmp_path):
    (tmp_path / "target").write_bytes(b"old")
    os.symlink("target", str(tmp_path / "link"))
    files.write_whole(str(tmp_path / "link"), b"new")
    assert os.path.islink(str(tmp_path / "link"))
    assert (tmp_path / "target").read_bytes() == b"new"


def test_relative_path_is_written_in_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(str(tmp_path))
    files.write_whole("a.bin", b"x")
    assert (tmp_path / "a.bin").read_bytes() == b"x"


def test_folder_or_device_is_refused(tmp_path):
    fifo = str(tmp_path / "fifo")
    os.mkfifo(fifo)
    for path in (str(tmp_path), fifo):
        with pytest.raises(UsageError, match="expected a regular file"):
            files.write_whole(path, b"x")
    assert stat.S_ISFIFO(os.stat(fifo).st_mode)


def test_json_is_sorted_indented_and_ends_with_a_newline(tmp_path):
    path = tmp_path / "a.json"
    files.write_json(str(path), {"b": [1, 0.1], "a": None})
    assert path.read_text() == '{\n  "a": null,\n  "b": [\n    1,\n    0.1\n  ]\n}\n'


def test_json_refuses_nan_and_keeps_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    files.write_json(str(path), 1)
    with pytest.raises(ValueError):
        files.write_json(str(path), float("nan"))
    assert json.loads(path.read_text()) == 1
