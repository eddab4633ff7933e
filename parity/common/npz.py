"""Files of arrays that a user may have damaged, or written by other means."""

import lzma
import tokenize
import zipfile
import zlib

import numpy as np

# Errors of zipfile, NumPy and JSON on files that are damaged, encrypted, too deep or too large.
UNREADABLE = (OSError, ValueError, EOFError, AttributeError, MemoryError, RuntimeError,
              NotImplementedError, zipfile.BadZipFile, zlib.error, lzma.LZMAError,
              tokenize.TokenError)


def read(path):
    """`{name: array}` of an .npz file; one of `UNREADABLE` where it holds anything else."""
    with np.load(path, allow_pickle=False) as file:
        found = {name: file[name] for name in file.files}
    for name, array in found.items():
        if not isinstance(array, np.ndarray):  # bytes that do not begin as an array does
            raise ValueError("{}, which is no array".format(name))
    return found
