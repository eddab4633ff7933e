"""Trace files: what is written is read; what is no trace is refused in one line."""

import json
import zipfile

import numpy as np
import pytest

from parity.common import trace

HEADER = dict({key: "" for key in trace.HEADER_KEYS}, version=trace.VERSION)


def test_header_and_arrays_come_back_bit_for_bit(tmp_path):
    path = str(tmp_path / "trace.npz")
    arrays = {
        "taps/training/joint:generator/hidden1": np.array([[-0.0, np.nan], [np.inf, 5e-324]]),
        "state/0/step": np.array(7, np.int64),
        "losses/joint/generator": np.array([0.1, 0.2], np.float32),
        "entries/empty": np.zeros((3, 0), np.float32)}
    header = dict(HEADER, hparams={"rate": 0.1}, variables={"b": {"shape": [2]}, "a": {}})
    trace.write(path, header, arrays)
    read_header, read = trace.read(path)
    assert read_header == header
    assert list(read_header["variables"]) == ["b", "a"]  # forward order
    assert {name for name in read} == set(arrays) | {"header"}
    for name, value in arrays.items():
        assert read[name].tobytes() == value.tobytes()
        assert (read[name].dtype, read[name].shape) == (value.dtype, value.shape)


def test_header_says_what_was_asked_and_what_ran():
    job = {"program": "my.py:program", "dtype": "float64", "values": {"rate": 0.1}, "model": "gan",
           "steps": 5, "resync": [0, 5], "threads": 1, "batches": "batches.npz"}
    own = dict.fromkeys(("variables", "initializers", "phases", "sources", "races"), "own")
    header = trace.header(job, "keras 3", {"keras": "3.0"}, **own)
    assert set(header) == {*trace.HEADER_KEYS, "races"}
    assert header["hparams"] == {"rate": 0.1, "model": "gan"}
    assert header["versions"] == {"keras": "3.0", "numpy": np.__version__}
    assert (header["side"], header["program"], header["resync"]) == (
        "keras 3", "my.py:program", [0, 5])


def test_incomplete_header_is_not_written(tmp_path):
    header = {key: value for key, value in HEADER.items() if key not in ("cpu", "sources")}
    with pytest.raises(ValueError, match="header lacks cpu, sources"):
        trace.write(str(tmp_path / "trace.npz"), header, {})
    assert not list(tmp_path.iterdir())


def test_header_holds_no_nan(tmp_path):
    with pytest.raises(ValueError):
        trace.write(str(tmp_path / "trace.npz"), dict(HEADER, hparams={"rate": np.nan}), {})
    assert not list(tmp_path.iterdir())


def _whole(tmp_path):
    path = tmp_path / "whole.npz"
    trace.write(str(path), HEADER, {"state/0/a": np.arange(1000.0)})
    return path.read_bytes()


def _with_header(path, header):
    text = json.dumps(header).encode("utf-8")
    with open(path, "wb") as file:
        np.savez(file, header=np.frombuffer(text, np.uint8))


def _other_version(path):
    _with_header(path, dict(HEADER, version=trace.VERSION + 1))


def _array_file(path):
    with open(path, "wb") as file:
        np.save(file, np.zeros(3))


def _foreign_archive(path):
    with open(path, "wb") as file:
        np.savez(file, weights=np.zeros(3))


def _other_zip(path):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("readme.txt", "no arrays")


@pytest.mark.parametrize("make", [
    _other_version, _array_file, _foreign_archive, _other_zip,
    lambda path: _with_header(path, ["a", "list"]),
    lambda path: path.write_bytes(b""),
    lambda path: path.write_text("step,loss\n1,0.5\n"),
    lambda path: path.write_bytes(_whole(path.parent)[:3000]),
    lambda path: path.mkdir(),
    lambda path: None,
], ids=["another version", "an array", "an archive of arrays", "a zip file", "a header that is a "
        "list", "an empty file", "a text", "a truncated trace", "a folder", "no file"])
def test_what_is_no_trace_is_refused_in_one_line(tmp_path, make):
    path = tmp_path / "trace.npz"
    make(path)
    with pytest.raises(trace.DamagedTrace) as caught:
        trace.read(str(path))
    assert str(caught.value).startswith(str(path) + ": expected a trace")
    assert "\n" not in str(caught.value)


def test_part_keeps_the_rest_of_the_name():
    arrays = {"state/1/a/b": 1, "state/10/a": 2, "stepped/1/a": 3}
    assert trace.part(arrays, "state/1/") == {"a/b": 1}
