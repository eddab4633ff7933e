"""Tests of groundwork.data.domains."""

import os

import numpy as np
from PIL import Image
import pytest

from groundwork import hyperparameters
from groundwork.data import datasets
from groundwork.data import domains
from groundwork.data.batches import Batches
from groundwork.errors import UsageError

CYCLE = hyperparameters.make("cycle_gan", {"image_format": "8x8", "batch_size": 4})
PAIRS = hyperparameters.make("multimodal_gan", {"image_format": "8x8x3", "batch_size": 4})


def refusal(function, *arguments, **named):
    with pytest.raises(UsageError) as caught:
        function(*arguments, **named)
    message = str(caught.value)
    assert "\n" not in message
    return message


def digits(hparams, name=None, **named):
    return domains.with_second(datasets.load("digits", hparams.image_shape), hparams, name, **named)


def folder(path, names, value=0):
    for name in names:
        os.makedirs(str(path / os.path.dirname(name)), exist_ok=True)
        Image.fromarray(np.full((8, 8), value, np.uint8)).save(str(path / name))
    return str(path)


def test_negative_is_turned_then_inverted():
    images = np.zeros((2, 9, 9), np.uint8)
    images[0, 4, 4] = images[1, 4, 8] = 200  # the centre; the middle of the right edge
    made = domains.negative(images)
    assert made.dtype == np.uint8
    assert made[0, 4, 4] == 55
    # 20 degrees counter-clockwise move a point 4 to the right of the centre 1.4 up.
    top, left = np.unravel_index(made[1].argmin(), (9, 9))
    assert (top, left) == (3, 8)
    floats = images / np.float32(127.5) - 1
    np.testing.assert_allclose(domains.negative(floats), made / 127.5 - 1, atol=0.005)


@pytest.mark.parametrize("shape", [(), (3,)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_edges_are_white_where_brightness_changes(shape, dtype):
    images = np.zeros((1, 6, 8) + shape, np.uint8)
    images[:, :, 4:] = 255
    if dtype == np.float32:
        images = (images / 127.5 - 1).astype(np.float32)
    made = domains.edges(images)
    assert made.shape == images.shape and made.dtype == dtype
    low, high = (0, 255) if dtype == np.uint8 else (-1, 1)
    columns = made.reshape(6, 8, -1)[..., 0]
    np.testing.assert_array_equal(columns, np.tile([low] * 3 + [high] * 2 + [low] * 3, (6, 1)))


def test_a_slope_below_the_threshold_is_no_edge():
    rows = np.arange(8, dtype=np.uint8)
    images = np.broadcast_to(rows * 30, (1, 8, 8))  # Sobel's operator gives 8 times 30
    assert not domains.edges(images).any()
    assert domains.edges(np.broadcast_to(rows * 32, (1, 8, 8)))[0, :, 1:-1].all()


def test_painted_images_have_two_colours_of_their_own():
    images = np.zeros((3, 4, 4, 3), np.uint8)
    images[:, 2:] = 255
    images[:, 1] = 51
    made = domains.painted(images, np.array([5, 0, 5]))
    np.testing.assert_array_equal(made[0], made[2])
    paper, ink = made[0, 0, 0].astype(int), made[0, 3, 3].astype(int)
    assert (paper < 128).all() and (ink >= 128).all()
    np.testing.assert_array_equal(made[0, 1, 0], np.rint(paper + (ink - paper) * 0.2))
    assert (made[0] != made[1]).any()
    # A row's colours do not depend on what it is asked for with.
    np.testing.assert_array_equal(domains.painted(images[:1], np.array([0]))[0], made[1])
    grey = domains.painted(images[..., 0], np.array([5, 0, 5]))
    np.testing.assert_array_equal(grey, made[..., 0])


def test_made_rows_are_those_of_the_source():
    images = np.arange(5 * 16, dtype=np.uint8).reshape(5, 4, 4)
    made = domains.Made(images, lambda some, rows: some + rows[:, None, None].astype(np.uint8))
    assert (len(made), made.shape, made.ndim, made.dtype) == (5, (5, 4, 4), 3, np.uint8)
    np.testing.assert_array_equal(made[[3, 1]], images[[3, 1]] + np.array([3, 1])[:, None, None])
    np.testing.assert_array_equal(made[1:], images[1:] + np.arange(1, 5)[:, None, None])


def test_second_domains_of_the_models():
    plain = datasets.load("digits", (8, 8))
    cycle = digits(CYCLE)
    assert (cycle.name, cycle.digest, cycle.second.name) == ("digits", plain.digest, "negative")
    np.testing.assert_array_equal(cycle.second.images[:3], domains.negative(plain.images[:3]))
    pairs = digits(PAIRS)
    colours = datasets.load("digits", (8, 8, 3))
    np.testing.assert_array_equal(pairs.second.images[:3], domains.edges(colours.images[:3]))
    np.testing.assert_array_equal(
        pairs.images[:3], domains.painted(colours.images[:3], np.arange(3)))
    assert domains.identity(pairs) == {
        "dataset_b": "edges_of_painted", "data_digest_b": pairs.second.digest}
    assert digits(PAIRS, "edges").digest == colours.digest != pairs.digest
    one = hyperparameters.make("mlp_gan", {})
    assert domains.identity(digits(one)) == {} and digits(one).second is None


@pytest.mark.parametrize("hparams,same", [(CYCLE, False), (PAIRS, True)])
def test_only_pairs_are_drawn_together(hparams, same):
    dataset = digits(hparams, "edges")
    batch = Batches(dataset, hparams)(1, 3)
    for phase in hparams.phase_inputs():
        images, partners = batch[phase + "/images"], batch[phase + "/images_b"]
        made = datasets.scaled(domains.edges(np.rint((images + 1) * 127.5).astype(np.uint8)))
        assert np.array_equal(made, partners) == same


def test_pairs_stay_pairs_when_they_are_augmented():
    marks = datasets.load("digits", (8, 8, 3))
    dataset = marks._replace(second=marks)
    unpaired = hyperparameters.make("cycle_gan", {"image_format": "8x8x3", "batch_size": 4})
    for hparams, same in ((PAIRS, True), (unpaired, False)):
        batch = Batches(dataset, hparams, transforms=("rotate", "distort"))(1, 1)
        phase = list(hparams.phase_inputs())[0]
        assert np.array_equal(batch[phase + "/images"], batch[phase + "/images_b"]) == same


def test_the_smaller_domain_bounds_batches_and_samples():
    first = datasets.load("digits", (8, 8))
    dataset = first._replace(second=first._replace(images=first.images[:10]))
    batches = Batches(dataset, CYCLE)
    assert batches.steps_per_epoch == 1797 // 4
    assert batches.common_count == 10
    assert batches.first_images("images", 16).shape == (10, 8, 8)
    rows = [batches(1, step)["generators/images_b"] for step in (1, 2, 3)]
    assert len({row.tobytes() for batch in rows for row in batch[:4]}) >= 8
    large = hyperparameters.make("cycle_gan", {"image_format": "8x8", "batch_size": 11})
    assert refusal(Batches, dataset, large) == (
        "--batch_size=11: expected at most 10 images (digits, the second domain)")


@pytest.mark.parametrize("model,named,expected", [
    ("vae", {"name": "mnist"}, "--dataset_b=mnist: expected none with a model of one domain"),
    ("vae", {"data_dir": "x"}, "--data_dir_b=x: expected none with a model of one domain"),
    ("cycle_gan", {"data_dir": "x"}, "--data_dir_b: expected none with --dataset_b=negative, which "
     "is made from --dataset, received 'x'"),
    ("cycle_gan", {"name": "digits", "data_dir": "x"}, "--data_dir_b: expected none with "
     "--dataset_b=digits, which scikit-learn brings along, received 'x'"),
    ("multimodal_gan", {"name": "digits"}, "--dataset_b=digits: expected negative, edges, "
     "edges_of_painted, or folder or npz with --dataset of the same, since the model takes pairs, "
     "received --dataset=digits")])
def test_what_is_no_second_domain_is_refused(model, named, expected):
    assert refusal(digits, hyperparameters.make(model, {}), **named) == expected


def test_folders_are_paired_by_name(tmp_path):
    names = ["x/one.png", "x/two.png", "y/three.png"]
    first = folder(tmp_path / "a", names)
    second = folder(tmp_path / "b", names, 255)
    dataset = datasets.load("folder", PAIRS.image_shape, first)
    pairs = domains.with_second(dataset, PAIRS, "folder", second)
    assert pairs.names == pairs.second.names == ("x/one", "x/two", "y/three")
    assert (np.asarray(pairs.second.images) == 255).all()
    os.rename(os.path.join(second, "x/two.png"), os.path.join(second, "x/deux.png"))
    assert refusal(domains.with_second, dataset, PAIRS, "folder", second) == (
        "--data_dir_b={}: expected a partner of the same name for each image of --data_dir, "
        "received none for x/deux".format(second))
    unpaired = domains.with_second(dataset, hyperparameters.make(
        "cycle_gan", {"image_format": "8x8x3"}), "folder", second)
    assert len(unpaired.second.images) == 3
    assert refusal(domains.with_second, dataset, PAIRS, "folder", None) == (
        "--data_dir_b: expected a folder with a sub-folder of images for each class "
        "(--dataset_b=folder), received nothing")
