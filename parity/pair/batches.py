"""Other batches for a capture: what `--batches` gives, in the place of what the program was fed."""

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
    """UsageError unless batches are named as an .npz file or as FILE.py:FUNCTION, and are there."""
    place = (capture.split_function(name) or (name,))[0]
    if (place.endswith(".py") or place == name) and not os.path.isfile(place):
        raise command_line.UsageError(f"--batches={name}: expected an .npz file or FILE.py:FUNCTION"
                                      ", received no such file")


def written(name, described, count, path):
    """Writes `<step>/<tensor>` of all steps into an .npz file, which a reference is fed.

    Args:
      name: what `--batches` names: an .npz file of `{input: [steps, ...]}`, or a function of the
        step, from 0, that returns `{input: array}`.
      described: the description of the reference.
      count: how many steps are compared.
      path: of the file.

    Raises:
      UsageError: an input that the capture has not, or that has another shape or kind.
      RecorderError: the function failed; its own line is said.
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
    """The function of the step."""
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
    """The input that a key names: its tensor, its operation, or the last part of either."""
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
    """A value in the type of its input, if its kind and shape fit.

    Where the program draws numbers beside its batches, each batch has the captured size: the
    numbers that were drawn for it are used again.
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
