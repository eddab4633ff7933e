"""Tests of groundwork.data.image_folder."""

import os
import struct

import numpy as np
from PIL import Image
import pytest

from groundwork.data import image_folder
from groundwork.errors import UsageError

RANDOM = np.random.RandomState(0)
GREY = RANDOM.randint(0, 256, (6, 5)).astype(np.uint8)
RGB = RANDOM.randint(0, 256, (6, 5, 3)).astype(np.uint8)
ALPHA = RANDOM.randint(0, 256, (6, 5)).astype(np.uint8)


def folder_of(path, image, name="cat/a.png", **options):
    """Saves one image in a class folder."""
    file = path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    image.save(str(file), **options)
    return path


def read_one(path, image_shape=(6, 5, 3)):
    stored = image_folder.read(str(path), image_shape)
    assert stored.images.shape == (1,) + image_shape
    assert stored.images.dtype == np.uint8
    return stored.images[0]


def refusal(path, image_shape=(6, 5)):
    with pytest.raises(UsageError) as caught:
        image_folder.read(path if path is None else str(path), image_shape)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def luma(rgb):
    weighed = rgb.astype(np.int64) @ [19595, 38470, 7471]
    return ((weighed + 32768) >> 16).astype(np.uint8)


def test_labels_are_the_sorted_folders_and_images_sorted_in_them(tmp_path):
    for value, name in enumerate(["dog/b.png", "dog/a.PNG", "ant/z.bmp", "cat/1.png"]):
        folder_of(tmp_path, Image.new("L", (5, 6), value), name)
    stored = image_folder.read(str(tmp_path), (6, 5))
    assert stored.class_count == 3
    assert stored.labels.tolist() == [0, 1, 2, 2]
    assert stored.images[:, 0, 0].tolist() == [2, 3, 1, 0]


@pytest.mark.parametrize("name", ["cat/a.png", "cat/a.bmp", "cat/a.tiff", "cat/no_suffix"])
def test_grey_and_rgb_pixels_are_kept_and_turned_into_each_other(tmp_path, name):
    kind = {"format": "PNG"} if name == "cat/no_suffix" else {}
    grey = folder_of(tmp_path / "grey", Image.fromarray(GREY), name, **kind)
    np.testing.assert_array_equal(read_one(grey, (6, 5)), GREY)
    np.testing.assert_array_equal(read_one(grey), np.stack([GREY] * 3, axis=-1))
    rgb = folder_of(tmp_path / "rgb", Image.fromarray(RGB), name, **kind)
    np.testing.assert_array_equal(read_one(rgb), RGB)
    np.testing.assert_array_equal(read_one(rgb, (6, 5)), luma(RGB))


def test_jpeg_is_near_what_was_saved(tmp_path):
    smooth = np.add.outer(np.arange(0, 160, 10), np.arange(0, 80, 5)).astype(np.uint8)
    folder_of(tmp_path, Image.fromarray(smooth), "cat/a.jpg", quality=95)
    np.testing.assert_allclose(read_one(tmp_path, (16, 16)).astype(int), smooth, atol=4)


def test_progressive_jpeg_is_read_as_any_other(tmp_path):
    folder_of(tmp_path / "a", Image.fromarray(RGB), "cat/a.jpg", progressive=True)
    folder_of(tmp_path / "b", Image.fromarray(RGB), "cat/a.jpg")
    np.testing.assert_array_equal(read_one(tmp_path / "a"), read_one(tmp_path / "b"))


def test_alpha_is_laid_on_white(tmp_path):
    rgba = np.concatenate([RGB, ALPHA[..., None]], axis=-1)
    folder_of(tmp_path, Image.fromarray(rgba))
    share = ALPHA[..., None] / 255
    np.testing.assert_allclose(
        read_one(tmp_path), RGB * share + 255 * (1 - share), rtol=0, atol=1)
    transparent = folder_of(tmp_path / "clear", Image.new("RGBA", (5, 6), (9, 9, 9, 0)))
    assert (read_one(transparent) == 255).all()


def test_grey_with_alpha_is_laid_on_white(tmp_path):
    folder_of(tmp_path, Image.fromarray(np.stack([GREY, ALPHA], axis=-1)))
    share = ALPHA / 255
    np.testing.assert_allclose(
        read_one(tmp_path, (6, 5)), GREY * share + 255 * (1 - share), rtol=0, atol=1)


def test_palette_is_looked_up_and_its_transparent_entry_is_white(tmp_path):
    indices = (np.arange(30) % 3).reshape(6, 5).astype(np.uint8)
    colours = np.array([[10, 20, 30], [200, 100, 0], [7, 8, 9]], np.uint8)
    image = Image.fromarray(indices)
    image.putpalette(colours.reshape(-1).tolist())
    folder_of(tmp_path / "opaque", image)
    np.testing.assert_array_equal(read_one(tmp_path / "opaque"), colours[indices])
    folder_of(tmp_path / "clear", image, transparency=1)
    colours[1] = 255
    np.testing.assert_array_equal(read_one(tmp_path / "clear"), colours[indices])


def test_one_bit_is_black_and_white(tmp_path):
    folder_of(tmp_path, Image.fromarray(GREY).point(lambda v: v > 99, "1"))
    np.testing.assert_array_equal(read_one(tmp_path, (6, 5)), np.where(GREY > 99, 255, 0))


@pytest.mark.parametrize("name", ["cat/a.png", "cat/a.tiff"])
def test_16_bits_are_scaled_to_8(tmp_path, name):
    values = np.array([[0, 128, 129, 257], [32767, 32896, 65406, 65407], [65535, 256, 385, 386]])
    folder_of(tmp_path, Image.fromarray(values.astype(np.uint16)), name)
    np.testing.assert_array_equal(
        read_one(tmp_path, (3, 4)), np.floor(values * 255 / 65535 + 0.5))


def test_sizes_may_differ_and_all_are_resampled(tmp_path):
    folder_of(tmp_path, Image.new("RGB", (50, 40), (1, 2, 3)), "a/1.png")
    folder_of(tmp_path, Image.new("L", (3, 9), 77), "b/2.png")
    folder_of(tmp_path, Image.fromarray(RGB), "b/3.png")
    images = image_folder.read(str(tmp_path), (8, 12, 3)).images
    assert images.shape == (3, 8, 12, 3)
    assert (images[0] == [1, 2, 3]).all() and (images[1] == 77).all()
    np.testing.assert_array_equal(
        images[2], np.asarray(Image.fromarray(RGB).resize((12, 8), Image.BICUBIC)))


def test_hidden_files_are_ignored(tmp_path):
    folder_of(tmp_path, Image.fromarray(GREY))
    (tmp_path / ".DS_Store").write_text("x")
    (tmp_path / ".git").mkdir()
    (tmp_path / "cat" / ".thumbs").write_text("x")
    stored = image_folder.read(str(tmp_path), (6, 5))
    assert (len(stored.images), stored.class_count) == (1, 1)


def test_text_named_png_is_refused(tmp_path):
    folder_of(tmp_path, Image.fromarray(GREY))
    (tmp_path / "cat" / "b.png").write_text("no picture\n")
    assert refusal(tmp_path) == "{}: expected an image, received another file".format(
        tmp_path / "cat" / "b.png")


def test_what_pillow_logs_is_not_shown_beside_the_line(tmp_path, capfd, caplog):
    folder_of(tmp_path, Image.fromarray(RGB), "cat/a.tiff")
    path = tmp_path / "cat" / "a.tiff"
    content = path.read_bytes()
    samples = struct.pack("<HHLL", 277, 3, 1, 3)
    assert samples in content
    path.write_bytes(content.replace(samples, struct.pack("<HHLL", 277, 3, 1, 5891)))
    assert refusal(tmp_path).startswith("{}: expected ".format(path))
    assert (caplog.records, capfd.readouterr()) == ([], ("", ""))


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "gif", "tiff"])
def test_damaged_image_is_refused_wherever_the_damage_is(tmp_path, suffix):
    whole = RANDOM.randint(0, 256, (40, 40)).astype(np.uint8)
    file = folder_of(tmp_path, Image.fromarray(whole), "cat/a." + suffix) / "cat" / ("a." + suffix)
    content = file.read_bytes()
    for kept in range(0, len(content) * 3 // 4, 37):
        file.write_bytes(content[:kept])
        assert refusal(tmp_path).startswith("{}: expected a".format(file)), kept
    for place in range(0, len(content), 7):  # which Pillow may read all the same
        file.write_bytes(content[:place] + b"\xff\x00" + content[place + 2:])
        try:
            image_folder.read(str(tmp_path), (6, 5))
        except UsageError as error:
            assert str(error).startswith("{}: expected a".format(file))


def test_image_that_is_a_bomb_is_refused(tmp_path, monkeypatch):
    folder_of(tmp_path, Image.fromarray(GREY))
    for limit, kind in ((20, "exceeds limit"), (2, "decompression bomb")):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        line = refusal(tmp_path)
        assert line.startswith("{}: expected a readable image, ".format(tmp_path / "cat/a.png"))
        assert kind in line


def test_floating_point_pixels_are_refused(tmp_path):
    folder_of(tmp_path, Image.fromarray(GREY.astype(np.float32)), "cat/a.tiff")
    assert refusal(tmp_path) == (
        "{}: expected a readable image, received: pixels of floating-point type".format(
            tmp_path / "cat" / "a.tiff"))


def test_pixels_beyond_16_bits_are_refused(tmp_path):
    folder_of(tmp_path, Image.fromarray(GREY.astype(np.int32) * 1000), "cat/a.tiff")
    assert "a.tiff: expected a readable image, received: pixels from " in refusal(tmp_path)


def test_flat_folder_is_refused(tmp_path):
    folder_of(tmp_path, Image.fromarray(GREY), "a.png")
    assert refusal(tmp_path) == (
        "--data_dir: expected a folder with class sub-folders only, received {!r}, which holds the "
        "file 'a.png'".format(str(tmp_path)))


def test_folder_in_a_class_folder_is_refused(tmp_path):
    folder_of(tmp_path, Image.fromarray(GREY), "train/cat/a.png")
    assert refusal(tmp_path).startswith(
        "{}: expected a readable image, received: ".format(tmp_path / "train" / "cat"))


def test_empty_folders_are_refused(tmp_path):
    assert refusal(tmp_path) == (
        "--data_dir: expected a folder with a sub-folder of images for each class, received {!r}, "
        "which is empty".format(str(tmp_path)))
    folder_of(tmp_path, Image.fromarray(GREY))
    (tmp_path / "dog").mkdir()
    assert refusal(tmp_path) == "{}: expected images of a class, received an empty folder".format(
        tmp_path / "dog")


def test_missing_folder_is_refused(tmp_path):
    assert refusal(None).endswith("(--dataset=folder), received nothing")
    assert refusal(tmp_path / "none").endswith("which does not exist")


def test_cifar10_as_a_folder(shared_data):
    path = os.path.join(shared_data, "cifar10_images")
    stored = image_folder.read(path, (64, 64, 3))
    assert stored.images.shape == (3000, 64, 64, 3)
    assert (stored.class_count, np.bincount(stored.labels).tolist()) == (10, [300] * 10)
    with Image.open(os.path.join(path, "airplane", "0000.jpg")) as image:
        np.testing.assert_array_equal(
            stored.images[0], np.asarray(image.resize((64, 64), Image.BICUBIC)))
