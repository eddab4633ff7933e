"""Event files for TensorBoard."""

import time

from tensorboard.plugins.hparams.summary_v2 import hparams_pb
from tensorboard.plugins.text.summary_v2 import text_pb
import tensorflow.compat.v1 as tf

from groundwork.run import grids


class EventWriter(object):
    """The event files of one run; tags are those of the modern wing."""

    def __init__(self, folder, first_step):
        self._writer = tf.summary.FileWriter(folder)
        # TensorBoard drops what an interrupted process wrote from this step on.
        self._writer.add_session_log(
            tf.SessionLog(status=tf.SessionLog.START), global_step=first_step)

    def losses(self, step, losses):
        """Writes `{name: float}` as `loss/<name>`."""
        self.scalars(step, {"loss/" + name: value for name, value in losses.items()})

    def scalars(self, step, values):
        """Writes `{tag: number}`."""
        self._writer.add_summary(tf.Summary(value=[
            tf.Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]), step)

    def histogram(self, step, tag, histogram):
        """Writes a `groundwork.run.histograms.Histogram`."""
        proto = tf.HistogramProto(
            min=histogram.edges[0], max=histogram.edges[-1], num=histogram.counts.sum(),
            sum=histogram.sum, sum_squares=histogram.sum_of_squares,
            bucket_limit=histogram.edges[1:], bucket=histogram.counts)
        self._writer.add_summary(
            tf.Summary(value=[tf.Summary.Value(tag=tag, histo=proto)]), step)

    def image(self, step, name, grid):
        """Writes a uint8 grid [height, width] or [height, width, 3] as `<name>/image`."""
        image = tf.Summary.Image(height=grid.shape[0], width=grid.shape[1],
                                 colorspace=1 if grid.ndim == 2 else 3,
                                 encoded_image_string=grids.png(grid))
        self._writer.add_summary(
            tf.Summary(value=[tf.Summary.Value(tag=name + "/image", image=image)]), step)

    def text(self, step, tag, markdown):
        """Writes a text in Markdown."""
        self._writer.add_summary(text_pb(tag, markdown).SerializeToString(), step)

    def hparams(self, step, trial_id, values):
        """Writes `{name: number, bool or string}` of the run, which is shown as `trial_id`."""
        self._writer.add_summary(hparams_pb(values, trial_id).SerializeToString(), step)

    def flush(self):
        """Puts what is written so far on disk; called before each checkpoint."""
        self._writer.flush()

    def graph(self, graph_def):
        """Writes the graph, before anything that can be interrupted."""
        self._writer.add_event(
            tf.Event(wall_time=time.time(), graph_def=graph_def.SerializeToString()))
        self._writer.flush()

    def traces(self, step, traces):
        """Writes `{phase: RunMetadata}` of one step; TensorBoard's Graphs page colours by them."""
        for phase, trace in traces.items():
            self._writer.add_run_metadata(trace, "step_{:04d}/{}".format(step, phase), step)

    def close(self):
        """Writes what is buffered."""
        self._writer.close()
