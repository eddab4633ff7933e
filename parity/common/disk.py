"""Errors of a disk that is full, broken or read-only."""

import errno
import os
import re

NUMBERS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG)
_WORDS = {os.strerror(number): number for number in NUMBERS}
# TensorFlow names the file before the reason, HDF5 numbers the reason, among other words.
_TENSORFLOW = re.compile(r"(?P<path>/[^;\n]*); (?P<reason>{})".format("|".join(_WORDS)))
_HDF5 = re.compile(r"errno = (?P<number>\d+)")


def failure(error):
    """[number, reason, path or ""] where an exception tells of such a disk, else None."""
    if getattr(error, "errno", None) in NUMBERS:
        return [error.errno, os.strerror(error.errno), str(error.filename or "")]
    found = _TENSORFLOW.search(str(error))
    if found:
        return [_WORDS[found.group("reason")], found.group("reason"), found.group("path")]
    found = _HDF5.search(str(error))
    if found and int(found.group("number")) in NUMBERS:
        return [int(found.group("number")), os.strerror(int(found.group("number"))), ""]
    return None
