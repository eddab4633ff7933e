"""Opens data files, and nothing that only looks like one: a pipe or a device can block for ever."""

import os
import stat

_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"),
          (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"))
# Another process may put a pipe in the file's place between the two looks at it.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_binary(path):
    """Opens a regular file for reading; OSError when it is missing or another kind of file."""
    _refuse_other_kinds(os.stat(path))
    file = os.fdopen(os.open(path, _FLAGS), "rb")
    try:
        _refuse_other_kinds(os.fstat(file.fileno()))
    except OSError:
        file.close()
        raise
    return file


def size_of(file):
    """Returns the size of an open file in bytes."""
    return os.fstat(file.fileno()).st_size


def _refuse_other_kinds(status):
    for is_kind, kind in _KINDS:
        if is_kind(status.st_mode):
            raise OSError(kind)
