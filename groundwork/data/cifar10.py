"""Reads the binary version of CIFAR-10 (Krizhevsky 2009): rows of a label and a 32x32 RGB image.

The pickled version is not read: unpickling a file runs what is in it.
"""

import gzip
import os
import tarfile
import zlib

import numpy as np

from groundwork.data import download
from groundwork.data.raw_dataset import checked_folder, find_file, RawDataset
from groundwork.errors import UsageError

FOLDER = "cifar-10-batches-bin"  # what the archive unpacks to
FILES = tuple("data_batch_{}.bin".format(number) for number in range(1, 6))
_ROWS_A_FILE = 10000
_ROW_SIZE = 1 + 3 * 32 * 32  # bytes: the label, then the planes of red, green and blue
_CLASSES = 10
_CHUNK = 1 << 20


def read(data_dir):
    """Reads the training split.

    Args:
        data_dir: folder with the archive, with what it unpacks to, or with the five files
            themselves; None downloads the archive once.

    Returns:
        `RawDataset` with uint8 images [50000, 32, 32, 3] and labels in [0, 10).

    Raises:
        UsageError: a file is missing or damaged.
    """
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
        with open(path, "rb") as file:
            return _rows(path, file, os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise UsageError("{}: expected a readable file, received: {}".format(path, error))


def _read_archive(path):
    """Returns the rows of each of the five files, in their order."""
    try:
        with gzip.open(path) as stream:
            found = _rows_by_name(path, stream)
            # Gzip compares its checksum at the end of the stream, behind the end of the archive.
            while stream.read(_CHUNK):
                pass
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise UsageError("{}: expected a whole .tar.gz archive, received: {}".format(path, error))
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
            if name in FILES and member.isfile():
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
