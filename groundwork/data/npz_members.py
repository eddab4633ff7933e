"""Reads arrays out of a .npz archive that is not trusted: sizes are checked before allocation."""

import io
import struct
import tokenize
import warnings
import zipfile
import zlib

import numpy as np

from groundwork.data import memory
from groundwork.data import regular_file

# What zipfile and NumPy raise on damaged archives.
DAMAGED = (OSError, ValueError, KeyError, IndexError, EOFError, RuntimeError, MemoryError,
           OverflowError, TypeError, AttributeError, SyntaxError, AssertionError, struct.error,
           tokenize.TokenError, zlib.error, zipfile.BadZipFile)
# As np.savez and np.savez_compressed write members. Python bounds the output of no other method.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCAL_HEADER = 30  # bytes, without the name and the extra field whose lengths end it
_DESCRIPTOR = 24  # bytes, at most, between a member's data and the next member
_MAX_DIRECTORY = 1 << 20  # bytes
_PREFIX = 12  # bytes, at most, of an array's header up to its text
_MAX_HEADER = 1 << 16  # bytes of an array's header


def read(path, names, max_bytes):
    """Returns `{name: array}` of those of the named arrays that the archive holds.

    Args:
        path: of the archive.
        names: without the suffix `.npy`.
        max_bytes: of all of them, as `memory.check` takes it.

    Raises:
        UsageError: the arrays need more memory than there may be.
        one of `DAMAGED`: the archive, or one of the arrays, is damaged or holds pickled objects.
    """
    with regular_file.open_binary(path) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Python, about the text of a damaged header
        if not zipfile.is_zipfile(file):
            raise ValueError("another kind of file")
        _bound_directory(file)
        with zipfile.ZipFile(file) as archive:
            members = _members(file, archive)
            wanted = [name for name in names if name in members]
            size = sum(_array_size(archive, members[name]) for name in wanted)
            memory.check(path, size, max_bytes)
            return {name: _read_array(archive, members[name]) for name in wanted}


def _bound_directory(file):
    """Refuses a directory of millions of entries before zipfile makes an object of each."""
    size = zipfile._EndRecData(file)[zipfile._ECD_SIZE]
    if size > _MAX_DIRECTORY:
        raise ValueError("a directory of {} bytes, more than {}".format(size, _MAX_DIRECTORY))


def _members(file, archive):
    """Returns `{name without .npy: ZipInfo}` once it is certain that the directory lists them all.

    A damaged directory can lack a member, or have another name for it, whose data is still there.
    """
    members = {}
    end = 0
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        if not 0 <= info.header_offset - end <= (_DESCRIPTOR if members else 0):
            raise ValueError("a directory that does not list all of the archive")
        name = info.filename[:-len(".npy")] if info.filename.endswith(".npy") else info.filename
        if name in members:
            raise ValueError("two members named {!r}".format(name))
        archive.open(info).close()  # compares the name with that beside the data
        members[name] = info
        end = _end_of_data(file, info)
    if not 0 <= archive.start_dir - end <= _DESCRIPTOR:
        raise ValueError("a directory that does not list all of the archive")
    return members


def _end_of_data(file, info):
    file.seek(info.header_offset)
    lengths = struct.unpack("<2H", file.read(_LOCAL_HEADER)[-4:])
    return info.header_offset + _LOCAL_HEADER + sum(lengths) + info.compress_size


def _array_size(archive, info):
    """Returns the bytes of an array's data, which its header and its member agree about."""
    if info.compress_type not in _METHODS:
        raise ValueError("{!r}, compressed by another method than deflate".format(info.filename))
    header = _header(archive, info)
    version = np.lib.format.read_magic(header)
    read_header = {(1, 0): np.lib.format.read_array_header_1_0,
                   (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read_header is None:
        raise ValueError("{!r} in version {}.{} of the format".format(info.filename, *version))
    shape, _, dtype = read_header(header)
    if dtype.hasobject:
        raise ValueError("Object arrays cannot be loaded when allow_pickle=False")
    size = dtype.itemsize
    for extent in shape:
        if extent < 0:
            raise ValueError("{!r} of the shape {}".format(info.filename, shape))
        size *= int(extent)
    received = info.file_size - header.tell()
    if size != received:
        raise ValueError("{!r} of {} bytes, where its shape {} takes {}".format(
            info.filename, received, shape, size))
    return size


def _header(archive, info):
    """Returns a stream of an array's header alone, which may claim any length up to 4 GB."""
    with archive.open(info) as stream:
        start = stream.read(_PREFIX)
        if not start.startswith(np.lib.format.MAGIC_PREFIX):
            raise ValueError("{!r}, which is no array".format(info.filename))
        return io.BytesIO(start + stream.read(_MAX_HEADER))


def _read_array(archive, info):
    with archive.open(info) as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)
