"""Summaries of a run's state for TensorBoard, every so many steps: all but losses and samples."""

import time

from groundwork.run import attention_maps
from groundwork.run import description
from groundwork.run import grids
from groundwork.run import projector
from groundwork.run.directory import read_config
from groundwork.run.histograms import histogram

RECONSTRUCTIONS = 32
ATTENTION_MAPS = 8
CODES = 1000


class SummaryWriter:
    """Describes states of the variables in a run's event files, one pass beside the training.

    What belongs to step k is seen from the state after step k with the batch of step k + 1, so
    both wings, and a run that resumed, show the same.
    """

    def __init__(self, run, run_config, batches, metrics_logger, events, probe, first_step,
                 clock=time.monotonic):
        """Writes what the run is: its flags as text and as hyper-parameters.

        Args:
          run: the `RunDirectory`.
          run_config: the `RunConfig`.
          batches: the `groundwork.data.batches.Batches`.
          metrics_logger: the `MetricsLogger`.
          events: the wing's `EventWriter`.
          probe: the wing's `Probe`.
          first_step: step that the run begins or resumes with.
          clock: function that returns seconds.
        """
        self._run = run
        self._run_config = run_config
        self._batches = batches
        self._metrics_logger = metrics_logger
        self._events = events
        self._probe = probe
        self._clock = clock
        self._since = (first_step - 1, clock())
        if first_step <= run_config.train_steps:
            config = read_config(run.path)
            events.text(first_step, "flags", description.markdown(config))
            events.hparams(
                first_step, description.trial_id(config), description.hparams(config))

    def write(self, step):
        """Describes the state after `step`.

        Raises:
          Diverged: a weight or a reconstruction is NaN or infinite.
        """
        weights = self._probe.weights()
        self._metrics_logger.check_variables(step, weights)
        for name, values in weights.items():
            self._events.histogram(step, "weights/" + name, histogram(values))
        self._events.scalars(
            step, self._probe.scalars(self._batches(self._run_config.seed, step + 1)))
        self._write_reconstructions(step)
        self._write_attention_maps(step)
        if step == self._run_config.train_steps:
            self._write_codes()
        self._write_speed(step)

    def _write_reconstructions(self, step):
        batch = self._batches.first(self._run_config.seed, RECONSTRUCTIONS)
        for images in self._probe.display_outputs(["reconstructions"], batch).values():
            self._metrics_logger.check_images(step, "reconstructions", images)
            originals = self._batches.first_examples(RECONSTRUCTIONS).images
            self._events.image(step, "reconstructions", grids.tile_pairs(originals, images))

    def _write_attention_maps(self, step):
        batch = self._batches.first(self._run_config.seed, ATTENTION_MAPS)
        for name, maps in self._probe.display_outputs(["attention"], batch).items():
            images = self._batches.first_examples(ATTENTION_MAPS).images
            self._events.image(step, name, attention_maps.picture(images, maps))

    def _write_codes(self):
        batch = self._batches.first(self._run_config.seed, CODES)
        for name, codes in self._probe.display_outputs(["codes"], batch).items():
            examples = self._batches.first_examples(CODES)
            projector.write(self._run.events, name, codes, examples.labels, examples.images)

    def _write_speed(self, step):
        (last_step, last_seconds), seconds = self._since, self._clock()
        self._events.scalars(
            step, {"steps_per_second": (step - last_step) / (seconds - last_seconds)})
        self._since = (step, seconds)
