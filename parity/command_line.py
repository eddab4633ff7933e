"""Command lines of `parity`: parsing, checks of flags, exit statuses, one line for bad input."""

import argparse
import difflib
import errno
import os
import re
import signal
import sys
import zipfile

from parity.common import files
from parity.trace.file import DamagedTrace
from parity.workers import RecorderError, Refused

EXIT_USAGE = 64
EXIT_FAULT = 70
EXIT_IO = 74
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143


class UsageError(Exception):
    """Bad input: one line with the flag or file, the expected and the received value."""


class Terminated(BaseException):
    """SIGTERM, raised like KeyboardInterrupt, so that files and processes are cleaned up."""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `UsageError`, with the flag that may have been meant."""

    def __init__(self, **arguments):
        super().__init__(allow_abbrev=False, **arguments)

    def error(self, message):
        raise UsageError(message + self._meant(message))

    def _meant(self, message):
        """The known flag that is nearest to an unknown one, as the end of a message; or ""."""
        known = re.findall(r"--\w+", self.format_usage())
        received = re.findall(r"(?<!\S)--\w+", message.partition("unrecognized arguments:")[2])
        near = [each for name in received for each in difflib.get_close_matches(name, known, 1)]
        return f"; did you mean {near[0]}?" if near else ""


def count(text):
    """The type of a flag whose value is a whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, received {text}")
    return int(text)


def check_output(flag, path):
    """Raises UsageError where a report cannot be written: now, not after minutes of work."""
    folder = os.path.dirname(os.path.abspath(path or "."))
    if path and (os.path.isdir(path) or not os.access(folder, os.W_OK)):
        raise UsageError(f"--{flag}={path}: expected a file in a folder that can be written, "
                         f"received {'a folder' if os.path.isdir(path) else 'none'}")


def check_folder(flag, path):
    """Makes the folder, where one is given; raises UsageError if that fails."""
    try:
        if path:
            os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"--{flag}={path}: expected a folder that can be written, received {error}")


def check_interpreter(flag, path):
    """Raises UsageError unless `path` is empty or a program that can be run."""
    if path and not (os.path.isfile(path) and os.access(path, os.X_OK)):
        raise UsageError(
            f"--{flag}={path}: expected a Python interpreter, received no such program")


def write(path, text):
    """Writes a report, whole or not at all; raises UsageError if that fails."""
    try:
        with files.whole(path) as part, open(part, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UsageError(f"{path}: expected a file that can be written, received {error.strerror}")


def progress(line):
    """Shows one line of progress, on standard error."""
    sys.stderr.write(line + "\n")  # at once: threads show theirs, too
    sys.stderr.flush()


def _terminate(*unused_signal):
    raise Terminated


def run(program, main):
    """Runs `main(arguments)`; returns its exit status, or that of an error, told in one line."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return main(sys.argv[1:])
    except KeyboardInterrupt:
        print(f"{program}: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except Terminated:
        print(f"{program}: terminated", file=sys.stderr)
        return EXIT_TERMINATED
    except zipfile.BadZipFile as error:  # arrays are read from a trace when they are needed
        print(f"{program}: expected whole traces, received a damaged one ({error})",
              file=sys.stderr)
        return EXIT_USAGE
    except (UsageError, DamagedTrace, Refused) as error:
        print(f"{program}: {' '.join(str(error).split())}", file=sys.stderr)  # always one line
        return EXIT_USAGE
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        print(f"{program}: {error.filename or 'a trace'}: {error.strerror}", file=sys.stderr)
        return EXIT_IO
    except RecorderError as error:
        print(f"{program}: {' '.join(str(error).split())}", file=sys.stderr)
        return EXIT_FAULT
