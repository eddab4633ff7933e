"""Tests of groundwork.data.sine_waves."""

import hashlib

import numpy as np
import pytest

from groundwork.data import datasets
from groundwork.data import sine_waves
from groundwork.errors import UsageError


def test_waves_are_sines_of_the_papers_band():
    waves = sine_waves.draw(3, 500)
    assert waves.shape == (500, 30, 1)
    assert waves.dtype == np.float32
    assert 0.85 < np.abs(waves).max() <= 0.9
    # x(t + 1) + x(t - 1) = 2 cos(2 pi f / 30) x(t) holds of a sine wave of frequency f.
    values = waves[:, :, 0].astype(np.float64)
    middle = values[:, 1:-1]
    cosine = np.sum((values[:, 2:] + values[:, :-2]) * middle, axis=1) / (
        2 * np.sum(middle ** 2, axis=1))
    frequency = 30 * np.arccos(cosine) / (2 * np.pi)
    assert frequency.min() > 0.99 and frequency.max() < 5.01
    assert np.histogram(frequency, 4, (1, 5))[0].min() > 90
    residue = values[:, 2:] + values[:, :-2] - 2 * cosine[:, None] * middle
    assert np.abs(residue).max() < 1e-6


def test_the_first_waves_do_not_depend_on_the_count_and_others_on_the_seed():
    waves = sine_waves.draw(3, 20)
    np.testing.assert_array_equal(sine_waves.draw(3, 7), waves[:7])
    assert np.all(np.any(sine_waves.draw(4, 20) != waves, axis=1))


def test_data_set_is_the_same_bytes_under_every_library_version():
    dataset = datasets.load("sine_waves", (30, 1))
    assert (dataset.labels, dataset.class_count) == (None, 0)
    assert hashlib.sha256(dataset.images.tobytes()).hexdigest() == DIGEST


DIGEST = "8cb0fec722d0c4739e4712c844366e9eafcda50a94c437c8011a0b3933c971c8"


@pytest.mark.parametrize("shape,wanted", [((), "numbers"), ((28, 28), "images"),
                                          ((64, 64, 3), "images")])
def test_other_models_are_refused_in_one_line(shape, wanted):
    with pytest.raises(UsageError) as caught:
        datasets.load("sine_waves", shape)
    assert str(caught.value) == (
        "--dataset=sine_waves: expected a data set of {} for this model, received one of "
        "sequences".format(wanted))


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(UsageError, match="^--data_dir: expected none with --dataset=sine_waves, "
                       "which are drawn, received "):
        datasets.load("sine_waves", (30, 1), str(tmp_path))
