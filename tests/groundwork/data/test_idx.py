"""Tests of groundwork.data.idx."""

import gzip
import os
import struct
import tracemalloc

import numpy as np
import pytest

from groundwork.data import idx
from groundwork.errors import UsageError

ARRAY = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
NAMES = ("images", "images.gz")


def encode(array, shape=None, magic=None):
    shape = array.shape if shape is None else shape
    magic = 0x00000800 + len(shape) if magic is None else magic
    return struct.pack(">{}I".format(1 + len(shape)), magic, *shape) + array.tobytes()


def write(folder, name, content):
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return str(path)


def error_of(path, dimensions=3):
    with pytest.raises(UsageError) as caught:
        idx.read(path, dimensions)
    message = str(caught.value)
    assert message.startswith(path + ": expected ")
    assert "\n" not in message
    return message[len(path) + 2:]


@pytest.mark.parametrize("name", NAMES)
def test_array_is_read_back(tmp_path, name):
    array = idx.read(write(tmp_path, name, encode(ARRAY)), 3)

    assert array.dtype == np.uint8
    np.testing.assert_array_equal(array, ARRAY)


@pytest.mark.parametrize("name", NAMES)
def test_array_of_several_chunks_is_read_back(tmp_path, monkeypatch, name):
    monkeypatch.setattr(idx, "_CHUNK", 5)

    np.testing.assert_array_equal(idx.read(write(tmp_path, name, encode(ARRAY)), 3), ARRAY)


@pytest.mark.parametrize("name", NAMES)
def test_wrong_magic_is_refused(tmp_path, name):
    labels = np.zeros(20, np.uint8)

    assert error_of(write(tmp_path, name, encode(labels))) == (
        "expected the IDX magic number 0x00000803, received 0x00000801")


@pytest.mark.parametrize("name", NAMES)
def test_other_element_type_is_refused(tmp_path, name):
    path = write(tmp_path, name, encode(ARRAY, magic=0x00000D03))

    assert error_of(path) == "expected the IDX magic number 0x00000803, received 0x00000d03"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [0, 3, 15])
def test_truncated_header_is_refused(tmp_path, name, length):
    assert error_of(write(tmp_path, name, encode(ARRAY)[:length])) == (
        "expected an IDX header of 16 bytes, received {} bytes".format(length))


@pytest.mark.parametrize("name", NAMES)
def test_missing_data_is_refused(tmp_path, name):
    assert error_of(write(tmp_path, name, encode(ARRAY)[:-1])) == (
        "expected 24 bytes of data for the shape 2x3x4, received 23")


@pytest.mark.parametrize("name,received", [("images", "26"), ("images.gz", "more")])
def test_trailing_data_is_refused(tmp_path, name, received):
    assert error_of(write(tmp_path, name, encode(ARRAY) + b"ab")) == (
        "expected 24 bytes of data for the shape 2x3x4, received " + received)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(0, 28, 28), (5, 0, 28), (5, 28, 0)])
def test_empty_array_is_refused(tmp_path, name, shape):
    path = write(tmp_path, name, encode(np.zeros(shape, np.uint8)))

    assert error_of(path) == "expected at least one element, received the shape {}x{}x{}".format(
        *shape)


# The second shape announces 2**64 bytes, which is none in 64-bit arithmetic.
@pytest.mark.parametrize("shape", [(1 << 10, 1 << 10, 1 << 8), (1 << 22, 1 << 21, 1 << 21)])
@pytest.mark.parametrize("name,received", [("images", "0"), ("images.gz", "at most ")])
def test_hostile_header_takes_no_memory(tmp_path, name, received, shape):
    path = write(tmp_path, name, encode(np.zeros(0, np.uint8), shape=shape))

    tracemalloc.start()
    try:
        message = error_of(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert message.startswith("expected {} bytes of data for the shape {}x{}x{}, ".format(
        shape[0] * shape[1] * shape[2], *shape))
    assert "received " + received in message
    assert peak < 4 << 20


def test_compressed_data_takes_no_more_memory_than_there_is(tmp_path):
    noise = np.random.RandomState(0).randint(0, 256, 1 << 20).astype(np.uint8)
    path = write(tmp_path, "images.gz", encode(noise, shape=(1 << 9, 1 << 10, 1 << 10)))

    tracemalloc.start()
    try:
        message = error_of(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert message.endswith("received {}".format(1 << 20))
    assert peak < 8 << 20


def test_an_array_that_compresses_as_far_as_deflate_can_is_read_back(tmp_path):
    zeros = np.zeros((4000, 50, 50), np.uint8)
    path = write(tmp_path, "images.gz", encode(zeros))
    assert 1000 * os.path.getsize(path) < zeros.nbytes
    np.testing.assert_array_equal(idx.read(path, 3), zeros)


def test_trailing_data_after_whole_chunks_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(idx, "_CHUNK", 6)

    assert error_of(write(tmp_path, "images.gz", encode(ARRAY) + b"a")).endswith("received more")


def test_compressed_data_is_read_no_further_than_announced(tmp_path, monkeypatch):
    path = write(tmp_path, "images.gz", encode(ARRAY) + bytes(50 << 20))
    requested = []
    read = gzip.GzipFile.read

    def recording_read(self, size=-1):
        requested.append(size)
        return read(self, size)

    monkeypatch.setattr(gzip.GzipFile, "read", recording_read)

    assert error_of(path).endswith("received more")
    assert requested == [16, ARRAY.size + 1]


def test_truncated_gzip_is_refused(tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(encode(ARRAY))[:-9])

    assert error_of(str(path)) == "expected a whole gzip file, received a truncated one"


def test_gzip_with_wrong_checksum_is_refused(tmp_path):
    content = bytearray(gzip.compress(encode(ARRAY)))
    content[-8] ^= 1  # The CRC-32 of the data is followed by four bytes of length.
    path = tmp_path / "images.gz"
    path.write_bytes(bytes(content))

    assert error_of(str(path)).startswith("expected a readable gzip file, received: CRC check fail")


def test_damaged_deflate_stream_is_refused(tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(encode(ARRAY))[:10] + b"\xff" * 40)

    assert error_of(str(path)).startswith("expected a readable gzip file, received: Error -3")


def test_file_that_is_not_gzip_is_refused(tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(encode(ARRAY))

    assert error_of(str(path)).startswith(
        "expected a readable gzip file, received: Not a gzipped file")


def test_missing_file_is_refused(tmp_path):
    assert "No such file" in error_of(str(tmp_path / "images"))
