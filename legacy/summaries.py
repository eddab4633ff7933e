"""Event files for TensorBoard."""

import contextlib
import os
import socket
import time

from tensorboard.plugins.hparams.summary_v2 import hparams_pb
from tensorboard.plugins.text.summary_v2 import text_pb
import tensorflow.compat.v1 as tf

from groundwork.errors import write_error
from groundwork.run import grids

_SECONDS_BETWEEN_FLUSHES = 120.0  # as of `tf.summary.FileWriter`: TensorBoard follows a run


def _new_path(folder):
    """An event file that does not exist; an earlier one would be emptied when it is opened."""
    path = os.path.join(folder, "events.out.tfevents.{:010d}.{}.{}.".format(
        int(time.time()), socket.gethostname(), os.getpid()))
    number = 0
    # One process may begin twice within a second, and containers share host name and number 1.
    while os.path.lexists(path + str(number)):
        number += 1
    return path + str(number)


class EventWriter(object):
    """The event files of one run; tags are those of the modern wing.

    Records rather than `tf.summary.FileWriter`, which writes in a thread: TensorFlow 1 loses there
    what a full disk has no room for, and says nothing. All methods raise WriteError instead.
    """

    def __init__(self, folder, first_step):
        self._path = _new_path(folder)
        with self._writing():
            self._writer = tf.python_io.TFRecordWriter(self._path)
        self._flushed = time.monotonic()
        self._add(file_version="brain.Event:2")
        # TensorBoard drops what an interrupted process wrote from this step on.
        self._add(first_step, session_log=tf.SessionLog(status=tf.SessionLog.START))

    def _add(self, step=None, **content):
        event = tf.Event(wall_time=time.time(), step=step, **content)
        with self._writing():
            self._writer.write(event.SerializeToString())
        if time.monotonic() - self._flushed > _SECONDS_BETWEEN_FLUSHES:
            self.flush()

    @contextlib.contextmanager
    def _writing(self):
        try:
            yield
        except tf.errors.OpError as error:
            raise write_error(error.message, self._path) from error

    def losses(self, step, losses):
        """Writes `{name: float}` as `loss/<name>`."""
        self.scalars(step, {"loss/" + name: value for name, value in losses.items()})

    def scalars(self, step, values):
        """Writes `{tag: number}`."""
        self._add(step, summary=tf.Summary(value=[
            tf.Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]))

    def histogram(self, step, tag, histogram):
        """Writes a `groundwork.run.histograms.Histogram`."""
        proto = tf.HistogramProto(
            min=histogram.edges[0], max=histogram.edges[-1], num=histogram.counts.sum(),
            sum=histogram.sum, sum_squares=histogram.sum_of_squares,
            bucket_limit=histogram.edges[1:], bucket=histogram.counts)
        self._add(step, summary=tf.Summary(value=[tf.Summary.Value(tag=tag, histo=proto)]))

    def image(self, step, name, grid):
        """Writes a uint8 grid [height, width] or [height, width, 3] as `<name>/image`."""
        image = tf.Summary.Image(height=grid.shape[0], width=grid.shape[1],
                                 colorspace=1 if grid.ndim == 2 else 3,
                                 encoded_image_string=grids.png(grid))
        self._add(step, summary=tf.Summary(
            value=[tf.Summary.Value(tag=name + "/image", image=image)]))

    def text(self, step, tag, markdown):
        """Writes a text in Markdown."""
        self._add(step, summary=tf.Summary.FromString(
            text_pb(tag, markdown).SerializeToString()))

    def hparams(self, step, trial_id, values):
        """Writes `{name: number, bool or string}` of the run, which is shown as `trial_id`."""
        self._add(step, summary=tf.Summary.FromString(
            hparams_pb(values, trial_id).SerializeToString()))

    def flush(self):
        """Puts what is written so far on disk; called before each checkpoint."""
        with self._writing():
            self._writer.flush()
        self._flushed = time.monotonic()

    def graph(self, graph_def):
        """Writes the graph, before anything that can be interrupted."""
        self._add(graph_def=graph_def.SerializeToString())
        self.flush()

    def traces(self, step, traces):
        """Writes `{phase: RunMetadata}` of one step; TensorBoard's Graphs page colours by them."""
        for phase, trace in traces.items():
            self._add(step, tagged_run_metadata=dict(
                tag="step_{:04d}/{}".format(step, phase),
                run_metadata=trace.SerializeToString()))

    def close(self):
        """Writes what is buffered."""
        with self._writing():
            self._writer.close()
