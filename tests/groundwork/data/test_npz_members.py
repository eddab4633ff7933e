"""Tests of groundwork.data.npz_members: damage that the archive's directory hides, and sizes."""

import io
import os
import zipfile

import numpy as np
import pytest

from groundwork.data import npz
from groundwork.data import npz_members
from groundwork.errors import UsageError

IMAGES = np.random.RandomState(0).randint(0, 256, (4, 3, 5)).astype(np.uint8)
LABELS = np.array([0, 1, 2, 1])


def array_bytes(array, header=None):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array)
    content = stream.getvalue()
    return content if header is None else content[:10] + header.ljust(117).encode() + b"\n" + (
        content[128:])


BOTH = [("images.npy", array_bytes(IMAGES)), ("labels.npy", array_bytes(LABELS))]


def write(folder, members, method=zipfile.ZIP_DEFLATED):
    path = str(folder / "a.npz")
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def refusal(path, start="expected a readable .npz archive without pickled objects, received: "):
    with pytest.raises(UsageError) as caught:
        npz.read(path)
    message = str(caught.value)
    assert message.startswith(path + ": " + start) and "\n" not in message
    return message[len(path + ": " + start):]


def test_archives_of_a_stream_and_of_several_methods_are_read(tmp_path):
    class Stream(io.RawIOBase):  # which cannot be sought, so that sizes follow the data
        def __init__(self, file):
            super(Stream, self).__init__()
            self._file = file

        def writable(self):
            return True

        def write(self, data):
            return self._file.write(data)

    path = str(tmp_path / "a.npz")
    with open(path, "wb") as file, zipfile.ZipFile(Stream(file), "w") as archive:
        archive.writestr("images.npy", array_bytes(IMAGES), zipfile.ZIP_DEFLATED)
        archive.writestr("other", b"text")
        archive.writestr("labels.npy", array_bytes(LABELS))
    stored = npz.read(path)
    np.testing.assert_array_equal(stored.images, IMAGES)
    np.testing.assert_array_equal(stored.labels, LABELS)


def test_fortran_order_and_the_second_version_are_read(tmp_path):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asfortranarray(IMAGES), version=(2, 0))
    stored = npz.read(write(tmp_path, [("images.npy", stream.getvalue())]))
    np.testing.assert_array_equal(stored.images, IMAGES)


@pytest.mark.parametrize("name", ["images", "images.npy", "labels", "labels.npy"])
def test_member_that_is_no_array_is_refused(tmp_path, name):
    members = {"images.npy": array_bytes(IMAGES), "labels.npy": array_bytes(LABELS)}
    del members[name.replace(".npy", "") + ".npy"]
    members[name] = b"0 1 2 1"
    assert refusal(write(tmp_path, members.items())) == "{!r}, which is no array".format(name)


def test_two_members_of_one_name_are_refused(tmp_path):
    members = [("images.npy", array_bytes(IMAGES)), ("images", array_bytes(IMAGES))]
    assert refusal(write(tmp_path, members)) == "two members named 'images'"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_of_compression_are_refused(tmp_path, method):
    path = write(tmp_path, [("images.npy", array_bytes(IMAGES))], method)
    expected = "'images.npy', compressed by another method than deflate"
    assert refusal(path) == expected
    content = bytearray(open(path, "rb").read())
    content[60:70] = b"\xff" * 10
    with open(path, "wb") as file:
        file.write(content)
    assert refusal(path) == expected


@pytest.mark.parametrize("lost", [0, 1])
def test_directory_that_lost_a_member_is_refused(tmp_path, lost):
    path = write(tmp_path, BOTH)
    with open(path, "rb") as file:
        content = file.read()
    first = content.index(b"PK\1\2")
    second = content.index(b"PK\1\2", first + 1)
    end = content.index(b"PK\5\6")
    size = second - first if lost == 0 else end - second
    assert second - first == end - second
    tail = bytearray(content[end:])
    tail[8:10] = tail[10:12] = b"\1\0"
    tail[12:16] = size.to_bytes(4, "little")
    kept = content[second:end] if lost == 0 else content[first:second]
    with open(path, "wb") as file:
        file.write(content[:first] + kept + tail)
    assert refusal(path) == "a directory that does not list all of the archive"


def test_name_that_the_directory_has_otherwise_is_refused(tmp_path):
    path = write(tmp_path, BOTH)
    with open(path, "rb") as file:
        content = file.read()
    first, _, rest = content.rpartition(b"labels.npy")
    with open(path, "wb") as file:
        file.write(first + b"lavels.npy" + rest)
    assert "lavels.npy" in refusal(path)


@pytest.mark.parametrize("header,expected", [
    ("{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000, 1000000000, 1000000000), }",
     "'images.npy' of 60 bytes, where its shape (1000000000, 1000000000, 1000000000) takes 1" +
     27 * "0"),
    ("{'descr': '|u1', 'fortran_order': False, 'shape': (-4, -3, 5), }",
     "'images.npy' of the shape (-4, -3, 5)"),
    ("{'descr': '|S4000000000', 'fortran_order': False, 'shape': (), }", ""),
    ("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 3, 6), }",
     "'images.npy' of 60 bytes, where its shape (4, 3, 6) takes 72"),
    ("{'descr': '|u1', 'fortran_order': 3, 'shape': (4, 3, 5), }", ""), ("(" * 100, ""),
    ("{'descr': [], 'fortran_order': False, 'shape': (4, 3, 5), }", ""), ("'", ""), ("0x", "")])
def test_header_that_announces_something_else_is_refused(tmp_path, header, expected):
    path = write(tmp_path, [("images.npy", array_bytes(IMAGES, header))])
    assert refusal(path).startswith(expected)


def test_version_of_another_format_is_refused(tmp_path):
    content = bytearray(array_bytes(IMAGES))
    content[6] = 3
    assert refusal(write(tmp_path, [("images.npy", bytes(content))])) == (
        "'images.npy' in version 3.0 of the format")


def test_sum_of_both_arrays_is_bounded(tmp_path):
    path = write(tmp_path, BOTH)
    size = IMAGES.nbytes + LABELS.nbytes
    assert len(npz.read(path, size).images) == 4
    with pytest.raises(UsageError) as caught:
        npz.read(path, size - 1)
    assert str(caught.value).endswith("(--max_data_bytes), received {} bytes".format(size))
    assert os.path.getsize(path) > 0 and npz_members.read(path, ("none",), 0) == {}
