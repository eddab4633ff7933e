"""Completion of a binary's flags in the shell, by argcomplete (extra `completion`)."""

import argparse
import os

from groundwork import flags


def answer():
    """Ends the process with the completions where a shell asks for them; else does nothing."""
    if "_ARGCOMPLETE" in os.environ:
        import argcomplete  # an extra; where it is missing, its shell has no completions
        argcomplete.autocomplete(parser())


def _none(**unused_arguments):
    """Completes values that are neither names nor files, such as numbers."""
    return ()


def parser():
    """The defined flags as an `argparse.ArgumentParser`, with the names that some of them take."""
    made = argparse.ArgumentParser(add_help=False)
    for flag in flags.defined():
        if flag.boolean:
            made.add_argument("--" + flag.name, action="store_true", help=flag.help)
            continue
        names = getattr(flag.parser, "names", ())
        added = made.add_argument("--" + flag.name, choices=names or None, help=flag.help)
        if flag.parser.syntactic_help and not names:
            added.completer = _none
    return made
