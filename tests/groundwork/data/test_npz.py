"""Tests of groundwork.data.npz."""

import numpy as np
import pytest

from groundwork.data import npz
from groundwork.errors import UsageError

BYTES = np.random.RandomState(0).randint(0, 256, (4, 3, 5)).astype(np.uint8)
UNIT = (BYTES / 255).astype(np.float32)


@pytest.fixture(name="save")
def fixture_save(tmp_path):
    def save(**arrays):
        np.savez(str(tmp_path / "a.npz"), **arrays)
        return str(tmp_path / "a.npz")
    return save


def refusal(path):
    with pytest.raises(UsageError) as caught:
        npz.read(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_bytes_are_kept(save):
    stored = npz.read(save(images=BYTES, labels=[0, 6, 2, 6]))
    assert stored.images.dtype == np.uint8
    np.testing.assert_array_equal(stored.images, BYTES)
    assert stored.labels.tolist() == [0, 6, 2, 6]
    assert stored.class_count == 7


def test_compressed_archives_and_other_arrays_in_them_are_fine(tmp_path):
    path = str(tmp_path / "a.npz")
    np.savez_compressed(path, images=BYTES, names=np.array([None], dtype=object))
    np.testing.assert_array_equal(npz.read(path).images, BYTES)


def test_labels_may_be_missing(save):
    assert npz.read(save(images=BYTES))[1:] == (None, 0, ())


def test_channels_may_be_one_or_three(save):
    np.testing.assert_array_equal(npz.read(save(images=BYTES[..., None])).images, BYTES)
    rgb = np.stack([BYTES, BYTES // 2, BYTES // 3], axis=-1)
    np.testing.assert_array_equal(npz.read(save(images=rgb)).images, rgb)


@pytest.mark.parametrize("dtype", ["<f4", "<f8", ">f4", "<f2"])
def test_floats_are_brought_to_minus_one_to_one_by_their_sign(save, dtype):
    images = UNIT.astype(dtype)
    stored = npz.read(save(images=images))
    assert stored.images.dtype == np.float32
    np.testing.assert_array_equal(stored.images, images.astype(np.float32) * 2 - 1)
    signed = (UNIT * 2 - 1).astype(dtype)
    np.testing.assert_array_equal(npz.read(save(images=signed)).images, signed.astype(np.float32))


def test_pickled_objects_are_refused(save):
    objects = np.array([{"a": 1}, None], dtype=object)
    line = refusal(save(images=objects))
    assert line.endswith("a.npz: expected a readable .npz archive without pickled objects, "
                         "received: Object arrays cannot be loaded when allow_pickle=False")
    assert "without pickled objects" in refusal(save(images=BYTES, labels=objects))


@pytest.mark.parametrize("shape", [(4,), (4, 15), (4, 3, 5, 2), (4, 3, 5, 4), (4, 3, 5, 1, 1),
                                   (0, 3, 5), (4, 0, 5)])
def test_wrong_rank_or_no_pixels_are_refused(save, shape):
    assert refusal(save(images=np.zeros(shape, np.uint8))).endswith(
        "a.npz: expected images [count, height, width] or [count, height, width, 1 or 3], none of "
        "them 0, received the shape {}".format(shape))


@pytest.mark.parametrize("dtype", ["int64", "bool", "complex64", "U3"])
def test_other_types_are_refused(save, dtype):
    images = BYTES.astype(dtype)
    assert refusal(save(images=images)).endswith(
        "a.npz: expected images of type uint8 or float, received {}".format(images.dtype))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_not_finite_is_refused(save, value):
    images = UNIT.copy()
    images[1, 2, 3] = value
    assert refusal(save(images=images)).endswith(
        "a.npz: expected finite images, received NaN or infinity")


@pytest.mark.parametrize("low,high", [(0.0, 255.0), (-1.5, 0.5), (0.0, 1.5)])
def test_floats_beyond_the_range_are_refused(save, low, high):
    images = np.full((2, 3, 3), low)
    images[0, 0, 0] = high
    assert refusal(save(images=images)).endswith(
        "a.npz: expected float images in [0, 1] or [-1, 1], received values from {} to {}".format(
            low, high))


@pytest.mark.parametrize("labels", [[1, 2, 3], [[1], [2], [3], [4]], [1.0, 2.0, 3.0, 4.0], 3])
def test_labels_of_another_shape_or_type_are_refused(save, labels):
    labels = np.array(labels)
    assert refusal(save(images=BYTES, labels=labels)).endswith(
        "a.npz: expected 4 whole numbers as labels, one for each image, received {} of shape "
        "{}".format(labels.dtype, labels.shape))


@pytest.mark.parametrize("label", [-1, 2 ** 31])
def test_labels_that_are_no_class_are_refused(save, label):
    assert "a.npz: expected labels from 0 to 2**31 - 1, received " in refusal(
        save(images=BYTES, labels=[0, label, 0, 0]))


def test_archive_without_images_is_refused(save):
    assert refusal(save(x=BYTES)).endswith("a.npz: expected an array named images, received none")


def test_missing_file_is_refused(tmp_path):
    assert refusal(None) == "--data_dir: expected an .npz file (--dataset=npz), received nothing"
    assert refusal(str(tmp_path)).endswith("received {!r}, which is a folder".format(str(tmp_path)))
    assert refusal(str(tmp_path / "a")).endswith("which does not exist")


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.save(str(tmp_path / "a.npy"), BYTES)
    for content in (b"", b"text", b"\x80\x02}q\x01.", (tmp_path / "a.npy").read_bytes()):
        path.write_bytes(content)
        assert refusal(str(path)) == (
            "{}: expected a readable .npz archive without pickled objects, received: another kind "
            "of file".format(path))


def test_damaged_archive_is_refused_wherever_the_damage_is(save, tmp_path):
    save(images=BYTES, labels=[0, 1, 2, 3])
    path = tmp_path / "a.npz"
    content = path.read_bytes()
    for kept in range(0, len(content), 13):
        path.write_bytes(content[:kept])
        assert refusal(str(path)).startswith("{}: expected ".format(path)), kept
    refused = 0
    for place in range(len(content)):  # a few bytes of a zip file mean nothing
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1:])
        try:
            npz.read(str(path))
        except UsageError as error:
            assert str(error).startswith("{}: expected ".format(path))
            refused += 1
    assert refused > len(content) / 2
