"""Runs of text write their samples as text, too, and resume as other runs do."""

import pytest

from tests.binaries import call, train, WINGS
from tests.runs.files import read, result

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("wing", WINGS)
def test_a_resumed_run_writes_the_text_of_a_whole_one(wing, tmp_path):
    (tmp_path / "lines.txt").write_bytes("ein Haus\nüber uns\n".encode("utf-8"))
    arguments = ["--model=recurrent_gan", "--sequence=text", "--characters=Haeinrsuüb",
                 "--line_length=8", "--hidden_units=6", "--batch_size=2", "--checkpoint_every=2",
                 "--sample_every=2", "--log_every=1",
                 "--data_dir={}".format(tmp_path / "lines.txt")]
    run_dir, whole = str(tmp_path / "run"), str(tmp_path / "whole")
    for steps in (2, 4):
        assert train(wing, run_dir, "--train_steps={}".format(steps), *arguments) == 0
    assert train(wing, whole, "--train_steps=4", *arguments) == 0
    assert result(wing, run_dir, 4) == result(wing, whole, 4)
    samples = read(run_dir, "samples", "step_00000004.txt")
    assert samples == read(whole, "samples", "step_00000004.txt")
    assert samples.count(b"\n") == 64
    assert set(samples.decode("utf-8")) <= set("Haeinrsuüb \n")

    grid = str(tmp_path / "grid.png")
    assert call(wing + ".sample", "--run_dir=" + run_dir, "--output=" + grid) == 0
    assert read(grid) == read(run_dir, "samples", "step_00000004.png")
    assert read(str(tmp_path / "grid.txt")) == samples


def test_text_that_cannot_be_read_is_refused_before_the_run_is_made(tmp_path, capfd):
    (tmp_path / "lines.txt").write_bytes(b"ABC\n")
    assert train("legacy", str(tmp_path / "run"), "--model=recurrent_gan", "--sequence=text",
                 "--data_dir={}".format(tmp_path / "lines.txt")) == 64
    assert "received 'A' in line 1; all of the file's: --characters=ABC" in capfd.readouterr().err
    assert not (tmp_path / "run").exists()
