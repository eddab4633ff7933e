"""Python names and calls for TensorFlow names."""

import keyword
import re


def identifier(name):
    """Python name for a TensorFlow name."""
    cleaned = re.sub(r"\W+", "_", name).strip("_").lower()
    if not cleaned or cleaned[0].isdigit():
        return "x_" + cleaned
    is_taken = keyword.iskeyword(cleaned) or cleaned == "self"  # a scope of attention
    return cleaned + "_" if is_taken else cleaned


def open_call(name, values, kind=""):
    """Call that names an operation for which there is no Keras code yet."""
    what = "{} `{}`".format(kind, name) if kind else "`{}`".format(name)
    return 'to_be_filled_in("{}"{})'.format(what, ", " + values if values else "")


def short(name):
    """Most telling part of an operation's name: its last scope, else its own name."""
    parts = name.split("/")
    return parts[-2] if len(parts) > 1 and parts[-1][:1].isupper() else parts[-1]
