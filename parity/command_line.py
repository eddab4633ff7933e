"""Command lines of `parity`: parsing, checks of flags, exit statuses, one line for bad input."""

import argparse
import contextlib
import difflib
import os
import re
import signal
import sys
import zipfile

from parity.common import disk
from parity.common import files
from parity.trace.file import DamagedTrace
from parity.workers import RecorderError, Refused

EXIT_USAGE = 64
EXIT_FAULT = 70
EXIT_IO = 74
EXIT_INTERRUPTED = 130
_SIGNALS = {signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}


class UsageError(Exception):
    """Bad input: one line with the flag or file, the expected and the received value."""


class Terminated(BaseException):
    """A signal, raised like KeyboardInterrupt, so that files and processes are cleaned up."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `UsageError`, with the flag that may have been meant."""

    def __init__(self, **arguments):
        super().__init__(allow_abbrev=False, **arguments)

    def parse_args(self, *arguments):
        """Parses arguments; ends the process with completions where a shell asks for them."""
        _complete(self)
        return super().parse_args(*arguments)

    def error(self, message):
        raise UsageError(message + self._meant(message))

    def print_help(self, file=None):
        """Prints the help; where it cannot be written, that is an error, unlike in argparse."""
        with _printing():
            print(self.format_help(), end="", file=file, flush=True)

    def _meant(self, message):
        """The known flag that is nearest to an unknown one, as the end of a message; or ""."""
        known = re.findall(r"--\w+", self.format_usage())
        received = re.findall(r"(?<!\S)--\w+", message.partition("unrecognized arguments:")[2])
        near = [each for name in received for each in difflib.get_close_matches(name, known, 1)]
        return f"; did you mean {near[0]}?" if near else ""


def _complete(parser):
    """Ends the process with completions by argcomplete where a shell asks for them."""
    if "_ARGCOMPLETE" in os.environ:
        import argcomplete  # an extra; where it is missing, its shell has no completions
        argcomplete.autocomplete(parser)


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
    """Writes a report, whole or not at all.

    Raises:
      UsageError: the file cannot be written.
      OSError: the disk is full, broken or read-only.
    """
    try:
        with files.whole(path) as part, open(part, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritten(path, error)


def unwritten(path, error):
    """The exception of a file that could not be written: of the disk, or of the path as given."""
    if error.errno in disk.NUMBERS:
        return OSError(error.errno, error.strerror, path)
    return UsageError(f"{path}: expected a file that can be written, received {error.strerror}")


def progress(line):
    """Shows one line of progress, on standard error."""
    sys.stderr.write(line + "\n")  # at once: threads show theirs, too
    sys.stderr.flush()


def _terminate(number, unused_frame):
    for each in (*_SIGNALS, signal.SIGINT):  # a second one ends the process at once
        signal.signal(each, signal.SIG_DFL)
    raise Terminated(number)


@contextlib.contextmanager
def _signals():
    """Context in which signals raise `Terminated`, but for those that are ignored (`nohup`)."""
    before = {number: signal.getsignal(number) for number in (*_SIGNALS, signal.SIGINT)}
    for number in _SIGNALS:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, _terminate)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(program, main):
    """Runs `main(arguments)`; returns its exit status, or that of an error, told in one line."""
    try:
        with _signals():
            return _status(program, main)
    except Terminated as ended:  # between two of these lines
        return _told(program, _SIGNALS[ended.number], 128 + ended.number)


def console(program, main):
    """Runs `main(arguments)` as `run` does, and ends the process with the exit status.

    From then on signals change nothing: what Python does at its end takes a while, in which one
    would end a command whose work is done as if it were not.
    """
    status = run(program, main)
    for number in (*_SIGNALS, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    sys.exit(status)


def _status(program, main):
    try:
        status = main(sys.argv[1:])
        with _printing():
            sys.stdout.flush()
        return status
    except BrokenPipeError:  # of `| head`, which has read enough
        _discard_output()
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return _told(program, "interrupted", EXIT_INTERRUPTED)
    except zipfile.BadZipFile as error:  # arrays are read from a trace when they are needed
        return _told(program, f"expected whole traces, received a damaged one ({error})",
                     EXIT_USAGE)
    except (UsageError, DamagedTrace, Refused) as error:
        return _told(program, error, EXIT_USAGE)
    except RecorderError as error:
        return _told(program, error, EXIT_FAULT)
    except Exception as error:
        failure = disk.failure(error)
        if not failure:
            raise
        _discard_output()
        _, reason, path = failure
        path = path or "standard output or a file"
        return _told(program, f"{path}: cannot be written: {reason}", EXIT_IO)


@contextlib.contextmanager
def _printing():
    """Context in which a failure names standard output, unless nobody reads it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, "standard output") from error


def _told(program, said, status):
    """Prints one line, unless nobody is there to read it; returns the status."""
    with contextlib.suppress(OSError):
        print(f"{program}: {' '.join(str(said).split())}", file=sys.stderr, flush=True)
    return status


def _discard_output():
    """Points standard output nowhere: at its end Python writes what is still buffered."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
