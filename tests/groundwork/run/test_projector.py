"""Tests of groundwork.run.projector."""

import os

import numpy as np
from PIL import Image
import pytest

from groundwork.run import projector

COUNT = 5
POINTS = np.arange(COUNT * 3, dtype=np.float32).reshape(COUNT, 3) / np.float32(7)
LABELS = np.array([3, 0, 9, 3, 1], np.int32)
# Image i is of one grey, i steps of 51 above black, and wider than high.
IMAGES = np.tile((np.arange(COUNT) * 51 / 127.5 - 1)[:, None, None], (1, 2, 4))


@pytest.fixture(name="folder")
def fixture_folder(tmp_path):
    projector.write(str(tmp_path), "codes", POINTS, LABELS, IMAGES)
    return tmp_path


def lines(path):
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")
    return text[:-1].split("\n")


def test_points_come_back_bit_for_bit(folder):
    rows = [[float(value) for value in line.split("\t")] for line in lines(folder / "codes.tsv")]
    assert np.array(rows, np.float32).tobytes() == POINTS.tobytes()


def test_labels_have_one_row_a_point_and_no_heading(folder):
    assert lines(folder / "codes_labels.tsv") == ["3", "0", "9", "3", "1"]


def test_sprite_holds_the_images_row_by_row_without_lines_between(folder):
    with Image.open(str(folder / "codes_sprite.png")) as image:
        pixels = np.asarray(image)
    assert pixels.shape == (2 * 2, 3 * 4)
    assert pixels[::2, ::4].tolist() == [[0, 51, 102], [153, 204, 255]]
    for index in range(COUNT):
        top, left = index // 3 * 2, index % 3 * 4
        assert (pixels[top:top + 2, left:left + 4] == 51 * index).all()


def test_configuration_names_files_that_are_there_by_relative_paths(folder):
    assert (folder / projector.CONFIG).read_text(encoding="utf-8").split() == [
        "embeddings", "{", "tensor_name:", '"codes"', "tensor_path:", '"codes.tsv"',
        "metadata_path:", '"codes_labels.tsv"', "sprite", "{", "image_path:",
        '"codes_sprite.png"', "single_image_dim:", "4", "single_image_dim:", "2", "}", "}"]
    assert sorted(os.listdir(str(folder))) == [
        "codes.tsv", "codes_labels.tsv", "codes_sprite.png", "projector_config.pbtxt"]


def test_a_sprite_may_have_colours(tmp_path):
    projector.write(str(tmp_path), "codes", POINTS, LABELS, np.repeat(IMAGES[..., None], 3, axis=3))
    with Image.open(str(tmp_path / "codes_sprite.png")) as image:
        assert np.asarray(image).shape == (2 * 2, 3 * 4, 3)
    assert "single_image_dim: 4\n    single_image_dim: 2\n" in (
        tmp_path / projector.CONFIG).read_text(encoding="utf-8")


@pytest.mark.parametrize("labels,images", [(LABELS[1:], IMAGES), (LABELS, IMAGES[1:])])
def test_as_many_labels_and_images_as_points(tmp_path, labels, images):
    with pytest.raises(ValueError) as caught:
        projector.write(str(tmp_path), "codes", POINTS, labels, images)
    assert str(caught.value) == (
        "expected as many labels and images as points, received {}, {} and 5".format(
            len(labels), len(images)))
    assert os.listdir(str(tmp_path)) == []
