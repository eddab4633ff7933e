"""Losses that a run's event files hold; needs no TensorFlow."""

import itertools
import math
import os
import struct

import numpy as np

TAG = "loss/"
_HEADER = struct.Struct("<QI")  # a record's length and the checksum of that
_CHECKSUM_SIZE = 4


def read(folder):
    """The losses in the event files of a folder.

    As TensorBoard reads them: what an interrupted process wrote from the step on with which the
    next one began does not count. No checksum is looked at; whoever reads compares what is made
    of the losses.

    Args:
      folder: path of the files of one run.

    Returns:
      `{step: {loss name: float}}`, each float a float32's value.
    """
    losses = {}
    for path in _in_order(folder):
        for event in _events(path):
            _take(event, losses)
    return losses


def _in_order(folder):
    """Paths of the files, those of an earlier process first.

    Names begin with the second in which their process began, which is smaller after a clock was
    set back; so the step that a process announced comes first.
    """
    begun = {}
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        path = os.path.join(folder, name)
        if ".tfevents." in name and os.path.isfile(path):
            second = name.partition(".tfevents.")[2].partition(".")[0]
            begun.setdefault(second, []).append(path)
    steps = {second: min(map(_first_step, paths)) for second, paths in begun.items()}
    return [path for second in sorted(begun, key=lambda each: (steps[each], each))
            for path in begun[second]]


def _first_step(path):
    """The step that a file announces among its first events; infinity in one that does not."""
    for event in itertools.islice(_events(path), 2):
        if event.session_log.status == event.session_log.START:
            return event.step
    return math.inf


def _take(event, losses):
    if event.session_log.status == event.session_log.START:
        for step in [step for step in losses if step >= event.step]:
            del losses[step]
    for value in event.summary.value:
        number = _number(value)
        if value.tag.startswith(TAG) and number is not None:
            losses.setdefault(event.step, {})[value.tag[len(TAG):]] = number


def _number(value):
    """The float32 of a summary in either wing's form; None of any other."""
    if value.HasField("simple_value"):
        return value.simple_value
    if not value.HasField("tensor"):
        return None
    if len(value.tensor.float_val) == 1:
        return value.tensor.float_val[0]
    if len(value.tensor.tensor_content) == 4:
        return float(np.frombuffer(value.tensor.tensor_content, "<f4")[0])
    return None


def _events(path):
    """Yields the events of a file up to its end, or to a record that is no event."""
    from google.protobuf import message
    from tensorboard.compat.proto import event_pb2

    for record in _records(path):
        try:
            yield event_pb2.Event.FromString(record)
        except message.DecodeError:
            return


def _records(path):
    """Yields the records of a file that are whole."""
    with open(path, "rb") as file:
        left = os.fstat(file.fileno()).st_size
        while left >= _HEADER.size:
            length, _ = _HEADER.unpack(file.read(_HEADER.size))
            left -= _HEADER.size + length + _CHECKSUM_SIZE
            if left < 0:
                return
            yield file.read(length)
            file.seek(_CHECKSUM_SIZE, os.SEEK_CUR)
