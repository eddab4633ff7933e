"""Reads and writes states of TensorFlow 1, and checks them against a captured program."""

import contextlib

from parity import command_line
from parity.common import arrays
from parity.common import npz
from parity.workers import Refused

# Ending of the file, beside a port's weights, with the variables that the port cannot hold.
REST = ".tensorflow1.npz"


def checkpoint(path, states, port, copy):
    """`{variable: array}` of a checkpoint of TensorFlow 1.

    Args:
      path: the checkpoint.
      states: the pair's `parity.pair.states.States`.
      port: the recorder that reads it.
      copy: path of the .npz file that the recorder writes.

    Raises:
      UsageError: the checkpoint cannot be read, or belongs to another program.
    """
    flag = f"--checkpoint={path}"
    with refused(flag):
        contents = port("contents", checkpoint=path)
    _check(flag, contents, states)
    if not states.among(contents).variables.rows:
        raise command_line.UsageError(
            f"{flag}: expected a checkpoint of the captured program, received one of "
            f"{', '.join(list(contents)[:3]) or 'no variables'}")
    with refused(flag):
        port("restore", checkpoint=path, names=list(contents), out=copy)
    return npz.read(copy)


def rest(path, states):
    """`{variable: array}` of the file beside a port's weights; UsageError as for `checkpoint`."""
    try:
        values = npz.read(path)
    except npz.UNREADABLE as error:
        raise command_line.UsageError(
            f"{path}: expected arrays, received {' '.join(str(error).split())}")
    _check(path, {name: {"shape": list(value.shape), "dtype": value.dtype.name}
                  for name, value in values.items()}, states)
    return values


def _check(said, contents, states):
    for name in sorted(set(contents) & set(states.variables)):
        expected, there = states.like(name), contents[name]
        if [list(expected.shape), expected.dtype.name] != [there["shape"], there["dtype"]]:
            raise command_line.UsageError(
                f"{said}: expected {name} as {expected.dtype.name} {list(expected.shape)}, "
                f"received {there['dtype']} {there['shape']}")


@contextlib.contextmanager
def refused(flag):
    """Context that names the flag in the UsageError where a recorder refuses its value."""
    try:
        yield
    except Refused as error:
        raise command_line.UsageError(f"{flag}: {error}")


def write(path, values):
    """Writes `{name: array}` as an .npz file."""
    with arrays.Writer(path) as writer:
        for name, value in values.items():
            writer(name, value)
