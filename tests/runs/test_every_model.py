"""Every model and variant trains, resumes, is sampled and warm-starts another run, in each wing."""

import pytest

from tests.binaries import call, train, WINGS
from tests.runs.files import read, result
from tests.support import models

INTERVALS = ["--batch_size=4", "--log_every=1", "--checkpoint_every=2", "--sample_every=2"]
QUICK = "dense_gan-corrected-simultaneous"

EXAMPLES = [pytest.param(example, marks=[] if example.name == QUICK else [pytest.mark.slow],
                         id=example.name) for example in models.ALL.values()]


# A compiled step takes longer to compile than all runs take to train.
@pytest.mark.parametrize("mode", [["--parity_mode"], pytest.param([], marks=pytest.mark.slow)])
@pytest.mark.parametrize("wing", WINGS)
@pytest.mark.parametrize("example", EXAMPLES)
def test_trains_resumes_is_sampled_and_warm_starts(wing, example, mode, tmp_path, capfd):
    run_dir, whole, tuned, grid = [
        str(tmp_path / name) for name in ("run", "whole", "tuned", "grid.png")]
    arguments = example.arguments() + INTERVALS + mode
    for steps in (2, 4):
        assert train(wing, run_dir, "--train_steps={}".format(steps), *arguments) == 0
    assert train(wing, whole, "--train_steps=4", *arguments) == 0
    assert result(wing, run_dir, 4) == result(wing, whole, 4)
    header = read(run_dir, "metrics.csv").decode().splitlines()[0]
    assert header == ",".join(("step",) + example.losses)

    assert call(wing + ".sample", "--run_dir=" + run_dir, "--output=" + grid, "--scale=1") == 0
    if example.hparams(1).image_shape:  # the picture of numbers in training shows real ones, too
        assert read(grid) == read(run_dir, "samples", "step_00000004.png")
    assert train(wing, tuned, "--train_steps=1", "--warm_start=" + run_dir, *arguments) == 0
    assert "warm start: " in capfd.readouterr().out


@pytest.mark.parametrize("wing", WINGS)
@pytest.mark.parametrize("model", sorted({example.model for example in models.ALL.values()}))
def test_a_flag_of_another_model_is_refused(wing, model, tmp_path, capfd):
    foreign = "n_critic" if model != "wgan" else "latent_size"
    assert call(wing + ".train", "--model=" + model, "--run_dir={}".format(tmp_path / "run"),
                "--{}=3".format(foreign)) == 64
    assert "--{}: --model={} does not use it".format(foreign, model) in capfd.readouterr().err
    assert not (tmp_path / "run").exists()
