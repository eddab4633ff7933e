"""A capture that is not as it was written is refused in one line, or it is read as it was."""

import hashlib
import json
import os
import shutil
import struct
import zipfile

import numpy as np
import pytest

from parity import capture as command
from parity.reference.captured import Captured, DamagedCapture

FILES = ("capture.json", "graph.pb", "lines.json", "arrays.zip")
PLACES = 120  # bytes of each file that are changed, one at a time


def content(path):
    """All that a capture holds, through each method of its reader."""
    found = Captured(path)
    arrays = [part() for call in found.calls for part in (
        call.fed, call.drawn, call.read, call.fetched, call.before, call.after)]
    operations = sorted(node.name for node in found.graph_def().node)
    return (found.header, found.variables, found.inputs, found.trainable,
            [{name: (array.dtype.str, array.tolist()) for name, array in part.items()}
             for part in arrays], operations, [found.source(name) for name in operations])


@pytest.fixture(scope="module", name="whole")
def fixture_whole(capture, tmp_path_factory):
    """(path, content) of a capture with words, sparse inputs and a state of its own."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "builders.py"),
                str(folder))
    ended = capture("--steps=3", "--batches=builders.py:sparse_batch", "--", "builders.py:sparse",
                    cwd=folder)
    assert ended.status == 0, ended.err
    path = str(folder / "captured")
    return path, content(path)


@pytest.fixture(name="copied")
def fixture_copied(whole, tmp_path):
    """A copy of it, to be damaged."""
    path = str(tmp_path / "captured")
    shutil.copytree(whole[0], path)
    return path


def read(path, name):
    with open(os.path.join(path, name), "rb") as file:
        return file.read()


def write(path, name, data):
    with open(os.path.join(path, name), "wb") as file:
        file.write(data)


def refusal(path):
    """The line in which a capture is refused; None if it is read."""
    try:
        content(path)
    except DamagedCapture as error:
        assert str(error).startswith(path + ": expected ")
        assert "\n" not in str(error) and ", received " in str(error)
        assert (error.status, isinstance(error, command.Failure)) == (64, True)
        return str(error)
    return None


def test_a_whole_capture_is_read(whole, copied):
    assert content(copied) == whole[1]
    header, variables, inputs, trainable, arrays, operations, sources = whole[1]
    assert (header["steps"], header["format"]) == (3, command.FORMAT)
    assert sorted(variables) == trainable == ["table", "w"]
    assert "words" in inputs and len(arrays) == 18 and "GradientDescent" in operations
    assert ("builders.py", "sparse") in {(line.path, line.function) for each in sources
                                         for line in each}


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_noticed_or_changes_nothing(name, whole, copied):
    data = read(copied, name)
    places = np.unique(np.linspace(0, len(data) - 1, PLACES).astype(int))
    refused = 0
    for place in places:
        for mask in (0x01, 0x80):
            changed = bytearray(data)
            changed[place] ^= mask
            write(copied, name, bytes(changed))
            if refusal(copied) is None:
                assert content(copied) == whole[1], place
            else:
                refused += 1
    # Dates and the like in a zip's directory, and blanks in JSON, say nothing.
    assert refused > len(places) if name in ("capture.json", "arrays.zip") else (
        refused == 2 * len(places))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_file_that_is_cut(name, share, copied):
    data = read(copied, name)
    write(copied, name, data[:int(share * len(data))])
    assert refusal(copied) is not None


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing(name, copied):
    os.remove(os.path.join(copied, name))
    assert "received no such file: " in refusal(copied)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_capture(name, copied, whole, capture, tmp_path):
    del whole
    shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "builders.py"),
                str(tmp_path))
    assert capture("--steps=2", "--out=other", "--", "builders.py:flags",
                   cwd=tmp_path).status == 0
    shutil.copy(str(tmp_path / "other" / name), copied)
    assert refusal(copied) is not None


def test_an_array_that_is_missing(copied):
    found = Captured(copied)
    with pytest.raises(DamagedCapture, match="expected whole arrays, received "):
        found.array("0" * 32)


def change(path, digest=True, **changes):
    """Changes capture.json by hand, with its digest or without."""
    header = json.loads(read(path, "capture.json").decode())
    header.update(changes)
    if digest:
        header["digest"] = command.header_digest(header)
    write(path, "capture.json", json.dumps(header).encode())


def test_a_newer_format(copied):
    change(copied, format=command.FORMAT + 1)
    assert refusal(copied) == "{}: expected a capture, received format 2, while this version " \
                              "reads 1".format(copied)


def test_a_header_that_somebody_edited(copied):
    change(copied, digest=False, steps=2)
    assert refusal(copied).endswith("received capture.json other than it was written")


@pytest.mark.parametrize("data", ["[]", "null", "3", "{}", "\"format\"", "{\"format\": 1}",
                                  "[" * 100000, "\xff", "{\"format\": NaN}"])
def test_json_that_is_no_header(data, copied):
    write(copied, "capture.json", data.encode("latin-1"))
    assert refusal(copied) is not None


@pytest.mark.parametrize("name,value", [
    ("calls", {}), ("calls", [3]), ("calls", [{}]), ("calls", None), ("steps", "3"),
    ("variables", []), ("inputs", None), ("collections", 3), ("files", {}), ("files", []),
    ("versions", "2.21"), ("program", "train.py"), ("calls_a_step", None)])
def test_a_field_of_a_wrong_type(name, value, copied):
    change(copied, **{name: value})
    assert refusal(copied) is not None


@pytest.mark.parametrize("field,value", [
    ("after", []), ("applies", {}), ("before", None), ("digests", []), ("feeds", "x"),
    ("role", 3), ("stateful", None), ("targets", None), ("writes", {})])
def test_a_field_of_a_call_of_a_wrong_type(field, value, copied):
    calls = json.loads(read(copied, "capture.json").decode())["calls"]
    calls[1][field] = value
    change(copied, calls=calls)
    assert repr(value) in refusal(copied)


@pytest.mark.parametrize("part,field,value", [
    ("variables", "dtype", 3), ("variables", "shape", "x"), ("variables", "trainable", "yes"),
    ("variables", "initial", None), ("variables", "type", []), ("inputs", "tensor", 7),
    ("inputs", "type", None), ("inputs", "random", "no")])
def test_a_field_of_a_variable_or_input_of_a_wrong_type(part, field, value, copied):
    entries = json.loads(read(copied, "capture.json").decode())[part]
    sorted(entries.items())[-1][1][field] = value
    change(copied, **{part: entries})
    assert "received {!r} as {}".format(value, field) in refusal(copied)


@pytest.mark.parametrize("part", ["variables", "inputs"])
@pytest.mark.parametrize("value", [3, None, [], "x"])
def test_a_variable_or_input_that_is_no_dictionary(part, value, copied):
    change(copied, **{part: {"a": value}})
    assert refusal(copied) is not None


@pytest.mark.parametrize("words,data", [
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000000000), }", b"\0" * 64),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 3), }", b"\0" * 64),
    ("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"\0" * 64),
    ("{'descr': '<f4', 'fortran_order'", b""), ("(" * 3000, b""), ("\0" * 200, b"")])
def test_an_array_whose_own_header_says_something_else(words, data, copied):
    content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(words)) + words.encode() + data
    digest = hashlib.sha256(content).hexdigest()[:32]
    with zipfile.ZipFile(os.path.join(copied, "arrays.zip"), "a") as archive:
        archive.writestr(digest + ".npy", content)
    found = Captured(copied)
    with pytest.raises(DamagedCapture, match="expected whole arrays, received ") as error:
        found.array(digest)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("reference", [
    3, None, [], {}, {"bytes": "0" * 32, "lengths": [1], "shape": [1]},
    {"bytes": {}, "lengths": None, "shape": 2}])
def test_a_reference_that_stands_for_no_array(reference, copied):
    calls = json.loads(read(copied, "capture.json").decode())["calls"]
    calls[0]["feeds"] = {"words:0": reference}
    change(copied, calls=calls)
    with pytest.raises(DamagedCapture, match="expected whole arrays, received "):
        Captured(copied).calls[0].fed()


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir(),
                                  lambda path: path.write_text("")])
def test_a_path_that_is_no_capture(make, tmp_path):
    make(tmp_path / "captured")
    assert refusal(str(tmp_path / "captured")) is not None
