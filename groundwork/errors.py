"""The ways in which a command ends badly, and their exit statuses (sysexits.h, 128 + signal)."""

import errno
import os
import signal

EXIT_USAGE = 64
EXIT_FAULT = 70
EXIT_IO = 74

# No space, no quota, a broken or read-only disk, a file larger than the process may write.
_OF_A_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG)


class UsageError(Exception):
    """Bad input: one line that names the flag or file, what was expected and what was received."""


class Diverged(Exception):
    """A loss or a weight is no longer finite: one line that names the step and where."""


class WriteError(OSError):
    """A file that could not be written: `WriteError(errno or None, reason, path)`."""

    def __str__(self):
        return "{}: cannot be written: {}".format(self.filename, self.strerror)


class Stopped(BaseException):
    """A signal asked for the end: one line that names it. No `except Exception` holds it up."""

    def __init__(self, number, when=""):
        """Args:
          number: the signal.
          when: rest of the line, after the signal's name.
        """
        super().__init__("stopped by {}{}".format(signal.Signals(number).name, when))
        self.status = 128 + number


def of_a_disk(error):
    """True where an OSError tells of a disk that is full, broken or read-only."""
    return error.errno in _OF_A_DISK


def write_error(message, path):
    """The WriteError of a file that TensorFlow could not write.

    Args:
      message: of TensorFlow's error; the reason stands in it as `file; reason`, among other lines.
      path: the file.
    """
    for number in errno.errorcode:
        if "; " + os.strerror(number) in message:
            return WriteError(number, os.strerror(number), path)
    return WriteError(None, (message.strip().splitlines() or ["an unknown error"])[0], path)
