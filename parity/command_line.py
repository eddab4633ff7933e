"""How the commands of `parity` start and end: one line for bad input, exit statuses."""

import argparse
import sys

from parity.common.trace import DamagedTrace
from parity.workers import RecorderError

EXIT_USAGE = 64
EXIT_FAULT = 70


class UsageError(Exception):
    """Bad input: one line that names the flag or file, what was expected and what was received."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line."""

    def __init__(self, **arguments):
        super().__init__(allow_abbrev=False, **arguments)

    def error(self, message):
        raise UsageError(message)


def count(text):
    """A whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, received {text}")
    return int(text)


def progress(line):
    """Shows one line of progress, on standard error."""
    print(line, file=sys.stderr, flush=True)


def run(program, main):
    """Runs `main(arguments)`; returns its exit status, or that of what went wrong."""
    try:
        return main(sys.argv[1:])
    except (UsageError, DamagedTrace) as error:
        print(f"{program}: {error}", file=sys.stderr)
        return EXIT_USAGE
    except RecorderError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return EXIT_FAULT
