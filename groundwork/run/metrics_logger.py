"""Losses of a training loop's steps: metrics.csv, progress, and a stop on NaN."""

import math

import numpy as np

from groundwork.errors import Diverged
from groundwork.run import checkpoint_files
from groundwork.run import metrics_check
from groundwork.run import metrics_digests
from groundwork.run.metrics_file import MetricsFile
from groundwork.run.progress import Progress


class MetricsLogger:
    """Keeps the losses of the logged steps: step 1 and each multiple of `log_every`."""

    def __init__(self, run, run_config, first_step):
        """Args:
          run: the `RunDirectory`.
          run_config: the `RunConfig`.
          first_step: step that the run begins or resumes with.

        Raises:
          UsageError: the rows up to there were lost or changed, and cannot be rebuilt.
        """
        self._path = run.metrics
        self._checkpoints = run.checkpoints
        self._run_config = run_config
        self._resume_step = first_step - 1
        self._step = self._resume_step
        self._metrics = None
        self._verified = None
        if self._resume_step:
            self._verified = metrics_check.verify(run, self._resume_step)
        self._progress = Progress(first_step - 1, run_config.train_steps)

    def record(self, step, losses):
        """Takes `{phase: {name: scalar}}`; returns `{name: float}` of a logged step, else None.

        Raises:
          Diverged: a loss is NaN or infinite.
        """
        flat = {}
        for phase, values in losses.items():
            for name, value in values.items():
                if not math.isfinite(value):
                    raise Diverged(
                        "step {}, phase {}: loss/{} is {}; expected a finite loss, stopped; "
                        "{}".format(step, phase, name, value, self._kept()))
                flat[name] = float(value)
        self._step = step
        self._progress.update(step, flat)
        if step != 1 and step % self._run_config.log_every:
            return None
        if self._metrics is None:
            self._metrics = MetricsFile(self._path, list(flat), self._resume_step)
        self._metrics.append(step, flat)
        return flat

    @property
    def reader_gone(self):
        """True where nobody reads the progress any more (`| head`)."""
        return self._progress.reader_gone

    def check_images(self, step, name, images):
        """Raises Diverged when images that were made after `step` are not all finite."""
        if not np.isfinite(images).all():
            raise Diverged("step {}: {} are not finite; expected finite images, stopped; "
                           "{}".format(step, name, self._kept()))

    def check_variables(self, step, values):
        """Raises Diverged when `{name: array}` are not all finite: neither a checkpoint nor a
        histogram of them is worth having."""
        for name, value in values.items():
            if not np.isfinite(value).all():
                raise Diverged("step {}: {} is not finite; expected finite weights, stopped; "
                               "{}".format(step, name, self._kept()))

    def _kept(self):
        """What a run that stops leaves behind, in words."""
        steps = checkpoint_files.steps(self._checkpoints)
        if not steps:
            return "nothing is kept yet, no checkpoint was written"
        return "the checkpoint of step {} is kept".format(max(steps))

    def flush(self):
        """Puts the rows so far on disk, and their digest; called before each checkpoint."""
        if self._metrics is not None:
            self._metrics.flush()
            names, digest = self._metrics.names, self._metrics.digest()
        elif self._verified:  # no row since: the digest is that of the checkpoint before
            names, digest = self._verified
        else:
            return
        metrics_digests.write(self._checkpoints, names, self._step, digest)

    def close(self):
        """Ends the progress display and closes metrics.csv."""
        self._progress.close()
        if self._metrics is not None:
            self._metrics.close()
