"""The training loop of both wings: what is written when, and where a run resumes."""

import functools
import signal

from groundwork import signals
from groundwork.data import lines
from groundwork.data.batches import sample_batch
from groundwork.errors import Stopped
from groundwork.models import model
from groundwork.run import animation
from groundwork.run import checkpoint_files
from groundwork.run import grids
from groundwork.run import pictures
from groundwork.run import text
from groundwork.run.files import write_whole
from groundwork.run.metrics_logger import MetricsLogger
from groundwork.run.summary_writer import SummaryWriter


def train(trainer, begun):
    """Trains until the run's `train_steps`, from its newest checkpoint if there is one.

    A wing's `training.Trainer` supplies the framework:

      restore(folder): loads the newest whole checkpoint; its step, 0 without one.
      initialize(seed, values): draws all weights but `{name: array}` of those that have a value.
      open_events(folder, first_step): the wing's `EventWriter`.
      graph_def(): the graph for TensorBoard.
      steps(batch_of, step, stop): takes one or more of the steps after `step`, none beyond `stop`,
        each with the batch `batch_of(step)`; yields `{phase: {loss name: scalar}}` of each.
      sample(batch): images or numbers [count, ...] from `{"sample/<input>": array}`.
      variables(): `{name: array}` of all variables.
      save(folder, step): writes a checkpoint.
      probe: the wing's `Probe`.

    Args:
      trainer: the `Trainer`.
      begun: the `groundwork.start.Start`, its run directory open.

    Returns:
      The last step done.

    Raises:
      Diverged: a loss or a weight became NaN or infinite.
      Stopped: a signal came before the last step; the steps that were taken are saved.
      WriteError: a file cannot be written.
    """
    with signals.Noted() as noted:
        step = _train(trainer, begun, noted)
    if begun.run_config.animate:
        animation.write(begun.run.samples)
    return step


def _train(trainer, begun, noted):
    """As `train`, until the `signals.Noted` holds a signal."""
    run, batches, run_config, weights = begun.run, begun.batches, begun.run_config, begun.weights
    step = first = trainer.restore(run.checkpoints)
    checkpoint_files.sweep(run.checkpoints, step)
    if step == 0:
        trainer.initialize(run_config.seed, weights.values if weights else {})
    logger = MetricsLogger(run, run_config, first_step=step + 1)
    events = trainer.open_events(run.events, first_step=step + 1)
    if step == 0:
        events.graph(trainer.graph_def())
    summaries = SummaryWriter(
        run, run_config, batches, logger, events, trainer.probe, first_step=step + 1)
    batch_of = functools.partial(batches, run_config.seed)
    stop = noted.number
    while step < run_config.train_steps and stop is None:
        for losses in trainer.steps(batch_of, step, run_config.next_stop(step)):
            step += 1
            logged = logger.record(step, losses)
            if logged:
                events.losses(step, logged)
        # Looked at once a turn: what ends the loop is what has the checkpoint written.
        stop = noted.number or (signal.SIGPIPE if logger.reader_gone else None)
        if run_config.samples_due(step):
            _write_samples(trainer, begun, step, logger, events)
        if run_config.summary_due(step):
            summaries.write(step)
        if run_config.checkpoint_due(step) or stop is not None:
            _write_checkpoint(trainer, begun, step, logger, events)
    logger.close()
    events.close()
    if step < run_config.train_steps:
        raise Stopped(stop, _where(step, first))
    return step


def _where(step, first):
    """End of the line on a stopped run, which resumed from step `first` (0: it began)."""
    if step > first:
        return " after step {}, which is saved; the same command resumes there".format(step)
    if step:
        return " before a step was taken; the same command resumes at step {}".format(step)
    return " before the first step; the same command begins anew"


def _write_samples(trainer, begun, step, logger, events):
    """Writes the picture of samples after `step`; samples of text as text, too."""
    run_config, hparams = begun.run_config, begun.hparams
    batch = sample_batch(hparams, run_config.seed, run_config.dtype, batches=begun.batches)
    samples = trainer.sample(batch)
    logger.check_images(step, "samples", samples)
    picture = pictures.of_samples(hparams, samples, begun.batches.numbers, hparams.grid_columns,
                                  batch.get("sample/classes"))
    grids.write_png(begun.run.sample_path(step), picture)
    events.image(step, "samples", picture)
    if hparams.kind == model.TEXT:
        written = lines.decode(samples, hparams.alphabet)
        write_whole(begun.run.sample_path(step, "txt"), text.content(written))
        events.text(step, "samples/text", text.markdown(written))


def _write_checkpoint(trainer, begun, step, logger, events):
    """Writes a checkpoint of a finite state, and before it all that is buffered up to `step`."""
    logger.check_variables(step, trainer.variables())
    logger.flush()
    events.flush()
    trainer.save(begun.run.checkpoints, step)
