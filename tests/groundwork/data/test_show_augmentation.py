"""Tests of groundwork.data.show_augmentation."""

import os
import subprocess
import sys

import numpy as np
from PIL import Image
import pytest

from groundwork.data import augmentation
from groundwork.data import datasets
from groundwork.run import grids
from tests.binaries import call

PROGRAM = "groundwork.data.show_augmentation"


def test_picture_has_an_image_and_its_results_in_each_row(tmp_path, capsys):
    path = str(tmp_path / "a.png")
    assert call(PROGRAM, "--augment=rotate,flip", "--seed=5", "--output=" + path) == 0
    assert capsys.readouterr().out == "{}: 8 images of digits, each with 7 results\n".format(path)
    with Image.open(path) as image:
        pixels = np.asarray(image)
    assert pixels.shape == (8 * 66 - 2, 8 * 66 - 2, 3)
    digits = datasets.load("digits", (64, 64, 3)).images[np.linspace(0, 1796, 8).astype(int)]
    results = [augmentation.augment(
        datasets.scaled(digits), ("rotate", "flip"), 5, "show_augmentation", step)
        for step in range(1, 8)]
    for row in range(8):
        cells = [pixels[66 * row:66 * row + 64, 66 * column:66 * column + 64]
                 for column in range(8)]
        np.testing.assert_array_equal(cells[0], digits[row])
        for cell, result in zip(cells[1:], results):
            np.testing.assert_array_equal(cell, grids.tile(result[row:row + 1]))
        assert len({cell.tobytes() for cell in cells}) == 8


def test_help_lists_the_flags_without_heavy_imports(repository):
    script = ("import atexit, runpy, sys; heavy = {'sklearn', 'scipy', 'PIL', 'tensorflow'}; "
              "atexit.register(lambda: print(sorted(heavy & set(sys.modules)), file=sys.stderr)); "
              "sys.argv = ['x', '--help']; runpy.run_module(%r, run_name='__main__')" % PROGRAM)
    process = subprocess.run([sys.executable, "-c", script], cwd=repository,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert (process.returncode, process.stderr) == (0, b"[]\n")
    lines = process.stdout.decode().splitlines()
    assert [line.split(":")[0] for line in lines if line.startswith("  --")] == [
        "  --dataset", "  --data_dir", "  --max_data_bytes", "  --augment", "  --seed",
        "  --output", "  --help"]


@pytest.mark.parametrize("argument,expected", [
    ("--augment=spin", "flag --augment=spin: expected some of rotate,flip,crop,translate,distort"),
    ("--dataset=gaussian_mixture", "--dataset=gaussian_mixture: expected a data set of images "),
    ("--output=a.jpg", "--output=a.jpg: expected a file name that ends in .png"),
    ("--output=none/a.png", "--output=none/a.png: expected a file in an existing folder"),
    ("--model=vae", "'model'"), ("digits", "expected flags only, received 'digits'")])
def test_bad_input_is_refused_in_one_line(argument, expected, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(str(tmp_path))
    assert call(PROGRAM, argument) == 64
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(PROGRAM + ": ") and err.count("\n") == 1
    assert expected in err
    assert os.listdir(str(tmp_path)) == []
