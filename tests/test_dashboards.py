"""What TensorBoard shows of a run, read back from the event files of both wings."""

import contextlib
import io
import os
import re
import shutil

from google.protobuf import text_format
import numpy as np
from PIL import Image
import pytest
from tensorboard.backend.event_processing import plugin_event_accumulator
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.plugins.projector import projector_config_pb2
from tensorboard.util import tensor_util
import tensorflow as tf

from groundwork import hyperparameters
from groundwork.data import datasets
from groundwork.data.batches import Batches
from groundwork.run import grids
from tests import binaries
from tests.binaries import WINGS
from tests.runs.files import CHECKPOINT, checkpoint

MODELS = ("mlp_gan", "vae")
STEPS = 12
FLAGS = ["--parity_mode", "--batch_size=16", "--log_every=4", "--sample_every=8",
         "--checkpoint_every=5", "--summary_every=5"]
SUMMARIES = [5, 10, 12]
SCALARS = {
    "mlp_gan": {
        "loss/generator", "loss/discriminator", "loss/discriminator/real",
        "loss/discriminator/generated", "optimizer/gradient_norm/generator",
        "optimizer/gradient_norm/discriminator", "optimizer/learning_rate/generator",
        "optimizer/learning_rate/discriminator", "output/real",
        "output/generated", "steps_per_second"},
    "vae": {"loss/vae", "loss/vae/reconstruction", "loss/vae/divergence",
            "optimizer/gradient_norm/vae", "optimizer/learning_rate/vae", "steps_per_second"},
}
IMAGES = {"mlp_gan": {"samples/image"}, "vae": {"samples/image", "reconstructions/image"}}


class Shown(object):
    """What TensorBoard loads of one run; the values as arrays."""

    def __init__(self, run_dir):
        self._events = plugin_event_accumulator.EventAccumulator(
            os.path.join(run_dir, "events"), size_guidance={"tensors": 0})
        self._events.Reload()

    def tags(self, plugin):
        try:
            return set(self._events.PluginTagToContent(plugin))
        except KeyError:
            return set()

    def content(self, plugin, tag):
        return self._events.PluginTagToContent(plugin)[tag]

    def steps(self, tag):
        return [event.step for event in self._events.Tensors(tag)]

    def values(self, tag):
        return [tensor_util.make_ndarray(event.tensor_proto)
                for event in self._events.Tensors(tag)]

    def picture(self, tag):
        """The last picture's pixels."""
        with Image.open(io.BytesIO(self.values(tag)[-1][2])) as image:
            return np.asarray(image)


@contextlib.contextmanager
def parity_mode_undone():
    """Puts back what `--parity_mode` sets for the whole process."""
    environment = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(environment)
        if "modern" in WINGS:
            tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})


def train(wing, model, run_dir):
    with parity_mode_undone():
        assert binaries.train(wing, run_dir, "--model=" + model,
                              "--train_steps={}".format(STEPS), *FLAGS) == 0


@pytest.fixture(name="runs", scope="module")
def fixture_runs(tmp_path_factory):
    """`{(wing, model): run directory}`."""
    runs = {(wing, model): str(tmp_path_factory.mktemp(wing + model) / "run")
            for wing in WINGS for model in MODELS}
    for (wing, model), run_dir in runs.items():
        train(wing, model, run_dir)
    return runs


@pytest.fixture(name="shown", scope="module")
def fixture_shown(runs):
    """`{(wing, model): Shown}`."""
    return {key: Shown(run_dir) for key, run_dir in runs.items()}


def weights(wing, run_dir, names, step=STEPS):
    """`{name: array}` of a checkpoint."""
    reader = tf.train.load_checkpoint(checkpoint(wing, run_dir, step))
    stored = reader.get_variable_to_shape_map()
    suffix = "/.ATTRIBUTES/VARIABLE_VALUE" if wing == "modern" else ""
    return {name: reader.get_tensor(next(
        key for key in stored if key.replace(".S", "/") == name + suffix)) for name in names}


EVERY_RUN = pytest.mark.parametrize(
    "wing,model", [(wing, model) for wing in WINGS for model in MODELS])


@EVERY_RUN
def test_tags(wing, model, shown, document_shapes):
    run = shown[wing, model]
    assert run.tags("scalars") == SCALARS[model]
    assert run.tags("images") == IMAGES[model]
    assert run.tags("histograms") == {"weights/" + name for name in document_shapes[model]}
    assert run.tags("text") == {"flags"}
    assert run.tags("hparams") == {"_hparams_/session_start_info"}


@EVERY_RUN
def test_steps(wing, model, shown):
    run = shown[wing, model]
    for tag in run.tags("scalars"):
        expected = [1, 4, 8, 12] if tag.startswith("loss/") else SUMMARIES
        assert run.steps(tag) == expected, tag
    for tag in run.tags("histograms") | run.tags("images") - {"samples/image"}:
        assert run.steps(tag) == SUMMARIES, tag
    assert run.steps("samples/image") == [8, 12]
    assert run.steps("flags") == [1]


@pytest.mark.skipif(len(WINGS) < 2, reason="Keras 3 needs a later Python")
@pytest.mark.parametrize("model", MODELS)
def test_both_wings_show_the_same_bits(model, shown):
    legacy, modern = [shown[wing, model] for wing in WINGS]
    for tag in SCALARS[model] - {"steps_per_second"}:
        ours, theirs = [[float(value) for value in run.values(tag)] for run in (legacy, modern)]
        assert ours == theirs, tag
    for tag in IMAGES[model]:
        assert np.array_equal(legacy.picture(tag), modern.picture(tag)), tag
    for tag in legacy.tags("histograms"):
        for ours, theirs in zip(legacy.values(tag), modern.values(tag)):
            # TensorBoard drops empty buckets at the ends of TensorFlow 1's histograms, and reads
            # them as float32.
            filled = np.flatnonzero(theirs[:, 2])
            theirs = theirs[filled[0]:filled[-1] + 1]
            assert np.array_equal(ours[:, 2], theirs[:, 2]), tag
            if len(filled) > 1:
                np.testing.assert_allclose(ours[:, :2], theirs[:, :2], rtol=1e-6, atol=1e-9)


@EVERY_RUN
def test_histograms_count_the_weights_of_the_checkpoint(wing, model, shown, runs, document_shapes):
    stored = weights(wing, runs[wing, model], document_shapes[model])
    for name, shape in document_shapes[model].items():
        last = shown[wing, model].values("weights/" + name)[-1]
        assert last[:, 2].sum() == np.prod(shape)
        if stored[name].size > 1:
            assert last[0, 0] == stored[name].min()
            assert last[-1, 1] == stored[name].max()
            inside = (stored[name] >= last[-1, 0]) & (stored[name] <= last[-1, 1])
            assert last[-1, 2] == inside.sum()


def forward(x, layers, slope):
    """Inputs and pre-activations of each dense layer; the last has no activation."""
    passed = []
    for kernel, bias in layers:
        pre = x @ kernel + bias
        passed.append((x, pre))
        x = np.where(pre > 0, pre, slope * pre)
    return passed


def backward(delta, passed, layers, slope):
    """Gradients of each kernel and bias, and of the input, from that of the last pre-activation."""
    gradients = []
    for (x, _), (kernel, _), before in zip(
            passed[::-1], layers[::-1], passed[-2::-1] + [None]):
        gradients += [x.T @ delta, delta.sum(axis=0)]
        delta = delta @ kernel.T
        if before is not None:
            delta = delta * np.where(before[1] > 0, 1.0, slope)
    return gradients, delta


def norm(gradients):
    return np.sqrt(sum(np.square(gradient).sum() for gradient in gradients))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("wing", WINGS)
def test_gradient_norms_and_outputs_are_those_of_numpy(wing, shown, runs, document_shapes, digits):
    """Of the state after the last step, with the batch of the step after."""
    stored = weights(wing, runs[wing, "mlp_gan"], document_shapes["mlp_gan"])
    networks = {name: [tuple(stored["{}/{}/{}".format(name, layer, leaf)].astype(np.float64)
                             for leaf in ("kernel", "bias"))
                       for layer in ("hidden1", "hidden2", "hidden3", "output")]
                for name in ("generator", "discriminator")}
    hparams = hyperparameters.make("mlp_gan", {"batch_size": 16})
    batch = Batches(digits, hparams, "float64")(1, STEPS + 1)
    made = forward(batch["joint/noise"], networks["generator"], 0.2)
    real = forward(batch["joint/images"].reshape(16, 784), networks["discriminator"], 0.2)
    generated = forward(made[-1][1], networks["discriminator"], 0.2)
    real_output, generated_output = sigmoid(real[-1][1]), sigmoid(generated[-1][1])

    of_real, _ = backward((real_output - 1) / 16, real, networks["discriminator"], 0.2)
    of_generated, _ = backward(generated_output / 16, generated, networks["discriminator"], 0.2)
    _, delta = backward((generated_output - 1) / 16, generated, networks["discriminator"], 0.2)
    of_generator, _ = backward(delta, made, networks["generator"], 0.2)
    expected = {
        "optimizer/gradient_norm/generator": norm(of_generator),
        "optimizer/gradient_norm/discriminator": norm(
            [a + b for a, b in zip(of_real, of_generated)]),
        "output/real": real_output.mean(),
        "output/generated": generated_output.mean(),
        "optimizer/learning_rate/generator": 2e-4,
        "optimizer/learning_rate/discriminator": 2e-4}
    for tag, value in expected.items():
        assert float(shown[wing, "mlp_gan"].values(tag)[-1]) == pytest.approx(value, rel=1e-5), tag


@pytest.mark.parametrize("wing", WINGS)
def test_reconstructions_stand_under_their_originals(wing, shown, digits):
    pixels = shown[wing, "vae"].picture("reconstructions/image")
    originals = grids.tile(datasets.scaled(digits.images)[:32], columns=8)
    assert pixels.shape == (8 * 30 - 2, 8 * 30 - 2)
    for row in range(4):
        top = 60 * row
        assert np.array_equal(pixels[top:top + 28], originals[30 * row:30 * row + 28])
        assert not np.array_equal(pixels[top + 30:top + 58], pixels[top:top + 28])


@EVERY_RUN
def test_flags_are_a_table(wing, model, shown, runs):
    text, = shown[wing, model].values("flags")
    lines = text.item().decode("utf-8").splitlines()
    section = {"mlp_gan": "D3 §4.1", "vae": "D3 §4.2"}[model]
    assert lines[:4] == ["| flag | value |", "|---|---|", "| document | {} |".format(section),
                         "| variant | corrected |"]
    assert {"| `model` | {} |".format(model), "| `batch_size` | 16 |", "| `train_steps` | 12 |",
            "| `run_dir` | {} |".format(runs[wing, model]), "| `seed` | 1 |"} <= set(lines)


def session(run):
    return plugin_data_pb2.HParamsPluginData.FromString(
        run.content("hparams", "_hparams_/session_start_info")).session_start_info


def shown_hparams(run):
    return {name: getattr(value, value.WhichOneof("kind"))
            for name, value in session(run).hparams.items()}


@EVERY_RUN
def test_a_run_is_called_by_its_wing_and_model(wing, model, shown):
    assert re.fullmatch("{} {} [0-9a-f]{{8}}".format(wing, model), session(
        shown[wing, model]).group_name)


@EVERY_RUN
def test_hyper_parameters_are_the_identity_of_the_run(wing, model, shown):
    found = shown_hparams(shown[wing, model])
    own = hyperparameters.to_dict(hyperparameters.make(model, {"batch_size": 16}))
    own = {name: "none" if value in (None, "") else value for name, value in own.items()}
    assert found == dict(own, wing=wing, dataset="digits", augment="none", seed=1, dtype="float32",
                         stock_optimizers=False, parity_mode=True, warm_start="none",
                         warm_start_scopes="none")


@pytest.mark.parametrize("wing", WINGS)
def test_projector_shows_the_means_of_z(wing, runs, document_shapes, digits):
    folder = os.path.join(runs[wing, "vae"], "events")
    with open(os.path.join(folder, "projector_config.pbtxt")) as file:
        embedding, = text_format.Parse(
            file.read(), projector_config_pb2.ProjectorConfig()).embeddings
    assert list(embedding.sprite.single_image_dim) == [28, 28]

    stored = weights(wing, runs[wing, "vae"], document_shapes["vae"])
    layers = [tuple(stored["encoder/{}/{}".format(layer, leaf)] for leaf in ("kernel", "bias"))
              for layer in ("hidden1", "hidden2", "z_mean")]
    expected = forward(datasets.scaled(digits.images)[:1000].reshape(-1, 784), layers, 0.0)[-1][1]
    codes = np.loadtxt(os.path.join(folder, embedding.tensor_path), delimiter="\t")
    np.testing.assert_allclose(codes, expected, rtol=0, atol=1e-4)
    labels = np.loadtxt(os.path.join(folder, embedding.metadata_path), dtype=int)
    assert np.array_equal(labels, digits.labels[:1000])
    with Image.open(os.path.join(folder, embedding.sprite.image_path)) as image:
        images = datasets.scaled(digits.images)[:1000]
        assert np.array_equal(np.asarray(image), grids.tile(images, separator=0))
        assert image.size == (32 * 28, 32 * 28)


@pytest.mark.parametrize("wing", WINGS)
def test_a_run_without_codes_has_no_projector(wing, runs):
    names = os.listdir(os.path.join(runs[wing, "mlp_gan"], "events"))
    assert all("tfevents" in name for name in names)


@pytest.fixture(name="resumed", scope="module")
def fixture_resumed(runs, tmp_path_factory):
    """`{wing: Shown}` of VAE runs that lost what came after step 5, and went on from there."""
    folders = {}
    for wing in WINGS:
        folders[wing] = str(tmp_path_factory.mktemp("resumed_" + wing) / "run")
        shutil.copytree(runs[wing, "vae"], folders[wing])
        checkpoints = os.path.join(folders[wing], "checkpoints")
        for name in os.listdir(checkpoints):
            if re.match(re.escape(CHECKPOINT[wing]).replace(r"\{\}", "(10|12)"), name):
                os.remove(os.path.join(checkpoints, name))
        train(wing, "vae", folders[wing])
    return {wing: Shown(folder) for wing, folder in folders.items()}


@pytest.mark.parametrize("wing", WINGS)
def test_a_resumed_run_shows_every_point_once(wing, resumed, shown):
    expected = shown[wing, "vae"]
    for tag in SCALARS["vae"] - {"steps_per_second"}:
        assert resumed[wing].steps(tag) == expected.steps(tag), tag
        assert resumed[wing].values(tag) == expected.values(tag), tag
    for tag in expected.tags("histograms") | {"reconstructions/image", "steps_per_second"}:
        assert resumed[wing].steps(tag) == SUMMARIES, tag
    assert resumed[wing].steps("flags") == [1, 6]
