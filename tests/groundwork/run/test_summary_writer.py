"""Tests of groundwork.run.summary_writer."""

import types

import numpy as np
import pytest

from groundwork import hyperparameters
from groundwork.data import datasets
from groundwork.data.batches import Batches
from groundwork.errors import Diverged
from groundwork.run import projector
from groundwork.run.directory import RunDirectory
from groundwork.run.metrics_logger import MetricsLogger
from groundwork.run.summary_writer import SummaryWriter
from groundwork.run.run_config import RunConfig

WEIGHTS = {"a/kernel": np.arange(6.0).reshape(2, 3), "a/bias": np.zeros(3)}


class Recorded:
    """An `EventWriter` that keeps what it is told: `[(step, kind, tag, value)]`."""

    def __init__(self):
        self.written = []

    def scalars(self, step, values):
        self.written += [(step, "scalar", tag, value) for tag, value in values.items()]

    def __getattr__(self, kind):
        def write(step, *rest):
            tag, value = rest if len(rest) == 2 else (None, rest[0])
            self.written.append((step, kind, tag, value))
        return write

    def of(self, kind):
        return [(step, tag, value) for step, written, tag, value in self.written
                if written == kind]


class Probe:
    """Shows what it is given; a batch by its first number."""

    def __init__(self, display_outputs=None):
        self.weights_now = dict(WEIGHTS)
        self.given = display_outputs or {}

    def scalars(self, batch):
        return {"batch": float(batch["vae/epsilon"][0, 0])}

    def weights(self):
        return self.weights_now

    def display_outputs(self, names, batch):
        return {name: self.given[name](batch) for name in names if name in self.given}


@pytest.fixture(name="make")
def fixture_make(tmp_path, digits):
    hparams = hyperparameters.make("vae", {"batch_size": 4})
    batches = Batches(digits, hparams)
    identity = dict(hyperparameters.to_dict(hparams), wing="legacy")
    runs = []

    def make(probe, first_step=1, seconds=(0.0,) * 9):
        run_config = RunConfig(seed=5, dtype="float32", train_steps=20, log_every=10,
                               sample_every=100, checkpoint_every=100, summary_every=10)
        runs.append(RunDirectory.open(str(tmp_path / "run"), identity, {"document": "D3"}))
        events = Recorded()
        ticks = iter(seconds)
        summary_writer = SummaryWriter(
            runs[0], run_config, batches, MetricsLogger(runs[0], run_config, first_step), events,
            probe, first_step, clock=lambda: next(ticks))
        return types.SimpleNamespace(
            summary_writer=summary_writer, events=events, batches=batches, run=runs[0])
    yield make
    for run in runs:
        run.close()


def test_flags_are_told_at_the_first_step(make):
    events = make(Probe(), first_step=7).events
    (step, tag, text), = events.of("text")
    assert (step, tag) == (7, "flags")
    assert "| document | D3 |" in text and "| `batch_size` | 4 |" in text
    (step, _, values), = events.of("hparams")
    assert step == 7
    assert (values["wing"], values["batch_size"], values["beta1"]) == ("legacy", 4, 0.9)


def test_a_run_that_is_done_tells_nothing(make):
    assert make(Probe(), first_step=21).events.written == []


def test_a_state_is_seen_with_the_batch_of_the_next_step(make):
    made = make(Probe(), seconds=(0.0, 4.0))
    made.summary_writer.write(10)
    expected = float(made.batches(5, 11)["vae/epsilon"][0, 0])
    assert (10, "batch", expected) in made.events.of("scalar")


def test_histograms_of_every_weight_by_its_name(make):
    made = make(Probe(), seconds=(0.0, 4.0))
    made.summary_writer.write(10)
    found = {tag: (step, value.counts.sum(), value.edges[0], value.edges[-1])
             for step, tag, value in made.events.of("histogram")}
    assert found == {
        "weights/a/kernel": (10, 6, 0.0, 5.0), "weights/a/bias": (10, 3, -0.5, 0.5)}


def test_speed_is_of_the_steps_since_the_last_summary(make):
    made = make(Probe(), first_step=5, seconds=(100.0, 103.0, 108.0))
    made.summary_writer.write(10)
    made.summary_writer.write(20)
    assert [(step, value) for step, tag, value in made.events.of("scalar")
            if tag == "steps_per_second"] == [(10, 2.0), (20, 2.0)]


def test_weights_that_are_not_finite_stop_the_run_before_anything_is_written(make):
    probe = Probe()
    made = make(probe)
    probe.weights_now["a/bias"] = np.array([0.0, np.nan, 0.0])
    before = list(made.events.written)
    with pytest.raises(Diverged) as caught:
        made.summary_writer.write(10)
    assert str(caught.value) == ("step 10: a/bias is not finite; expected finite weights, stopped; "
                                 "nothing is kept yet, no checkpoint was written")
    assert made.events.written == before


def test_reconstructions_stand_under_the_data_sets_first_images(make, digits):
    made = make(Probe({"reconstructions": lambda batch:
                          -batch["vae/images"].reshape(-1, 28, 28)}), seconds=(0.0, 4.0))
    made.summary_writer.write(10)
    (step, name, grid), = made.events.of("image")
    assert (step, name, grid.shape) == (10, "reconstructions", (8 * 30 - 2, 8 * 30 - 2))
    pixels = np.rint((datasets.scaled(digits.images)[:32].astype(np.float64) + 1) * 127.5)
    for index in range(32):
        top, left = index // 8 * 60, index % 8 * 30
        assert (grid[top:top + 28, left:left + 28] == pixels[index]).all()
        assert (grid[top + 30:top + 58, left:left + 28] == 255 - pixels[index]).all()


def test_reconstructions_that_are_not_finite_stop_the_run(make):
    made = make(Probe({"reconstructions": lambda batch: np.full((32, 28, 28), np.inf)}))
    with pytest.raises(Diverged, match="^step 10: reconstructions are not finite; "):
        made.summary_writer.write(10)


def test_codes_are_written_at_the_end_of_the_run_only(make, digits):
    made = make(Probe({"codes": lambda batch: batch["vae/images"][:, 300:302]}),
                seconds=(0.0, 4.0, 8.0))
    folder = made.run.events
    made.summary_writer.write(10)
    with pytest.raises(FileNotFoundError):
        open(folder + "/" + projector.CONFIG)
    made.summary_writer.write(20)
    codes = np.loadtxt(folder + "/codes.tsv", dtype=np.float32)
    images = datasets.scaled(digits.images)[:1000]
    assert np.array_equal(codes, images.reshape(-1, 784)[:, 300:302])
    labels = np.loadtxt(folder + "/codes_labels.tsv", dtype=np.int32)
    assert np.array_equal(labels, digits.labels[:1000])
