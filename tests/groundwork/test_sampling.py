"""Tests of groundwork.sampling."""

import os

from absl.testing import flagsaver
import numpy as np
from PIL import Image
import pytest

from groundwork import flags
from groundwork import hyperparameters
from groundwork import sampling
from groundwork.data.batches import sample_batch
from groundwork.errors import UsageError
from groundwork.run.directory import RunDirectory

HPARAMS = hyperparameters.make("mlp_gan", {"batch_size": 32})
IDENTITY = dict(hyperparameters.to_dict(HPARAMS), wing="modern", seed=3, dtype="float64",
                stock_optimizers=True)


class Trainer(object):
    """A trainer that gives what it is told to, and remembers the batch."""

    def __init__(self, images=None, step=7):
        self._images = images
        self._step = step
        self.batch = None

    def restore(self, folder):
        assert os.path.basename(folder) == "checkpoints"
        return self._step

    def sample(self, batch):
        self.batch = batch
        if self._images is not None:
            return self._images
        return np.full((len(batch["sample/noise"]), 28, 28), -1.0, np.float32)


@pytest.fixture(name="ask")
def fixture_ask(tmp_path):
    """Function of flags: the `Sampling` of a run in `tmp_path`."""
    def ask(changes=(), **values):
        path = str(tmp_path / "run")
        RunDirectory.open(path, dict(IDENTITY, **dict(changes)), {}).close()
        return parse(run_dir=path, output=tmp_path / "grid.png", **values)

    with flagsaver.flagsaver():  # removes at its end what was defined inside
        flags.define_sampling_flags()
        yield ask


def parse(**values):
    flags.FLAGS.unparse_flags()
    flags.FLAGS(["program"] + ["--{}={}".format(*pair) for pair in values.items()])
    return sampling.from_flags("modern")


def refusal(function, *arguments, **named):
    with pytest.raises(UsageError) as caught:
        function(*arguments, **named)
    message = str(caught.value)
    assert "\n" not in message
    return message


def assert_equal_batches(ours, expected):
    assert set(ours) == set(expected)
    for name, value in expected.items():
        np.testing.assert_array_equal(ours[name], value)
        assert ours[name].dtype == value.dtype


def test_everything_comes_from_the_run(ask, tmp_path):
    asked = ask()
    assert asked._replace(batch=None) == sampling.Sampling(
        checkpoints=str(tmp_path / "run" / "checkpoints"), hparams=HPARAMS, model="mlp_gan",
        dtype="float64", stock_optimizers=True, batch=None, walk=None, scale=3,
        output=str(tmp_path / "grid.png"))
    assert_equal_batches(asked.batch, sample_batch(HPARAMS, 3, "float64"))
    assert asked.batch["sample/noise"].shape == (64, 100)


def test_count_and_seed_choose_the_noise(ask):
    few = ask(count=5).batch
    assert_equal_batches(few, sample_batch(HPARAMS, 3, "float64", 5))
    # The first images stay what they are, however many are drawn.
    np.testing.assert_array_equal(
        few["sample/noise"], sample_batch(HPARAMS, 3, "float64")["sample/noise"][:5])
    assert_equal_batches(ask(seed=0).batch, sample_batch(HPARAMS, 0, "float64"))


def test_a_walk_passes_the_noises(ask):
    batch = ask(count=3, interpolate=4).batch["sample/noise"]
    assert batch.shape == (12, 100)
    np.testing.assert_allclose(
        batch[::4], sample_batch(HPARAMS, 3, "float64", 3)["sample/noise"], rtol=1e-12)
    assert ask(interpolate=2).batch["sample/noise"].shape == (16, 100)


def test_a_label_is_that_of_all_images_and_a_walk_keeps_its_class(ask):
    conditional = hyperparameters.to_dict(
        hyperparameters.make("conditional_gan", {"class_count": 4}))
    assert (ask(conditional, label=3).batch["sample/classes"].argmax(axis=1) == 3).all()
    walk = ask(conditional, count=2, interpolate=3).batch
    assert walk["sample/noise"].shape == (6, 100)
    assert walk["sample/classes"].argmax(axis=1).tolist() == [0, 0, 0, 1, 1, 1]
    assert refusal(ask, conditional, label=4) == (
        "--label=4: expected a class from 0 to 3, received 4")


def test_a_traversal_varies_one_code_along_each_row(ask):
    info = hyperparameters.to_dict(hyperparameters.make("info_gan", {"class_count": 3}))
    batch = ask(info, traverse=1).batch
    codes = batch["sample/codes"].reshape(3, 8, 2)
    assert (codes[:, :, 0] == 0).all()
    np.testing.assert_allclose(codes[:, :, 1], np.tile(np.linspace(-1, 1, 8), (3, 1)), rtol=1e-12)
    assert (batch["sample/noise"] == batch["sample/noise"][0]).all()
    assert batch["sample/classes"].argmax(axis=1).tolist() == 8 * [0] + 8 * [1] + 8 * [2]
    assert refusal(ask, info, traverse=2) == (
        "--traverse=2: expected a code from 0 to 1, received 2")
    assert refusal(ask, info, traverse=0, interpolate=2) == (
        "--traverse=0: expected no --interpolate too, received 2")


def test_a_traversal_of_a_model_without_codes_is_refused(ask):
    assert refusal(ask, traverse=0) == (
        "--traverse=0: expected a model with codes, received mlp_gan")


def test_a_label_for_a_model_without_classes_is_refused(ask):
    assert refusal(ask, label=0) == (
        "--label=0: expected a model with classes, received mlp_gan")


def test_a_model_of_numbers_has_no_walk(ask):
    numbers = hyperparameters.to_dict(hyperparameters.make("dense_gan", {}))
    assert refusal(ask, numbers, interpolate=2) == (
        "--interpolate=2: expected a model of images, received dense_gan")


def test_a_run_of_the_other_wing_is_refused(ask, tmp_path):
    assert refusal(ask, {"wing": "legacy"}) == (
        "--run_dir={}: expected a run of modern.train, received legacy.train's".format(
            tmp_path / "run"))


def test_what_is_no_run_is_refused(ask, tmp_path):
    assert refusal(parse, run_dir=tmp_path) == (
        "--run_dir={}: expected a run directory, received a folder without config.json".format(
            tmp_path))


@pytest.mark.parametrize("output,expected", [
    ("grid.jpg", "expected a file name that ends in .png"),
    ("missing/grid.png", "expected a file in an existing folder, received one in a folder that "
                         "does not exist")])
def test_an_output_is_refused_before_any_work(ask, tmp_path, output, expected):
    ask()
    assert refusal(parse, run_dir=tmp_path / "run", output=tmp_path / output) == (
        "--output={}: {}".format(tmp_path / output, expected))


@pytest.mark.parametrize("values,side", [({}, 3 * 238), ({"scale": 1}, 238), ({"scale": 2}, 476)])
def test_samples_are_a_grid_large_enough_to_look_at(ask, tmp_path, capsys, values, side):
    sampling.write(ask(**values), Trainer())
    with Image.open(str(tmp_path / "grid.png")) as image:
        assert image.size == (side, side)
        assert image.getpixel((0, 0)) == 0
        assert image.getpixel((28 * side // 238, 0)) == 255
    assert capsys.readouterr().out == "{}: 64 images\n".format(tmp_path / "grid.png")


def test_a_walk_is_a_row_a_noise_and_an_animation(ask, tmp_path, capsys):
    images = np.linspace(-1, 1, 6, dtype=np.float32)[:, None, None] * np.ones((6, 28, 28))
    sampling.write(ask(count=2, interpolate=3, scale=1), Trainer(images))
    with Image.open(str(tmp_path / "grid.png")) as image:
        assert image.size == (3 * 30 - 2, 2 * 30 - 2)
        assert [image.getpixel((30 * i, 30 * j)) for j in range(2) for i in range(3)] == [
            0, 51, 102, 153, 204, 255]
    with Image.open(str(tmp_path / "grid.gif")) as image:
        assert (image.n_frames, image.size, image.info["loop"]) == (6, (28, 28), 0)
        image.seek(5)
        assert image.convert("L").getpixel((0, 0)) == 255
    assert capsys.readouterr().out.splitlines() == [
        "{}: 6 images".format(tmp_path / name) for name in ("grid.png", "grid.gif")]


def test_numbers_are_a_picture_of_their_density(ask, tmp_path, capsys):
    of_numbers = hyperparameters.to_dict(hyperparameters.make("dense_gan", {}))
    sampling.write(ask(of_numbers), Trainer(np.linspace(0, 1, 10)[:, None]))
    with Image.open(str(tmp_path / "grid.png")) as image:
        assert image.size == (600, 400)
    assert capsys.readouterr().out == "{}: 10 numbers\n".format(tmp_path / "grid.png")


def test_text_is_written_as_text_beside_its_picture(ask, tmp_path, capsys):
    of_text = hyperparameters.to_dict(hyperparameters.make(
        "recurrent_gan", {"sequence": "text", "line_length": 3, "characters": "ab"}))
    sequences = np.eye(3)[np.array([[1, 2, 0], [0, 0, 0], [2, 0, 1]])]
    sampling.write(ask(of_text), Trainer(sequences))
    assert (tmp_path / "grid.txt").read_bytes() == b"ab\n\nb a\n"
    with Image.open(str(tmp_path / "grid.png")) as image:
        assert image.size[0] > 50
    assert capsys.readouterr().out == "".join(
        "{}: 3 lines\n".format(tmp_path / name) for name in ("grid.png", "grid.txt"))


def test_curves_are_plotted_and_have_no_walk(ask, tmp_path, capsys):
    of_curves = hyperparameters.to_dict(hyperparameters.make(
        "recurrent_gan", {"sequence": "sines"}))
    sampling.write(ask(of_curves), Trainer(np.zeros((4, 30, 1))))
    with Image.open(str(tmp_path / "grid.png")) as image:
        assert image.size == (200, 150)
    assert capsys.readouterr().out == "{}: 4 curves\n".format(tmp_path / "grid.png")
    assert refusal(parse, run_dir=tmp_path / "run", interpolate=3) == (
        "--interpolate=3: expected a model of images, received recurrent_gan")


def test_a_run_without_checkpoint_is_refused(ask, tmp_path):
    asked = ask()
    assert refusal(sampling.write, asked, Trainer(step=0)) == (
        "{}: expected a checkpoint, received a run that has written none".format(
            asked.checkpoints))
    assert not (tmp_path / "grid.png").exists()


def test_images_that_are_not_finite_are_refused(ask, tmp_path):
    asked = ask()
    images = np.zeros((64, 28, 28), np.float32)
    images[3, 2, 1] = np.inf
    assert refusal(sampling.write, asked, Trainer(images)) == (
        "{}: expected a checkpoint that gives finite images, received one that gives NaN or "
        "infinity".format(asked.checkpoints))
    assert not (tmp_path / "grid.png").exists()


def test_a_picture_that_cannot_be_written_is_refused(ask, tmp_path):
    asked = ask()
    (tmp_path / "grid.png").mkdir()
    assert "grid.png: expected a regular file, received a folder" in refusal(
        sampling.write, asked, Trainer())
