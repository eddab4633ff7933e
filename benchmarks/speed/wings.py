"""Both wings as they train: `groundwork.run.training_loop` with the wing's own `Trainer`.

Batches, noise, the journal and the progress display belong to a step, as in `legacy.train` and
`modern.train`; summaries, samples and checkpoints are off.
"""

import importlib
import os
import tempfile

from groundwork import hyperparameters
from groundwork import importing
from groundwork.data.batches import of_digits
from groundwork.run import training_loop
from groundwork.run.directory import RunDirectory
from groundwork.run.run_config import RunConfig
from groundwork.start import Start

_NEVER = 10 ** 9  # steps
RUN_CONFIG = RunConfig(seed=1, dtype="float32", train_steps=_NEVER, log_every=10,
                       sample_every=_NEVER, checkpoint_every=_NEVER, summary_every=_NEVER)


class Paced:
    """A wing's `Trainer` that waits, between two turns of the training loop, for a command."""

    def __init__(self, trainer, pace):
        self._trainer = trainer
        self._pace = pace

    def steps(self, batch_of, step, stop):
        """As the trainer's, after a turn of the pace."""
        self._pace.turn(step)
        return self._trainer.steps(batch_of, step, stop)

    def __getattr__(self, name):
        return getattr(self._trainer, name)


def run(kind, settings, pace, replaced=None):
    """Trains in the wing `kind`, "legacy" or "modern", until the pace ends it.

    Args:
      replaced: `{field: value}` of the wing's `Program` that are other than the model's.
    """
    hparams = hyperparameters.from_dict(settings["hparams"])
    with importing.importing_tensorflow():
        training = importlib.import_module(kind + ".training")
        model = importlib.import_module(f"{kind}.models.{hyperparameters.name_of(hparams)}")
    with tempfile.TemporaryDirectory() as folder:
        identity = dict(hyperparameters.to_dict(hparams), wing=kind)
        with RunDirectory.open(os.path.join(folder, "run"), identity, {}) as opened:
            with training.trainer(
                    lambda *given: model.program(*given)._replace(**replaced or {}),
                    hparams, RUN_CONFIG.dtype, RUN_CONFIG) as trainer:
                begun = Start(opened, hparams, of_digits(hparams), RUN_CONFIG)
                training_loop.train(Paced(trainer, pace), begun)
