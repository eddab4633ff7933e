"""Trace files: what is written is read; what is no whole trace is refused in one line."""

import json
import zipfile

import numpy as np
import pytest

from parity.trace import file
from tests.support import members

HEADER = {"side": "reference", "pair": "gan", "dtype": "float64", "steps": [0, 1],
          "description": {"variables": [{"name": "b"}, {"name": "a"}]}}
ARRAYS = {
    "output/0/0/generator/hidden1": np.array([[-0.0, np.nan], [np.inf, 5e-324]]),
    "before/0/global_step": np.array(7, np.int64),
    "loss/0/0/loss:0": np.array(0.1, np.float32),
    "entries/empty": np.zeros((3, 0), np.float32)}


@pytest.fixture(name="path")
def fixture_path(tmp_path):
    """Path of a trace that is whole."""
    path = tmp_path / "trace.npz"
    file.write(str(path), HEADER, ARRAYS)
    return path


def held(path):
    """`{name: array}` of all that an archive holds."""
    with np.load(path, allow_pickle=False) as found:
        return dict(found)


def rewritten(path, arrays, **header):
    """Writes an archive of some arrays under a header of which some entries are changed.

    Its digest is that of what it says, unless another one is given.
    """
    text = json.loads(held(path)["header"].tobytes())
    text.update(header)
    text["digest"] = header.get("digest", file.digest(text))
    np.savez(path, header=np.frombuffer(json.dumps(text).encode(), np.uint8), **arrays)


def test_header_and_arrays_come_back_bit_for_bit(path):
    trace = file.read(str(path))
    assert {key: trace.header[key] for key in HEADER} == HEADER
    assert trace.header["format"] == file.FORMAT
    assert set(trace) == set(ARRAYS) and len(trace) == len(ARRAYS)
    for name, value in ARRAYS.items():
        assert trace[name].tobytes() == value.tobytes()
        assert (trace[name].dtype, trace[name].shape) == (value.dtype, value.shape)
    assert "header" not in trace


def test_a_trace_that_cannot_be_written_leaves_what_was_there(path):
    before = path.read_bytes()
    with pytest.raises(ValueError):
        file.write(str(path), HEADER, {"a": np.array([None])})
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["trace.npz"]


def test_an_edited_header_is_no_trace(path):
    text = json.loads(held(path)["header"].tobytes())
    text["pair"] = "another"
    np.savez(path, header=np.frombuffer(json.dumps(text).encode(), np.uint8), **ARRAYS)
    with pytest.raises(file.DamagedTrace, match="expected a header as it was written"):
        file.read(str(path))


@pytest.mark.parametrize("name,value,number", [
    ("after/0/w", np.zeros(2, np.complex64), False), ("after/0/w", np.array(["a"]), False),
    ("before/0/w", np.zeros(2, "M8[s]"), False), ("gradient/0/0/w", np.array([b"a"]), False),
    ("loss/0/loss", np.zeros(2, [("a", "f4")]), False), ("after/0/w", np.zeros(2, ">f4"), False),
    ("output/0/w", np.zeros(2, ">f4"), False), ("output/0/w", np.zeros(2, np.complex64), True),
    ("input/0/words", np.array([b"a"]), True), ("after/0/w", np.zeros(2, bool), True),
    ("after/0/w", np.zeros(2, np.uint8), True)])
def test_what_a_step_makes_of_the_state_is_numbers(tmp_path, name, value, number):
    path = str(tmp_path / "trace.npz")
    file.write(path, HEADER, {name: value})
    trace = file.read(path)
    if number:
        assert trace[name].tobytes() == value.tobytes()
    else:
        with pytest.raises(file.DamagedTrace, match=f"{name}: expected numbers, received "):
            trace[name]


def test_strings_come_back_as_they_were(tmp_path):
    path, words = str(tmp_path / "trace.npz"), np.array([b"a", b"zero\0"], object)
    file.write(path, HEADER, {"input/0/0/words": words})
    assert file.read(path)["input/0/0/words"].tolist() == words.tolist()


def _array_file(path):
    with open(path, "wb") as out:
        np.save(out, np.zeros(3))


def _other_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no arrays")


def _flipped(path):
    content = bytearray(path.read_bytes())
    place = content.find(np.array(7, np.int64).tobytes())
    content[place] ^= 1
    path.write_bytes(bytes(content))


def _deep(path):
    np.savez(path, header=np.frombuffer(b"[" * 100000, np.uint8))


def _encrypted(path):
    content = bytearray(path.read_bytes())
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        place = content.find(start)
        while place >= 0:
            content[place + (6 if start.endswith(b"\x04") else 8)] |= 1
            place = content.find(start, place + 4)
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", [
    lambda path: rewritten(path, ARRAYS, format=file.FORMAT + 1),
    lambda path: rewritten(path, ARRAYS, description=3),
    lambda path: rewritten(path, ARRAYS, side="keras 3"),
    lambda path: rewritten(path, ARRAYS, steps=[]),
    lambda path: rewritten(path, ARRAYS, steps=[0, "1"]),
    lambda path: rewritten(path, ARRAYS, digest="0" * 64),
    lambda path: rewritten(path, dict(list(ARRAYS.items())[1:])),
    lambda path: rewritten(path, dict(ARRAYS, more=np.zeros(2))),
    lambda path: np.savez(path, header=np.frombuffer(b'["a", "list"]', np.uint8)),
    lambda path: np.savez(path, header=np.float32(1)),
    lambda path: np.savez(path, weights=np.zeros(3)),
    lambda path: members.without_magic(path, "header"),
    _array_file, _other_zip, _deep, _encrypted,
    lambda path: path.write_bytes(b""),
    lambda path: path.write_text("step,loss\n1,0.5\n"),
    lambda path: path.write_bytes(path.read_bytes()[:600]),
    lambda path: path.unlink() or path.mkdir(),
    lambda path: path.unlink(),
], ids=["another format", "a description that is a number", "another side", "no steps",
        "steps that are words", "another digest", "an array missing", "an array too many",
        "a header that is a list", "a header that is a number",
        "arrays without a header", "a header that is no array", "an array", "a zip file",
        "a header that is too deep", "encrypted", "empty", "a text", "cut off", "a folder",
        "no file"])
def test_what_is_no_trace_is_refused_in_one_line(path, damage):
    damage(path)
    with pytest.raises(file.DamagedTrace) as caught:
        file.read(str(path))
    assert str(caught.value).startswith(f"{path}: expected ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage,name", [
    (_flipped, "before/0/global_step"),
    (lambda path: rewritten(path, dict(ARRAYS, **{"loss/0/0/loss:0": np.zeros(2)})),
     "loss/0/0/loss:0"),
    (lambda path: rewritten(path, dict(ARRAYS, **{"loss/0/0/loss:0": np.float64(0.1)})),
     "loss/0/0/loss:0"),
    (lambda path: members.without_magic(path, "loss/0/0/loss:0"), "loss/0/0/loss:0")],
                         ids=["a bit flipped", "another shape", "another type", "no array"])
def test_an_array_that_is_not_as_listed_is_refused_when_it_is_read(path, damage, name):
    damage(path)
    trace = file.read(str(path))
    with pytest.raises(file.DamagedTrace, match=f"^{path}: {name}: expected "):
        trace[name]


@pytest.mark.parametrize("more,read", [(0, True), (-1, False)])
def test_a_header_is_read_up_to_a_size(path, monkeypatch, more, read):
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("header.npy").file_size
    monkeypatch.setattr(file, "LARGEST_HEADER", size + more)
    if read:
        assert file.read(str(path)).header["pair"] == "gan"
    else:
        with pytest.raises(file.DamagedTrace, match="a header of more than 256 MB"):
            file.read(str(path))
