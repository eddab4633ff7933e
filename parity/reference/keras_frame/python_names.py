"""Python names and calls for TensorFlow names."""

import keyword
import re


def identifier(name):
    """A Python name for a TensorFlow name."""
    cleaned = re.sub(r"\W+", "_", name).strip("_").lower()
    if not cleaned or cleaned[0].isdigit():
        return "x_" + cleaned
    return cleaned + "_" if keyword.iskeyword(cleaned) else cleaned


def open_call(name, values, kind=""):
    """A call that says what is missing, where the graph cannot be turned into a line."""
    what = "{} `{}`".format(kind, name) if kind else "`{}`".format(name)
    return 'to_be_filled_in("{}"{})'.format(what, ", " + values if values else "")


def short(name):
    """The part of an operation's name that says most: its last scope, else its own."""
    parts = name.split("/")
    return parts[-2] if len(parts) > 1 and parts[-1][:1].isupper() else parts[-1]
