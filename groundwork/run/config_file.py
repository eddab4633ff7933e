"""Reads a config.json that anybody may have written: bounded in size and depth, strict JSON."""

import json
import os

from groundwork.errors import UsageError

LARGEST = 2 ** 20  # bytes; those of real runs have some thousand
_DEEPEST = 8  # objects and lists inside one another; those of real runs have 4
_SHOWN = 1000  # characters of a value in a message


def load(path):
    """The value of a JSON file.

    Raises:
      UsageError: it is no regular file, too large, no strict JSON, or nested too deeply.
    """
    try:
        if not os.path.isfile(path):
            raise ValueError("no regular file")
        with open(path, "rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise ValueError("more than {} bytes".format(LARGEST))
        value = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
        if not _at_most(_DEEPEST, value):
            raise ValueError("nested too deeply")
    except RecursionError as error:
        raise _damaged(path, "nested too deeply") from error
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from error
    return value


def shown(value):
    """The beginning of a value as JSON, for a message of one line."""
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def _damaged(path, reason):
    return UsageError("{}: expected the JSON of a run, received a damaged file ({})".format(
        path, reason))


def _refuse_constant(name):
    raise ValueError("{} is no JSON".format(name))


def _at_most(levels, value):
    """True where a value has at most so many levels of objects and lists."""
    if not isinstance(value, (dict, list)):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_at_most(levels - 1, each) for each in inner)
