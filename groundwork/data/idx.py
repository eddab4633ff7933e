"""Reads IDX files, the format of MNIST: a big-endian header, then unsigned bytes."""

import gzip
import struct
import zlib

import numpy as np

from groundwork.data import memory
from groundwork.data import regular_file
from groundwork.errors import UsageError

_UINT8_MAGIC = 0x00000800  # The lowest byte holds the number of dimensions.
_CHUNK = 1 << 20
# Deflate needs at least two bits for a copy of 258 bytes, the longest there is.
_MAX_DEFLATE_RATIO = 1032


def read(path, dimensions, max_bytes=memory.DEFAULT_MAX_BYTES):
    """Reads one IDX file of unsigned bytes, gzip-compressed if its name ends in `.gz`.

    The header is not trusted: no more memory is taken than the file has data for, and no more than
    allowed.

    Args:
        path: the file.
        dimensions: how many dimensions the array must have.
        max_bytes: of the array, as `memory.check` takes it.

    Returns:
        uint8 array of the shape in the header, without an empty dimension.

    Raises:
        UsageError: the file is unreadable, damaged, too large, or not such an array.
    """
    try:
        with regular_file.open_binary(path) as file:
            size = regular_file.size_of(file)
            if not path.endswith(".gz"):
                shape = _plain_shape(path, file, size, dimensions)
                return _read_array(path, file, shape, max_bytes)
            with gzip.GzipFile(fileobj=file) as stream:
                shape = _compressed_shape(path, stream, size, dimensions)
                return _read_array(path, stream, shape, max_bytes)
    except EOFError:
        raise UsageError("{}: expected a whole gzip file, received a truncated one".format(path))
    except (OSError, zlib.error) as error:
        raise UsageError("{}: expected a readable {}file, received: {}".format(
            path, "gzip " if path.endswith(".gz") else "", error))


def _plain_shape(path, file, size, dimensions):
    shape = _read_shape(path, file, dimensions)
    received = size - file.tell()
    if received != _byte_count(shape):
        raise _wrong_size(path, shape, received)
    return shape


def _compressed_shape(path, stream, compressed_size, dimensions):
    shape = _read_shape(path, stream, dimensions)
    most = compressed_size * _MAX_DEFLATE_RATIO
    if _byte_count(shape) > most:
        raise _wrong_size(path, shape, "at most {}".format(most))
    return shape


def _read_shape(path, stream, dimensions):
    """Returns the shape in the header, as Python integers, which do not overflow."""
    expected_magic = _UINT8_MAGIC + dimensions
    header_size = 4 + 4 * dimensions
    header = stream.read(header_size)
    if header[:4] != struct.pack(">I", expected_magic)[:len(header)]:
        raise UsageError("{}: expected the IDX magic number 0x{:08x}, received 0x{}".format(
            path, expected_magic, header[:4].hex()))
    if len(header) != header_size:
        raise UsageError("{}: expected an IDX header of {} bytes, received {} bytes".format(
            path, header_size, len(header)))
    shape = struct.unpack(">{}I".format(dimensions), header[4:])
    if 0 in shape:
        raise UsageError("{}: expected at least one element, received the shape {}".format(
            path, _format_shape(shape)))
    return shape


def _read_array(path, stream, shape, max_bytes):
    expected = _byte_count(shape)
    memory.check(path, expected, max_bytes)
    data = bytearray()
    # One byte more than announced shows trailing data, and makes gzip verify its checksum.
    while len(data) <= expected:
        chunk = stream.read(min(_CHUNK, expected + 1 - len(data)))
        if not chunk:
            break
        data += chunk
    if len(data) != expected:
        raise _wrong_size(path, shape, len(data) if len(data) < expected else "more")
    return np.frombuffer(data, np.uint8).reshape(shape)


def _byte_count(shape):
    count = 1
    for extent in shape:
        count *= extent
    return count


def _wrong_size(path, shape, received):
    return UsageError("{}: expected {} bytes of data for the shape {}, received {}".format(
        path, _byte_count(shape), _format_shape(shape), received))


def _format_shape(shape):
    return "x".join(str(extent) for extent in shape)
