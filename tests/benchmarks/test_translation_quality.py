"""Tests of benchmarks.translation_quality."""

import sys

import numpy as np
import pytest

from benchmarks import translation_quality
from parity import command_line
from tests.binaries import train

SMALL = ["--image_format=8x8", "--filters=2", "--batch_size=2", "--train_steps=1", "--parity_mode"]


def test_pairwise_is_the_mean_over_pairs_of_one_input():
    outputs = np.array([[0.0, 1.0, 3.0], [5.0, 5.0, 5.0]])[..., None]
    assert translation_quality.pairwise(outputs) == pytest.approx((1 + 3 + 2) / 3 / 2)


def test_edges_are_alike_whatever_the_colours():
    images = np.random.RandomState(0).uniform(-1, 1, (4, 8, 8))
    assert translation_quality.alike(images, 0.2 * images - 0.5) == pytest.approx(1)
    assert translation_quality.alike(images, images[::-1]) < 0.5
    assert translation_quality.alike(images, np.zeros_like(images)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("model", ["cycle_gan", "multimodal_gan"])
def test_a_run_is_measured(model, tmp_path, capsys):
    run_dir = str(tmp_path / "run")
    assert train("modern", run_dir, "--model=" + model, *SMALL) == 0
    capsys.readouterr()
    assert translation_quality.main(["--run_dir=" + run_dir, "--count=20"]) == 0
    lines = capsys.readouterr().out.splitlines()
    if model == "cycle_gan":
        assert [line.split(":")[0] for line in lines] == [
            "real images of A", "A translated to B", "and back",
            "real images of B", "B translated to A", "and back"]
        assert lines[0].endswith("% read right")
    else:
        assert lines[0].startswith("difference of two outputs of one input: ")
        assert "paintings 1.00" in lines[1] or "paintings 0.99" in lines[1]


def test_another_model_is_refused(tmp_path, monkeypatch, capsys):
    run_dir = str(tmp_path / "run")
    assert train("modern", run_dir, "--model=dense_gan", "--train_steps=1", "--parity_mode") == 0
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", ["translation_quality", "--run_dir=" + run_dir])
    assert command_line.run("benchmarks.translation_quality", translation_quality.main) == 64
    assert capsys.readouterr().err == (
        "benchmarks.translation_quality: --run_dir={}: expected a run of cycle_gan or "
        "multimodal_gan, received one of dense_gan\n".format(run_dir))
