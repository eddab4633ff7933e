"""Reads the binary version of CIFAR-10 (Krizhevsky 2009): rows of a label and a 32x32 RGB image.

The pickled version is not read: unpickling a file runs what is in it.
"""

import gzip
import os
import struct
import tarfile
import zlib

import numpy as np

from groundwork.data import download
from groundwork.data import memory
from groundwork.data import regular_file
from groundwork.data.raw_dataset import checked_folder, find_file, RawDataset
from groundwork.errors import UsageError

FOLDER = "cifar-10-batches-bin"  # what the archive unpacks to
FILES = tuple("data_batch_{}.bin".format(number) for number in range(1, 6))
_ROWS_A_FILE = 10000
_ROW_SIZE = 1 + 3 * 32 * 32  # bytes: the label, then the planes of red, green and blue
_CLASSES = 10
_CHUNK = 1 << 20
# Unpacked bytes that an archive may have for each byte of `FILES`: a fifth more is published.
_MOST_UNPACKED = 2
# What tarfile raises on damaged headers, beside its own errors and those of the gzip stream.
_DAMAGED = (OSError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError,
            OverflowError, RuntimeError, MemoryError, struct.error, zlib.error, tarfile.TarError)


class _BoundedStream:
    """A stream that ends in a ValueError once more was read of it than a whole archive holds.

    Headers announce names of gigabytes and members of terabytes, which tarfile reads to their end.
    """

    def __init__(self, stream, most):
        self._stream = stream
        self._most = most
        self._left = most

    def read(self, size):
        """Reads at most `size` bytes."""
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise ValueError("more than {} bytes unpacked".format(self._most))
        return data


def read(data_dir, max_bytes=memory.DEFAULT_MAX_BYTES):
    """Reads the training split.

    Args:
        data_dir: folder with the archive, with what it unpacks to, or with the five files
            themselves; None downloads the archive once.
        max_bytes: of the images and labels, as `memory.check` takes it.

    Returns:
        `RawDataset` with uint8 images [50000, 32, 32, 3] and labels in [0, 10).

    Raises:
        UsageError: a file is missing or damaged, or the data set too large.
    """
    memory.check("--dataset=cifar10", len(FILES) * _ROWS_A_FILE * _ROW_SIZE, max_bytes)
    if data_dir is None:
        return _stored(_read_archive(*download.fetch("cifar10")))
    checked_folder(data_dir)
    for folder in (data_dir, os.path.join(data_dir, FOLDER)):
        if any(os.path.isfile(os.path.join(folder, name)) for name in FILES):
            return _stored([_read_file(find_file(folder, (name,))) for name in FILES])
    return _stored(_read_archive(find_file(data_dir, (download.CIFAR10_FILE, FILES[0]))))


def _stored(files):
    rows = np.concatenate(files)
    images = rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return RawDataset(np.ascontiguousarray(images), rows[:, 0], _CLASSES)


def _read_file(path):
    try:
        with regular_file.open_binary(path) as file:
            return _rows(path, file, regular_file.size_of(file))
    except OSError as error:
        raise UsageError("{}: expected a readable file, received: {}".format(path, error))


def _read_archive(path):
    """Returns the rows of each of the five files, in their order."""
    try:
        with regular_file.open_binary(path) as file, gzip.GzipFile(fileobj=file) as unpacked:
            stream = _BoundedStream(
                unpacked, _MOST_UNPACKED * len(FILES) * _ROWS_A_FILE * _ROW_SIZE + _CHUNK)
            found = _rows_by_name(path, stream)
            # Gzip compares its checksum at the end of the stream, behind the end of the archive.
            while stream.read(_CHUNK):
                pass
    except _DAMAGED as error:
        raise UsageError("{}: expected a whole .tar.gz archive, received: {}".format(
            path, error or type(error).__name__))
    for name in FILES:
        if name not in found:
            raise UsageError("{}: expected an archive with {}, received one without".format(
                path, name))
    return [found[name] for name in FILES]


def _rows_by_name(path, stream):
    found = {}
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            name = os.path.basename(member.name)
            if name in FILES and member.isreg() and not member.issparse():
                found[name] = _rows(
                    "{}: {}".format(path, name), archive.extractfile(member), member.size)
    return found


def _rows(path, file, size):
    """Returns uint8 [rows of a file, bytes of a row]; `path` is for the message only."""
    expected = _ROWS_A_FILE * _ROW_SIZE
    if size != expected:
        raise UsageError("{}: expected {} bytes, received {}".format(path, expected, size))
    rows = np.frombuffer(file.read(expected), np.uint8).reshape(_ROWS_A_FILE, _ROW_SIZE)
    if rows[:, 0].max() >= _CLASSES:
        raise UsageError("{}: expected labels from 0 to {}, received {}".format(
            path, _CLASSES - 1, rows[:, 0].max()))
    return rows
