"""The inputs of a step alone: images, noise and all else that a batch holds, made by NumPy."""

from groundwork import hyperparameters
from groundwork.data.batches import of_digits


def run(unused_kind, settings, pace):
    """Makes one batch after another, until the pace ends it."""
    batches = of_digits(hyperparameters.from_dict(settings["hparams"]))
    pace.run(lambda step: batches(1, step))
