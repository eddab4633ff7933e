"""Reads graphs from TensorBoard's event files, without TensorFlow."""

import glob
import json
import os

from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2
from tensorboard.compat.proto import graph_pb2
from tensorboard.compat.tensorflow_stub import errors
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import PyRecordReader_New

from parity.command_line import UsageError

# Errors on a damaged file; the last two on a record that claims to be longer than any memory.
_DAMAGED = (errors.DataLossError, DecodeError, OverflowError, MemoryError)


def _serialized_graph(path):
    """The first graph in an event file, as bytes, or None; a cut file is one being written.

    Raises:
      One of `_DAMAGED`: the file is damaged.
    """
    reader = PyRecordReader_New(path)
    while True:
        try:
            reader.GetNext()
        except errors.OutOfRangeError:
            return None
        event = event_pb2.Event.FromString(reader.record())
        if event.graph_def:
            return event.graph_def


def read_graph(flag, run):
    """The newest `GraphDef` of a run directory, or of a folder of event files.

    Args:
      flag: name of the flag, for errors.
      run: path of the folder.

    Raises:
      UsageError: no folder, no event files, no graph in them, or a damaged file.
    """
    if not os.path.isdir(run):
        raise UsageError(f"--{flag}={run}: expected a run directory, received "
                         f"{'a file' if os.path.exists(run) else 'a path that does not exist'}")
    folder = os.path.join(run, "events")
    folder = folder if os.path.isdir(folder) else run
    paths = sorted(glob.glob(os.path.join(glob.escape(folder), "*tfevents*")))
    if not paths:
        raise UsageError(f"--{flag}={run}: expected event files in it, received none")
    for path in reversed(paths):
        try:
            graph = _serialized_graph(path)
            if graph:
                return graph_pb2.GraphDef.FromString(graph)
        except _DAMAGED:
            raise UsageError(f"{path}: expected an event file, received a damaged one")
    raise UsageError(f"--{flag}={run}: expected a graph in its event files, received none")


def wing(run):
    """The wing, "legacy" or "modern", in a run directory's config.json; "" where there is none."""
    try:
        with open(os.path.join(run, "config.json"), encoding="utf-8") as file:
            return json.load(file)["identity"]["wing"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
