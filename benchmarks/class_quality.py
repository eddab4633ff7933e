"""Measures whether the images of a run show the class that was asked for.

    python -m benchmarks.class_quality --run_dir=RUN --dataset=mnist --data_dir=FOLDER

A classifier of scikit-learn is trained on half of the real images, and tried on the other half. It
then reads the images that the run generates, as many of each class. Of conditional_gan the part
counts that it reads as asked; of info_gan, whose classes have no names, that under the best
assignment of codes to classes.
"""

import argparse
import sys
import warnings

import numpy as np

from benchmarks.generated import refusals, samples
from groundwork.data import datasets
from groundwork.data.batches import sample_batch
from groundwork.errors import UsageError
from parity import command_line

_EPOCHS = 10


def classifier(images, labels):
    """A network of 256 hidden units, trained on images [count, ...] in [-1, 1]."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier((256,), max_iter=_EPOCHS, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # so many epochs are enough
        return model.fit(_flat(images), labels)


def _flat(images):
    return np.asarray(images, np.float32).reshape(len(images), -1)


def counts(asked, read, class_count):
    """How often class `a` was asked and `r` read: int [class_count, class_count]."""
    table = np.zeros((class_count, class_count), int)
    np.add.at(table, (asked, read), 1)
    return table


def agreement(table, assigned):
    """Part of the images that are read as asked, or as the class that is assigned to the code.

    Args:
      table: as `counts` returns it.
      assigned: True for the assignment of rows to columns under which the part is largest.
    """
    if not assigned:
        return np.trace(table) / table.sum()
    from scipy.optimize import linear_sum_assignment

    return table[linear_sum_assignment(table, maximize=True)].sum() / table.sum()


def _parser():
    parser = command_line.Parser(prog="benchmarks.class_quality", description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run_dir", required=True, metavar="DIR",
                        help="run of conditional_gan or info_gan")
    parser.add_argument("--dataset", choices=datasets.NAMES, default="digits",
                        help="real images; default: digits")
    parser.add_argument("--data_dir", metavar="DIR", help="folder of their files")
    parser.add_argument("--count", type=command_line.count, default=2000, metavar="N",
                        help="images; default: 2000")
    parser.add_argument("--seed", type=command_line.count, default=2, metavar="N",
                        help="of the noise; default: 2")
    return parser


def main(argv):
    """Prints the classifier's own accuracy, and what it reads."""
    given = _parser().parse_args(argv)
    with refusals():
        for line in _lines(given):
            print(line, flush=True)
    return 0


def _lines(given):
    """Yields the measured figures in words."""
    found = {}

    def batch_of(hparams, dtype):
        if "classes" not in hparams.sample_inputs():
            raise UsageError("--run_dir={}: expected a run of a model with classes, received "
                             "another one".format(given.run_dir))
        found["batch"] = sample_batch(hparams, given.seed, dtype, given.count, columns=1)
        found["named"] = "labels" in next(reversed(hparams.phase_inputs().values()))
        found["shape"] = hparams.image_shape
        return found["batch"]

    images = samples(given.run_dir, batch_of)
    real = datasets.load(given.dataset, found["shape"], given.data_dir)
    if not real.class_count:
        raise UsageError("--dataset={}: expected images with labels, received none".format(
            given.dataset))
    half = len(real.images) // 2
    model = classifier(datasets.scaled(real.images[:half]), real.labels[:half])
    yield "real images: {:.1%} read right".format(
        model.score(_flat(datasets.scaled(real.images[half:])), real.labels[half:]))
    asked = found["batch"]["sample/classes"].argmax(axis=1)
    table = counts(asked, model.predict(_flat(images)), real.class_count)
    yield "generated images: {:.1%} read as {}".format(
        agreement(table, not found["named"]),
        "asked" if found["named"] else "the class that is assigned to their code")


if __name__ == "__main__":
    sys.exit(command_line.run("benchmarks.class_quality", main))
