"""Tests of groundwork.run.metrics_logger."""

import types

import numpy as np
import pytest

from groundwork.errors import Diverged
from groundwork.run.metrics_logger import MetricsLogger
from groundwork.run.run_config import RunConfig


@pytest.fixture(name="run")
def fixture_run(tmp_path):
    for name in ("checkpoints", "events"):
        (tmp_path / name).mkdir()
    return types.SimpleNamespace(
        metrics=str(tmp_path / "metrics.csv"), checkpoints=str(tmp_path / "checkpoints"),
        events=str(tmp_path / "events"))


def make(run, first_step=1, log_every=10, train_steps=35):
    run_config = RunConfig(seed=1, dtype="float32", train_steps=train_steps, log_every=log_every,
                sample_every=500, checkpoint_every=100, summary_every=500)
    return MetricsLogger(run, run_config, first_step)


def losses(step):
    return {"generator": {"generator": np.float32(step + 0.5)},
            "discriminator": {"discriminator": np.float64(-step), "discriminator/real": 0.1}}


def rows(run):
    with open(run.metrics, encoding="utf-8") as file:
        return file.read().splitlines()


def test_step_1_and_multiples_are_logged_and_nothing_else(run):
    logger = make(run)
    logged = [step for step in range(1, 36) if logger.record(step, losses(step)) is not None]
    logger.close()
    assert logged == [1, 10, 20, 30]
    assert rows(run) == [
        "step,generator,discriminator,discriminator/real",
        "1,1.5,-1.0,0.1", "10,10.5,-10.0,0.1", "20,20.5,-20.0,0.1", "30,30.5,-30.0,0.1"]


def test_logged_losses_are_flat_python_numbers(run):
    metrics_logger = make(run)
    flat = metrics_logger.record(1, losses(1))
    metrics_logger.close()
    assert flat == {"generator": 1.5, "discriminator": -1.0, "discriminator/real": 0.1}
    assert all(type(value) is float for value in flat.values())


def test_interval_of_one_logs_every_step(run):
    metrics_logger = make(run, log_every=1)
    assert all(metrics_logger.record(step, losses(step)) for step in range(1, 5))
    metrics_logger.close()
    assert [row.split(",")[0] for row in rows(run)] == ["step", "1", "2", "3", "4"]


def test_rows_are_on_disk_after_a_flush(run):
    metrics_logger = make(run)
    metrics_logger.record(1, losses(1))
    metrics_logger.flush()
    assert len(rows(run)) == 2
    metrics_logger.close()


@pytest.mark.parametrize("checkpoint", [15, 19])
def test_a_resumed_run_drops_the_rows_after_its_checkpoint(run, checkpoint):
    first = make(run)
    for step in range(1, 31):
        first.record(step, losses(step))
    first.close()
    resumed = make(run, first_step=checkpoint + 1)
    for step in range(checkpoint + 1, 21):
        resumed.record(step, {"generator": {"generator": 0.25},
                              "discriminator": losses(step)["discriminator"]})
    resumed.close()
    assert rows(run)[1:] == ["1,1.5,-1.0,0.1", "10,10.5,-10.0,0.1", "20,0.25,-20.0,0.1"]


def test_nothing_is_written_before_the_first_step(run, tmp_path):
    metrics_logger = make(run)
    metrics_logger.flush()
    metrics_logger.close()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["checkpoints", "events"]


@pytest.mark.parametrize("value,shown", [
    (float("nan"), "nan"), (np.float32("inf"), "inf"), (np.float64("-inf"), "-inf")])
def test_a_loss_that_is_not_finite_stops_even_between_logged_steps(run, value, shown):
    metrics_logger = make(run)
    metrics_logger.record(1, losses(1))
    with pytest.raises(Diverged) as caught:
        metrics_logger.record(7, {"generator": {"generator": 1.0},
                           "discriminator": {"discriminator": 1.0, "discriminator/real": value}})
    metrics_logger.close()
    assert str(caught.value) == (
        "step 7, phase discriminator: loss/discriminator/real is {}; expected a finite loss, "
        "stopped; nothing is kept yet, no checkpoint was written".format(shown))
    assert [row.split(",")[0] for row in rows(run)] == ["step", "1"]


def test_progress_shows_the_first_and_the_last_step(run, capsys):
    metrics_logger = make(run, train_steps=3)
    for step in range(1, 4):
        metrics_logger.record(step, losses(step))
    metrics_logger.close()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  generator")[0] for line in lines] == ["step      1/3", "step      3/3"]
    assert lines[0].endswith("generator 1.5000  discriminator -1.0000  discriminator/real 0.1000")


def test_samples_that_are_not_finite_stop_the_run(run):
    metrics_logger = make(run)
    images = np.zeros((4, 28, 28), np.float32)
    metrics_logger.check_images(5, "samples", images)
    images[3, 2, 1] = np.nan
    with pytest.raises(Diverged) as caught:
        metrics_logger.check_images(5, "samples", images)
    assert str(caught.value) == ("step 5: samples are not finite; expected finite images, stopped; "
                                 "nothing is kept yet, no checkpoint was written")


def test_variables_that_are_not_finite_stop_the_run(run):
    metrics_logger = make(run)
    values = {"a/kernel": np.ones((2, 2), np.float32), "a/bias": np.zeros(2, np.float32)}
    metrics_logger.check_variables(5, values)
    values["a/bias"][1] = np.inf
    with pytest.raises(Diverged) as caught:
        metrics_logger.check_variables(5, values)
    assert str(caught.value) == ("step 5: a/bias is not finite; expected finite weights, stopped; "
                                 "nothing is kept yet, no checkpoint was written")


def test_the_newest_checkpoint_is_told_when_a_run_stops(run, tmp_path):
    metrics_logger = make(run)
    for name in ("ckpt-90.index", "ckpt-100.index", "ckpt-110.data-00000-of-00001"):
        (tmp_path / "checkpoints" / name).write_bytes(b"")
    with pytest.raises(Diverged, match="stopped; the checkpoint of step 100 is kept$"):
        metrics_logger.check_images(115, "samples", np.array([np.nan]))
