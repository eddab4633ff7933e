"""Tests of benchmarks.sine_quality."""

import sys

import numpy as np
import pytest

from benchmarks import sine_quality
from groundwork.data import sine_waves
from parity import command_line
from tests.binaries import train


def test_the_fit_finds_frequency_and_amplitude():
    times = np.arange(1, 31) / 30
    waves = np.stack([0.5 * np.sin(2 * np.pi * 3.0 * times + 1.0),
                      0.2 * np.sin(2 * np.pi * 7.5 * times)])
    frequencies, amplitudes, rest = sine_quality.fitted(waves)
    np.testing.assert_allclose(frequencies, [3.0, 7.5], atol=0.011)
    np.testing.assert_allclose(amplitudes, [0.5, 0.2], atol=1e-3)
    assert (rest < 1e-3).all()


def test_shares_count_sine_waves_and_what_is_in_the_band():
    noise = np.random.RandomState(0).uniform(-1, 1, (50, 30))
    fast = 0.5 * np.sin(2 * np.pi * 8.0 * np.arange(1, 31) / 30)[None]
    real = sine_quality.shares(sine_waves.draw(1, 50)[:, :, 0])
    assert (real["sine waves"], real["in the band"], real["both"]) == (1, 1, 1)
    assert sine_quality.shares(noise)["sine waves"] < 0.1
    found = sine_quality.shares(fast)
    assert (found["sine waves"], found["in the band"], found["both"]) == (1, 0, 0)


@pytest.mark.parametrize("arguments,status", [
    (["--model=recurrent_gan", "--sequence=sines", "--batch_size=4"], 0), (["--model=vae"], 64)])
def test_a_run_is_measured_or_refused(arguments, status, tmp_path, monkeypatch, capsys):
    run_dir = str(tmp_path / "run")
    assert train("legacy", run_dir, "--train_steps=1", *arguments) == 0
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", ["sine_quality", "--run_dir=" + run_dir, "--count=10"])
    assert command_line.run("benchmarks.sine_quality", sine_quality.main) == status
    out, err = capsys.readouterr()
    if status:
        assert (out, err) == ("", "benchmarks.sine_quality: --run_dir={}: expected a run of "
                                  "--sequence=sines, received another one\n".format(run_dir))
    else:
        assert [line.split(":")[0] for line in out.splitlines()] == ["data", "generated"]
