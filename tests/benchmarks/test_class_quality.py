"""Tests of benchmarks.class_quality."""

import numpy as np
import pytest

from benchmarks import class_quality
from tests.binaries import train


def test_agreement_is_that_of_equal_names_or_of_the_best_assignment():
    table = class_quality.counts(np.array([0, 0, 1, 1, 2, 2]), np.array([1, 1, 0, 0, 2, 1]), 3)
    assert table.tolist() == [[0, 2, 0], [2, 0, 0], [0, 1, 1]]
    assert class_quality.agreement(table, assigned=False) == pytest.approx(1 / 6)
    assert class_quality.agreement(table, assigned=True) == pytest.approx(5 / 6)


def test_a_classifier_reads_the_real_digits(digits):
    images = digits.images / 127.5 - 1.0
    model = class_quality.classifier(images[:900], digits.labels[:900])
    assert model.score(images[900:].reshape(897, -1), digits.labels[900:]) > 0.85


@pytest.mark.parametrize("model", ["info_gan", "dense_gan"])
def test_a_run_is_measured_or_refused(model, tmp_path, capsys):
    run_dir = str(tmp_path / "run")
    assert train("modern", run_dir, "--model=" + model, "--train_steps=1", "--parity_mode") == 0
    capsys.readouterr()
    status = class_quality.main(["--run_dir=" + run_dir, "--count=50"])
    out, err = capsys.readouterr()
    if model == "info_gan":
        assert status == 0 and out.startswith("real images: 9")
        assert out.splitlines()[1].endswith("read as the class that is assigned to their code")
    else:
        assert (status, out) == (64, "")
        assert err == ("benchmarks.class_quality: --run_dir={}: expected a run of a model with "
                       "classes, received another one\n".format(run_dir))
