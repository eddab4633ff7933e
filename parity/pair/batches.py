"""Batches of `--batches`, which both sides are fed instead of the captured ones."""

import os
import sys
import traceback

import numpy as np

from parity import capture
from parity import command_line
from parity.common import arrays
from parity.common import names
from parity.common import sources
from parity.workers import RecorderError

# Kinds of numbers that can stand for those of a kind, as Session.run takes them.
_FITTING = {"b": "b", "i": "iub", "u": "iub", "f": "fiub"}


def check(name):
    """Raises UsageError unless `name` is an existing .npz file or a FILE.py:FUNCTION."""
    place = (capture.split_function(name) or (name,))[0]
    if (place.endswith(".py") or place == name) and not os.path.isfile(place):
        raise command_line.UsageError(f"--batches={name}: expected an .npz file or FILE.py:FUNCTION"
                                      ", received no such file")


def written(name, described, count, path):
    """Writes the batches of all steps, as arrays `<step>/<tensor>`, into an .npz file.

    Args:
      name: value of `--batches`: an .npz file of `{input: [steps, ...]}`, or a function of the
        step number, from 0, that returns `{input: array}`.
      described: the reference's description, with its "inputs".
      count: number of compared steps.
      path: path of the .npz file.

    Raises:
      UsageError: an input that the capture does not have, or another shape or kind of number.
      RecorderError: the function failed; the message names the line of the user's that failed.
    """
    batches = _function(name)
    with arrays.Writer(path) as write:
        for step in range(count):
            batch = _batch(name, batches, step)
            for key, value in batch.items():
                entry = _input(name, key, described["inputs"])
                write(f"{step}/{entry['tensor']}",
                      _checked(name, entry, np.asarray(value), step, described["drawn"]))


def _function(name):
    """Function (step number) that returns `{input: array}`."""
    try:
        if capture.split_function(name):
            return names.resolve(name)
        return capture.load_batches(name)
    except capture.Failure as error:
        raise command_line.UsageError(str(error))
    except names.NotFound as error:
        raise command_line.UsageError(f"--batches={error}")


def _batch(name, batches, step):
    try:
        batch = batches(step)
    except Exception as error:  # it is the user's, and may raise anything
        line = sources.own_line(traceback.extract_tb(sys.exc_info()[2]))
        raise RecorderError(f"--batches={name}: {type(error).__name__}: {error} ({line})")
    if not isinstance(batch, dict) or not batch:
        raise command_line.UsageError(
            f"--batches={name}: expected {{input: array}} of a step, received "
            f"{'nothing' if not batch else type(batch).__name__}")
    return batch


def _input(name, key, inputs):
    """Entry of the input that a key names by tensor, operation, or the last part of either."""
    for known in (str, _operation, _last):
        found = [entry for entry in inputs if known(entry["tensor"]) == known(str(key))]
        if len(found) == 1:
            return found[0]
    known = ", ".join(_operation(entry["tensor"]) for entry in inputs[:5])
    raise command_line.UsageError(f"--batches={name}: expected inputs such as {known}, received "
                                  f"{key}")


def _operation(tensor):
    return tensor[:-2] if tensor.endswith(":0") else tensor


def _last(tensor):
    return _operation(tensor).rpartition("/")[2]


def _checked(name, entry, value, step, drawn):
    """Array converted to the type of its input; UsageError where its kind or shape does not fit.

    A program that also draws random numbers reuses the captured draws, so that each of its batches
    has the captured size.
    """
    wanted = np.dtype(entry["dtype"])
    shape = entry["shape"] if drawn or entry["open"] is None else entry["open"]
    fits = value.dtype.kind in _FITTING.get(wanted.kind, "") and len(shape) == value.ndim and all(
        size in (None, given) for size, given in zip(shape, value.shape))
    if not fits:
        sizes = str(shape).replace("None", "?")
        raise command_line.UsageError(
            f"--batches={name}: expected {_operation(entry['tensor'])} of {wanted} {sizes}"
            f"{', as the numbers that were drawn for it' if drawn else ''}, received {value.dtype} "
            f"{list(value.shape)} at step {step + 1}")
    return value.astype(wanted)
