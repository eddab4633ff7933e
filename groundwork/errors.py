"""The two ways in which a command ends badly, and their exit statuses (sysexits.h)."""

EXIT_USAGE = 64
EXIT_FAULT = 70


class UsageError(Exception):
    """Bad input: one line that names the flag or file, what was expected and what was received."""


class Diverged(Exception):
    """A loss or a weight is no longer finite: one line that names the step and where."""
