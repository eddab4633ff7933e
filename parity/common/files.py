"""Files that appear whole or not at all, and what is wrong with those that cannot be read."""

import contextlib
import errno
import glob
import os
import socket

_MOST = 255  # bytes of a file's name


def reason(error):
    """One line on an error with a file, for "expected ..., received ...": "no such file: a.npz"."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        words = "no such file" if error.errno == errno.ENOENT else error.strerror
        return "{}: {}".format(words, os.path.basename(error.filename))
    return " ".join((str(error) or type(error).__name__).split())


@contextlib.contextmanager
def whole(path):
    """Yields the path of a temporary file, which becomes `path` at the end of the `with`.

    After an error the temporary file is removed, and `path` is as it was. What killed processes
    left of the same file is removed, too.
    """
    for left in glob.glob(glob.escape(_start(path)) + "*.part"):
        if has_ended(left):
            with contextlib.suppress(OSError):
                os.remove(left)
    part = _start(path) + "{}.{}.part".format(_host(), os.getpid())
    try:
        yield part
        os.replace(part, path)
    finally:
        with contextlib.suppress(OSError):  # what failed is told, not what fails after it
            os.remove(part)


def _start(path):
    """Beginning of a temporary file's path, short enough for the name that it becomes."""
    folder, name = os.path.split(path)
    most = _MOST - len("..{}.{}.part".format(_host(), 1 << 32))
    return os.path.join(folder, os.fsdecode(os.fsencode(name)[:most]) + ".")


def has_ended(path):
    """True where the process of this machine that a name ends with, "<host>.<number>.part", ran
    and runs no more."""
    host, number = os.path.basename(path).split(".")[-3:-1]
    if host != _host() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except PermissionError:  # it runs as another user
        return False
    except (OSError, OverflowError):
        return True
    return int(number) == os.getpid()  # an earlier process had this number, as in a container


def _host():
    return socket.gethostname().replace(".", "-")[:64]
