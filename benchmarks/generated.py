"""Samples of a trained run, for measures of their quality."""

import contextlib
import importlib
import os

from groundwork import stored_run
from groundwork.errors import UsageError
from parity import command_line


def samples(run_dir, batch_of):
    """Samples [count, ...] of the newest checkpoint of a run of either wing.

    Args:
      run_dir: folder of the run.
      batch_of: function (hyper-parameters, dtype) that returns `{"sample/<input>": array}`; it may
        refuse the hyper-parameters by a UsageError.

    Raises:
      UsageError: there is no run, or it has no checkpoint.
    """
    identity, hparams = stored_run.read(run_dir)
    batch = batch_of(hparams, identity["dtype"])
    wing = identity["wing"]
    training = importlib.import_module(wing + ".training")
    program = importlib.import_module("{}.models.{}".format(wing, identity["model"])).program
    with training.trainer(program, hparams, identity["dtype"]) as trainer:
        if not trainer.restore(os.path.join(run_dir, "checkpoints")):
            raise UsageError("--run_dir={}: expected a run with a checkpoint, received none".format(
                run_dir))
        return trainer.sample(batch)


@contextlib.contextmanager
def refusals():
    """Context in which what a run or a data set is refused for is a wrong flag of the command."""
    try:
        yield
    except UsageError as error:
        raise command_line.UsageError(str(error)) from error
