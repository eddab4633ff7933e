"""Event files for TensorBoard."""

import contextlib
import os
import time

import numpy as np
from tensorboard.compat.proto import event_pb2
from tensorboard.compat.proto import summary_pb2
from tensorboard.plugins.histogram import metadata as histogram_metadata
from tensorboard.plugins.hparams.summary_v2 import hparams_pb
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.summary.writer import record_writer
import tensorflow as tf

from groundwork.errors import write_error
from groundwork.run.files import writing

_START = event_pb2.SessionLog(status=event_pb2.SessionLog.START)


class EventWriter:
    """The event files of one run; tags are those of the legacy wing.

    All methods raise WriteError when the files cannot be written.
    """

    def __init__(self, folder, first_step):
        self._folder = folder
        self._announce_start(folder, first_step)
        with self._writing():
            self._writer = tf.summary.create_file_writer(folder)

    @contextlib.contextmanager
    def _writing(self):
        try:
            yield
        except tf.errors.OpError as error:
            raise write_error(error.message, self._folder) from error

    @contextlib.contextmanager
    def _at(self, step):
        with self._writing(), self._writer.as_default(step):
            yield

    @staticmethod
    def _announce_start(folder, first_step):
        """TensorBoard drops what an interrupted process wrote from this step on.

        At the first start too: TensorBoard takes a run's first announcement for no restart. In a
        file of its own, since `tf.summary` has no such event. Files are read in the order of their
        names: a hyphen comes before any host, which the names of the writer's files go on with.
        """
        now = time.time()
        path = os.path.join(folder, f"events.out.tfevents.{int(now):010d}.-start")
        with writing(path), open(path, "ab") as file:
            writer = record_writer.RecordWriter(file)
            for event in (
                    event_pb2.Event(wall_time=now, file_version="brain.Event:2"),
                    event_pb2.Event(wall_time=now, step=first_step, session_log=_START)):
                writer.write(event.SerializeToString())

    def losses(self, step, losses):
        """Writes `{name: float}` as `loss/<name>`."""
        self.scalars(step, {"loss/" + name: value for name, value in losses.items()})

    def scalars(self, step, values):
        """Writes `{tag: number}`, in one event: by `tf.summary.scalar` they take longer, which
        the steps of small models feel."""
        summary = summary_pb2.Summary()
        for tag, value in values.items():
            summary.MergeFrom(scalar_pb(tag, value))
        with self._at(step):
            tf.summary.experimental.write_raw_pb(summary.SerializeToString())

    def histogram(self, step, tag, histogram):
        """Writes a `groundwork.run.histograms.Histogram`."""
        buckets = np.stack([histogram.edges[:-1], histogram.edges[1:], histogram.counts], axis=1)
        metadata = histogram_metadata.create_summary_metadata(display_name=None, description=None)
        with self._at(step):
            tf.summary.write(tag, buckets, metadata=metadata)

    def image(self, step, name, grid):
        """Writes a uint8 grid [height, width] or [height, width, 3] as `<name>/image`."""
        with self._at(step):
            tf.summary.image(name + "/image", grid.reshape((1,) + grid.shape[:2] + (-1,)))

    def text(self, step, tag, markdown):
        """Writes a text in Markdown."""
        with self._at(step):
            tf.summary.text(tag, markdown)

    def hparams(self, step, trial_id, values):
        """Writes `{name: number, bool or string}` of the run, which is shown as `trial_id`."""
        with self._at(step):
            tf.summary.experimental.write_raw_pb(hparams_pb(values, trial_id).SerializeToString())

    def flush(self):
        """Puts what is written so far on disk; called before each checkpoint."""
        with self._writing():
            self._writer.flush()

    def graph(self, graph_def):
        """Writes the graph, before anything that can be interrupted."""
        with self._at(None):
            tf.summary.graph(graph_def)
        self.flush()

    def close(self):
        """Writes what is buffered."""
        with self._writing():
            self._writer.close()
