"""Tests of the labels and classes in batches, and of the classes in a grid of samples."""

import numpy as np
import pytest

from groundwork import hyperparameters
from groundwork.data.batches import Batches, sample_batch
from groundwork.data.datasets import Dataset
from groundwork.errors import UsageError

COUNT = 23
IMAGES = np.tile(np.arange(COUNT, dtype=np.float32)[:, None, None], (1, 28, 28))
LABELLED = Dataset("numbered", IMAGES, np.arange(COUNT, dtype=np.int32) % 10, "digest", 10)


def conditional(dataset=LABELLED, **values):
    hparams = hyperparameters.make("conditional_gan", dict(values, batch_size=5))
    return Batches(dataset, hparams)


def test_labels_are_those_of_the_images_beside_them():
    batches = conditional(phases="alternating")
    assert "generator/labels" not in batches(1, 1)
    for batch in (batches(1, 1), batches(1, 9), batches.first(1, 3)):
        labels = batch["discriminator/labels"]
        assert labels.shape[1:] == (10,) and labels.dtype == np.float32
        assert (labels.sum(axis=1) == 1).all()
        assert labels.argmax(axis=1).tolist() == [
            row % 10 for row in batch["discriminator/images"][:, 0, 0].astype(int)]


def test_classes_are_drawn_evenly_and_pinned():
    batches = conditional()
    assert batches(1, 1234)["joint/classes"].argmax(axis=1).tolist() == [5, 6, 6, 7, 6]
    drawn = np.concatenate([batches(1, step)["joint/classes"] for step in range(1, 401)])
    assert (drawn.sum(axis=1) == 1).all() and set(drawn.ravel()) == {0, 1}
    assert (np.abs(drawn.sum(axis=0) - 200) < 60).all()


@pytest.mark.parametrize("classes,line", [
    (0, "--dataset=numbered: expected images with labels, received none"),
    (7, "--class_count=10: expected the 7 classes of numbered, received 10")])
def test_labels_of_other_classes_are_refused(classes, line):
    with pytest.raises(UsageError) as caught:
        conditional(LABELLED._replace(class_count=classes))
    assert str(caught.value) == line


def test_a_grid_has_a_row_a_class_or_one_class():
    hparams = hyperparameters.make("conditional_gan", {"class_count": 3})
    classes = [sample_batch(hparams, 1, **given)["sample/classes"].argmax(axis=1).tolist()
               for given in ({}, {"count": 10}, {"label": 2, "count": 3},
                             {"count": 4, "columns": 1})]
    assert classes == [8 * [0] + 8 * [1] + 8 * [2], 8 * [0] + 2 * [1], [2, 2, 2], [0, 1, 2, 0]]
