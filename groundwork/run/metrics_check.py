"""The metrics.csv of a run that resumes: as it was at the checkpoint, rebuilt, or refused."""

import hashlib

from absl import logging

from groundwork.errors import UsageError
from groundwork.run import event_losses
from groundwork.run import metrics_digests
from groundwork.run import metrics_file
from groundwork.run.files import write_whole


def verify(run, step):
    """Compares metrics.csv with its digest at the checkpoint of `step`.

    Rows that were lost, cut or edited are rebuilt from the event files. These hold float32: losses
    of a float32 run come out digit for digit, which the digest proves; those of a float64 run
    cannot, and no digit is invented.

    Args:
      run: the `RunDirectory`, which is locked.
      step: step of the checkpoint that is restored, from 1.

    Returns:
      The losses, and the digest of the rows up to that step.

    Raises:
      UsageError: the rows are others and cannot be rebuilt.
    """
    stored = metrics_digests.read(run.checkpoints)
    content = metrics_file.content_until(run.metrics, step)
    expected = stored.digests.get(str(step))
    if expected is None:
        return _take_as_it_is(run, step, content)
    if _digest(content) != expected:
        _rebuild(run, step, stored.losses, expected)
    return stored.losses, expected


def _digest(content):
    return hashlib.sha256(content).hexdigest()


def _take_as_it_is(run, step, content):
    """Says that there is no digest, and makes one, so that this is said once."""
    logging.warning("%s: no digest of its rows up to step %d, as of runs of earlier versions: "
                    "%d rows are taken as they are", run.metrics, step,
                    max(0, content.count(b"\n") - 1))
    losses, digest = metrics_file.losses_of(content), _digest(content)
    metrics_digests.write(run.checkpoints, losses, step, digest)
    return losses, digest


def _rebuild(run, step, names, expected):
    losses = event_losses.read(run.events)
    rows = [metrics_file.row(each, losses[each], names) for each in sorted(losses)
            if each <= step and set(names) <= set(losses[each])]
    content = (metrics_file.header(names) + "".join(rows)).encode("utf-8")
    if _digest(content) != expected:
        raise UsageError(
            "{}: expected the rows that it had at step {}, received others, and the event files, "
            "whose losses are float32, do not give them; put the file back, or remove {} to go on "
            "with the rows that are there".format(
                run.metrics, step, metrics_digests.path(run.checkpoints)))
    write_whole(run.metrics, content)
    logging.warning("%s: its rows up to step %d were lost or changed; rebuilt from the event "
                    "files, whose float32 losses are the same digit for digit", run.metrics, step)
