"""`legacy.train` and `legacy.sample` on TensorFlow 1.15.5: every model and variant."""

import json
import math
import os
import re
import subprocess
import sys

from PIL import Image
import pytest

from groundwork import models
from tests.support import models as examples

def run(repository, program, *arguments):
    process = subprocess.run([sys.executable, "-m", program] + list(arguments), cwd=repository,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.returncode == 0, process.stderr.decode()
    return process.stdout.decode()


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def test_every_model_is_run():
    assert {example.model for example in examples.ALL.values()} == set(models.MODELS)


@pytest.mark.parametrize(
    "example", examples.ALL.values(), ids=[example.name for example in examples.ALL.values()])
def test_trains_and_samples(example, repository, tmp_path):
    run_dir, grid = str(tmp_path / "run"), str(tmp_path / "grid.png")
    hparams = example.hparams(1)
    shape = hparams.image_shape
    own = ["--train_steps=30"] if example.cheap else ["--train_steps=10", "--batch_size=4"]
    run(repository, "legacy.train", *example.arguments(), *own, "--run_dir=" + run_dir)
    header, *rows = [line.split(",") for line in
                     read(run_dir, "metrics.csv").decode().splitlines()]
    assert header == ["step"] + list(example.losses)
    assert [int(row[0]) for row in rows] == ([1, 10, 20, 30] if example.cheap else [1, 10])
    assert all(math.isfinite(float(value)) for row in rows for value in row)
    last = int(rows[-1][0])
    assert json.loads(read(run_dir, "DONE").decode()) == {"step": last}

    said = run(repository, "legacy.sample", "--run_dir=" + run_dir, "--output=" + grid,
               "--scale=1")
    if not shape:  # its picture in training shows the real numbers, too
        assert said == grid + ": 1024 numbers\n"
        return
    count = int(re.fullmatch(re.escape(grid) + r": (\d+) images\n", said).group(1))
    assert count % hparams.sample_count == 0  # one for each input, or some
    assert read(grid) == read(run_dir, "samples", "step_{:08d}.png".format(last))
    with Image.open(grid) as image:
        assert image.mode == ("RGB" if len(shape) == 3 else "L")
        low, high = image.convert("L").getextrema()
        columns = hparams.grid_columns or 8
        assert image.width >= columns * shape[1] and low < high
        assert image.height >= count // columns * shape[0]
