"""Event files for TensorBoard."""

import time

from tensorboard.compat.proto import event_pb2
from tensorboard.summary.writer import event_file_writer
import tensorflow as tf


class Events:
    """The event files of one run; tags are those of the legacy wing."""

    def __init__(self, folder, first_step):
        if first_step > 1:
            self._announce_restart(folder, first_step)
        self._writer = tf.summary.create_file_writer(folder)

    @staticmethod
    def _announce_restart(folder, first_step):
        """TensorBoard then drops what the interrupted process wrote from this step on."""
        writer = event_file_writer.EventFileWriter(folder, filename_suffix=".restart")
        writer.add_event(event_pb2.Event(
            wall_time=time.time(), step=first_step,
            session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START)))
        writer.close()

    def scalars(self, step, losses):
        """Writes `{name: float}` as `loss/<name>`."""
        with self._writer.as_default(step):
            for name, value in losses.items():
                tf.summary.scalar("loss/" + name, value)

    def image(self, step, grid):
        """Writes a uint8 grid [height, width] as `samples/image`."""
        with self._writer.as_default(step):
            tf.summary.image("samples/image", grid[None, :, :, None])

    def close(self):
        """Writes what is buffered."""
        self._writer.close()
