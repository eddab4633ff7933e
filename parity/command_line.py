"""How the commands of `parity` start and end: one line for bad input, exit statuses."""

import argparse
import difflib
import errno
import os
import re
import signal
import sys
import zipfile

from parity.trace.file import DamagedTrace
from parity.workers import RecorderError, Refused

EXIT_USAGE = 64
EXIT_FAULT = 70
EXIT_IO = 74
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143


class UsageError(Exception):
    """Bad input: one line that names the flag or file, what was expected and what was received."""


class Terminated(BaseException):
    """SIGTERM; like KeyboardInterrupt, what was begun is tidied up on its way."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line."""

    def __init__(self, **arguments):
        super().__init__(allow_abbrev=False, **arguments)

    def error(self, message):
        raise UsageError(message + self._meant(message))

    def _meant(self, message):
        """Which flag is nearly one that the command does not know, as the end of its complaint."""
        known = re.findall(r"--\w+", self.format_usage())
        received = re.findall(r"(?<!\S)--\w+", message.partition("unrecognized arguments:")[2])
        near = [each for name in received for each in difflib.get_close_matches(name, known, 1)]
        return f"; did you mean {near[0]}?" if near else ""


def count(text):
    """A whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, received {text}")
    return int(text)


def check_output(flag, path):
    """UsageError now rather than after minutes if a report cannot be written."""
    folder = os.path.dirname(os.path.abspath(path or "."))
    if path and (os.path.isdir(path) or not os.access(folder, os.W_OK)):
        raise UsageError(f"--{flag}={path}: expected a file in a folder that can be written, "
                         f"received {'a folder' if os.path.isdir(path) else 'none'}")


def check_folder(flag, path):
    """Makes the folder; UsageError if that cannot be done."""
    try:
        if path:
            os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"--{flag}={path}: expected a folder that can be written, received {error}")


def check_interpreter(flag, path):
    """UsageError unless `path` is empty or a program that can be run."""
    if path and not (os.path.isfile(path) and os.access(path, os.X_OK)):
        raise UsageError(
            f"--{flag}={path}: expected a Python interpreter, received no such program")


def write(path, text):
    """Writes a report, whole or not at all; UsageError if that cannot be done."""
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise UsageError(f"{path}: expected a file that can be written, received {error.strerror}")
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)


def progress(line):
    """Shows one line of progress, on standard error."""
    sys.stderr.write(line + "\n")  # at once: threads show theirs, too
    sys.stderr.flush()


def _terminate(*unused_signal):
    raise Terminated


def run(program, main):
    """Runs `main(arguments)`; returns its exit status, or that of what went wrong."""
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
