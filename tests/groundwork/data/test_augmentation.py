"""Tests of groundwork.data.augmentation."""

import hashlib

import numpy as np
import pytest

from groundwork import randomness
from groundwork.data import augmentation
from groundwork.data import warping

NAMES = augmentation.NAMES
IMAGES = np.random.RandomState(0).uniform(-1, 1, (9, 12, 10)).astype(np.float32)
COLOUR = np.random.RandomState(1).uniform(-1, 1, (5, 12, 12, 3)).astype(np.float32)


def augment(images, *transforms, **changes):
    chosen = dict(dict(seed=1, stream="vae/augment", step=7), **changes)
    return augmentation.augment(images, transforms, **chosen)


def draws(count, seed=1, stream="vae/augment", step=7):
    return randomness.generator(seed, stream, step).random((count, 79))


def warp_each(images, maps):
    return warping.warp(images, np.stack(maps))


def test_names_are_those_of_the_document_in_its_order():
    assert NAMES == ("rotate", "flip", "crop", "translate", "distort")


def test_without_transforms_nothing_changes():
    assert augment(IMAGES) is IMAGES


def test_flip_flips_about_half_of_the_images():
    images = np.tile(IMAGES, (50, 1, 1))
    flipped = draws(450)[:, 1] < 0.5
    assert 180 < flipped.sum() < 270
    np.testing.assert_array_equal(
        augment(images, "flip"), np.where(flipped[:, None, None], images[:, :, ::-1], images))


def test_rotate_turns_by_up_to_15_degrees():
    angles = 30 * draws(9)[:, 0] - 15
    np.testing.assert_allclose(
        augment(IMAGES, "rotate"), warp_each(IMAGES, [warping.rotation(a) for a in angles]),
        atol=1e-6)


def test_translate_moves_by_up_to_a_tenth():
    shifts = 2 * draws(9)[:, 5:7] - 1
    np.testing.assert_allclose(
        augment(IMAGES, "translate"),
        warp_each(IMAGES, [warping.translation(1.2 * down, right) for down, right in shifts]),
        atol=1e-6)


def test_crop_enlarges_a_part_that_lies_inside():
    rows = draws(2000)
    sides = 0.8 + 0.2 * rows[:, 2]
    expected = []
    for side, (down, right) in zip(sides, rows[:, 3:5]):
        # The part's upper left corner lies in what it leaves free.
        top, left = (1 - side) * 12 * down, (1 - side) * 10 * right
        assert top + side * 12 <= 12 and left + side * 10 <= 10
        expected.append(warping.window(side, top + side * 6 - 6, left + side * 5 - 5))
    np.testing.assert_allclose(
        augment(IMAGES, "crop"), warp_each(IMAGES, expected[:9]), atol=1e-6)


def test_distort_moves_a_ramp_by_the_spline_of_its_control_points():
    height, width = 13, 16
    ramps = np.stack([np.tile(np.linspace(-1, 1, height)[:, None], (1, width)),
                      np.tile(np.linspace(-1, 1, width)[None], (height, 1))]).astype(np.float32)
    result = augment(ramps, "distort")
    control = (2 * draws(2)[:, 7:] - 1).reshape(2, 2, 6, 6)
    for n, (size, pixels) in enumerate(((height, 12), (width, 15))):
        field = 0.15 * size * b_spline(height) @ control[n, n] @ b_spline(width).T
        # Bilinear interpolation reads a ramp exactly.
        expected = np.clip(ramps[n] + field * 2 / pixels, -1, 1)
        np.testing.assert_allclose(result[n], expected, atol=1e-5)
        assert np.abs(result[n] - ramps[n]).max() > 0.05


def b_spline(size):
    """Weights of 6 control points at `size` places from the start to the end of 3 cells, by SciPy.
    """
    from scipy.interpolate import BSpline

    places = np.linspace(0, 3, size)
    basis = [BSpline.basis_element(np.arange(k - 3, k + 2), extrapolate=False) for k in range(6)]
    return np.nan_to_num(np.stack([element(places) for element in basis], axis=1))


def test_distortion_never_folds():
    field = augmentation._displacements((64, 64), draws(200)[:, 7:])
    assert (np.diff(field[:, 0], axis=1) > -1).all()
    assert (np.diff(field[:, 1], axis=2) > -1).all()


def test_transforms_are_one_warp_in_the_documents_order():
    row = draws(9)
    maps = []
    for values in row:
        signed = 2 * values - 1
        side = 0.8 + 0.2 * values[2]
        product = homogeneous(warping.rotation(15 * signed[0]))
        if values[1] < 0.5:
            product = product @ homogeneous(warping.reflection(True))
        product = product @ homogeneous(warping.window(
            side, (1 - side) / 2 * 12 * signed[3], (1 - side) / 2 * 10 * signed[4]))
        product = product @ homogeneous(warping.translation(1.2 * signed[5], signed[6]))
        maps.append(product[:2])
    field = augmentation._displacements((12, 10), row[:, 7:])
    expected = warping.warp(IMAGES, np.stack(maps), field)
    np.testing.assert_allclose(augment(IMAGES, *NAMES), expected, atol=1e-6)
    np.testing.assert_array_equal(augment(IMAGES, *NAMES[::-1]), augment(IMAGES, *NAMES))


def homogeneous(one_map):
    return np.vstack([one_map, [[0, 0, 1]]])


@pytest.mark.parametrize("transforms", [(name,) for name in NAMES] + [NAMES])
def test_an_image_depends_on_its_place_and_on_no_other_image(transforms):
    whole = augment(IMAGES, *transforms)
    others = np.full(IMAGES.shape, 0.25, np.float32)
    for place in range(len(IMAGES)):
        batch = others.copy()
        batch[place] = IMAGES[place]
        assert augment(batch, *transforms)[place].tobytes() == whole[place].tobytes()
        assert augment(batch[:place + 1], *transforms)[place].tobytes() == whole[place].tobytes()


@pytest.mark.parametrize("change", [{"seed": 2}, {"step": 8}, {"stream": "joint/augment"}])
@pytest.mark.parametrize("name", NAMES)
def test_seed_step_and_stream_each_select_others(name, change):
    assert augment(IMAGES, name).tobytes() == augment(IMAGES, name).tobytes()
    assert augment(IMAGES, name, **change).tobytes() != augment(IMAGES, name).tobytes()


@pytest.mark.parametrize("images", [IMAGES, COLOUR])
@pytest.mark.parametrize("transforms", [(name,) for name in NAMES] + [NAMES])
def test_shape_type_and_range_are_kept(images, transforms):
    extreme = np.sign(images)
    result = augment(extreme, *transforms)
    assert (result.shape, result.dtype) == (images.shape, np.float32)
    assert result.min() >= -1 and result.max() <= 1
    assert not np.array_equal(result, extreme)


def test_channels_are_warped_alike():
    result = augment(COLOUR, *NAMES)
    for channel in range(3):
        np.testing.assert_array_equal(
            result[..., channel], augment(np.ascontiguousarray(COLOUR[..., channel]), *NAMES))


def test_bytes_are_the_same_under_every_library_version():
    images = np.linspace(-1, 1, 64 * 28 * 28, dtype=np.float64).astype(np.float32)
    images = (images * 37 % 2 - 1).astype(np.float32).reshape(64, 28, 28)
    digest = hashlib.sha256(augment(images, *NAMES).astype("<f4").tobytes()).hexdigest()
    assert digest == "73c9a785edf31b4309a8c7029e359ba1de2342bc046436f90e060f5fc0518468"
