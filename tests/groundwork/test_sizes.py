"""Tests of groundwork.sizes: what does not fit into memory is refused before anything is made."""

from absl.testing import flagsaver
import pytest

from groundwork import flags
from groundwork import hyperparameters
from groundwork import sampling
from groundwork import sizes
from groundwork import start
from groundwork.data import memory
from groundwork.errors import UsageError
from groundwork.run.directory import RunDirectory


@pytest.fixture(name="free")
def fixture_free(monkeypatch):
    """Function that says how many bytes are free."""
    return lambda count: monkeypatch.setattr(memory, "free_bytes", lambda: count)


def refusal(function, *arguments):
    with pytest.raises(UsageError) as caught:
        function(*arguments)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message


def make(model, **values):
    return hyperparameters.make(model, values)


def parse(define, **values):
    define()
    flags.FLAGS(["program"] + ["--{}={}".format(*pair) for pair in values.items()])


@pytest.mark.parametrize("count,words", [
    (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1999, "1.9 kB"), (8 * 10 ** 9, "8.0 GB"),
    (3 * 10 ** 27, "3000.0 YB"), (10 ** 28, "more than 10000 YB"),
    (10 ** 400, "more than 10000 YB")])
def test_bytes_are_told_in_words(count, words):
    assert sizes.size(count) == words


def test_free_memory_is_known_here():
    assert 10 ** 7 < memory.free_bytes() < 10 ** 15


def test_the_smallest_limit_holds(tmp_path, monkeypatch):
    meminfo, limit = tmp_path / "meminfo", tmp_path / "memory.max"
    meminfo.write_text("MemTotal: 9 kB\nMemAvailable:  7 kB\n")
    monkeypatch.setattr(memory, "_MEMINFO", str(meminfo))
    monkeypatch.setattr(memory, "_CONTAINER_LIMITS", (str(limit), str(tmp_path / "none")))
    assert memory.free_bytes() == 7168
    for text, expected in [("max\n", 7168), ("5000\n", 5000), ("9223372036854771712\n", 7168)]:
        limit.write_text(text)
        assert memory.free_bytes() == expected


# Numbers of a batch, and of 2 + slots (+ 1) copies of the weights that the noise is fed to.
@pytest.mark.parametrize("model,values,rows,numbers", [
    ("mlp_gan", {}, 64, 64 * (100 + 784) + 4 * 128 * 100),
    ("mlp_gan", {"phases": "alternating", "accumulate_steps": 3, "ema_decay": 0.5}, 64,
     3 * 64 * (200 + 784) + 5 * 128 * 100),
    ("vae", {"latent_size": 7, "optimizer": "sgd"}, 10, 10 * (784 + 7) + 2 * 192 * 7),
    ("wgan", {"gradient_penalty": 1.0}, 8,
     8 * (5 * (100 + 784 + 1) + 100) + 4 * 128 * 100),
    ("dcgan", {}, 2, 2 * (100 + 64 * 64 * 3) + 4 * 8192 * 100),
    ("dense_gan", {"noise_size": 3}, 1, 3 + 1 + 2 * 20 * 3),
    ("info_gan", {}, 4, 4 * (62 + 10 + 2 + 784) + 4 * 128 * (62 + 10 + 2)),
    ("conditional_gan", {"class_count": 5}, 4, 4 * (100 + 5 + 784 + 5) + 4 * 128 * (100 + 5)),
    ("cycle_gan", {"filters": 6, "residual_blocks": 2, "pool_size": 7}, 3,
     3 * (2 * 2 * 784 + 4 * 7) + 4 * 2 * 2 * 2 * 9 * 24 * 24 + 2 * 7 * 784),
    ("cycle_gan", {"filters": 6, "translator": "unet"}, 3,
     3 * (2 * 2 * 784 + 4 * 50) + 4 * 2 * 16 * 12 * 24 + 2 * 50 * 784)])
def test_what_a_step_needs_at_least(free, model, values, rows, numbers):
    hparams = make(model, **values)
    for dtype, itemsize in (("float32", 4), ("float64", 8)):
        free(itemsize * numbers)
        sizes.refuse_training(hparams, rows, dtype)
        free(itemsize * numbers - 1)
        assert "received at least " + sizes.size(itemsize * numbers) in refusal(
            sizes.refuse_training, hparams, rows, dtype)


def test_what_samples_need_at_least(free):
    hparams = make("mlp_gan", noise_size=10)
    needed = 4 * (6 * (784 + 10) + 1280) + 6 * 784 * 9
    free(needed)
    sizes.refuse_sampling(hparams, 2, 3, 3, "float32")
    free(needed - 1)
    assert refusal(sizes.refuse_sampling, hparams, 2, 3, 3, "float32") == (
        "--count=2 --interpolate=3 --noise_size=10 --scale=3: expected samples within the 66.5 kB "
        "of memory that are free, received at least 66.5 kB")


def test_unknown_memory_refuses_nothing(free):
    free(None)
    sizes.refuse_training(make("vae", latent_size=10 ** 30), 64, "float32")


@pytest.mark.parametrize("model", ["mlp_gan", "vae", "bgd_gan", "dense_gan", "wgan"])
def test_weights_of_the_noise_are_those_of_the_documents(model, document_shapes):
    hparams = make(model)
    width = getattr(hparams, "noise_size", None) or hparams.latent_size
    kernels = [shape for name, shape in document_shapes[model].items() if name.endswith("kernel")]
    fed = [shape[0] * shape[1] for shape in kernels if width in shape]
    assert sum(fed) == hparams.weights_per_noise * width


HUGE = 10 ** 15


@pytest.mark.parametrize("values", [
    {"model": "mlp_gan", "noise_size": HUGE}, {"model": "vae", "latent_size": HUGE},
    {"model": "vae", "accumulate_steps": HUGE}, {"model": "wgan", "n_critic": HUGE},
    {"model": "dcgan", "noise_size": 10 ** 4000},
    {"model": "bgd_gan", "batch_size": "full", "accumulate_steps": HUGE}])
def test_training_is_refused_before_its_directory_is_made(tmp_path, values):
    with flagsaver.flagsaver():
        parse(flags.define_training_flags, run_dir=tmp_path / "run", **values)
        message = refusal(start.training, "legacy", None)
    assert ": expected a training step within the " in message
    assert all("--{}=".format(name) in message for name in values if name != "model")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("values", [
    {"count": HUGE}, {"scale": 10 ** 7}, {"interpolate": HUGE}, {"count": 10 ** 4000}])
def test_sampling_is_refused_before_any_noise_is_drawn(tmp_path, values):
    identity = dict(hyperparameters.to_dict(make("vae")), wing="legacy", seed=1, dtype="float32",
                    stock_optimizers=False)
    RunDirectory.open(str(tmp_path), identity, {}).close()
    with flagsaver.flagsaver():
        parse(flags.define_sampling_flags, run_dir=tmp_path, output=tmp_path / "a.png", **values)
        assert ": expected samples within the " in refusal(sampling.from_flags, "legacy")
