"""`legacy.train` and `legacy.sample` on TensorFlow 1.15.5: every model and variant."""

import math
import os
import subprocess
import sys

from PIL import Image
import pytest

from groundwork import flags
from groundwork import models

STEPS = 30
GAN = ["generator", "discriminator"]
VAE = ["vae", "vae/reconstruction", "vae/divergence"]
LOSSES = {
    ("mlp_gan", "corrected"): GAN + ["discriminator/real", "discriminator/generated"],
    ("mlp_gan", "as_written"): GAN,
    ("vae", "corrected"): VAE,
    ("vae", "as_written"): VAE,
    ("bgd_gan", "corrected"): GAN + ["discriminator/real", "discriminator/generated"],
    ("bgd_gan", "as_written"): GAN,
    ("dense_gan", "corrected"): GAN + ["discriminator/real", "discriminator/generated"],
    ("dense_gan", "as_written"): GAN + ["discriminator/real", "discriminator/generated"],
    ("wgan", None): ["discriminator", "discriminator/real", "discriminator/generated", "generator"],
    ("dcgan", None): GAN + ["discriminator/real", "discriminator/generated"],
}


def run(repository, program, *arguments):
    process = subprocess.run([sys.executable, "-m", program] + list(arguments), cwd=repository,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.returncode == 0, process.stderr.decode()
    return process.stdout.decode()


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def test_every_model_and_variant_is_run():
    assert {model for model, _ in LOSSES} == set(models.MODELS)
    one_variant = ("dcgan", "wgan")
    assert set(LOSSES) == {(model, variant) for model in models.MODELS
                           for variant in ([None] if model in one_variant else flags.VARIANTS)}


@pytest.mark.parametrize("model, variant", LOSSES)
def test_trains_and_samples(model, variant, repository, tmp_path):
    run_dir, grid = str(tmp_path / "run"), str(tmp_path / "grid.png")
    size = 64 if model == "dcgan" else 28
    own = ["--variant=" + variant] if variant else ["--batch_size=4"]
    run(repository, "legacy.train", "--model=" + model, *own,
        "--train_steps={}".format(STEPS), "--run_dir=" + run_dir)
    header, *rows = [line.split(",") for line in
                     read(run_dir, "metrics.csv").decode().splitlines()]
    assert header == ["step"] + LOSSES[model, variant]
    assert [int(row[0]) for row in rows] == [1, 10, 20, 30]
    assert all(math.isfinite(float(value)) for row in rows for value in row)
    assert read(run_dir, "DONE") == b'{\n  "step": 30\n}\n'

    said = run(repository, "legacy.sample", "--run_dir=" + run_dir, "--output=" + grid)
    if model == "dense_gan":  # its picture in training shows the real numbers, too
        assert said == grid + ": 1024 numbers\n"
        return
    assert said == grid + ": 64 images\n"
    assert read(grid) == read(run_dir, "samples", "step_00000030.png")
    with Image.open(grid) as image:
        assert image.mode == ("RGB" if model == "dcgan" else "L")
        low, high = image.convert("L").getextrema()
        assert image.width == image.height >= 8 * size and low < high
