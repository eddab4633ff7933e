"""The command: rows, estimate, bad input, and a short form of all that it does."""

import json
import sys

import pytest

from benchmarks import output_overhead
from benchmarks import run
from benchmarks.speed import costs
from benchmarks.speed import processes
from benchmarks.speed import race
from benchmarks.speed import rows
from benchmarks.speed.rows import Row
from groundwork import models
from parity import command_line


def test_all_rows_are_those_of_every_model():
    chosen = rows.chosen("all")
    assert list(dict.fromkeys(row.model for row in chosen)) == list(models.MODELS)
    assert [row.batch_size for row in chosen if row.model == "mlp_gan"] == [32, 128, 512]
    assert Row("recurrent_gan", 32, (("hidden_units", 400),)) in chosen
    assert Row("bgd_gan", None) in chosen and Row("dcgan", 128) not in chosen


@pytest.mark.parametrize("model, absent", [
    ("mlp_gan", []), ("info_gan", ["torch_eager", "torch_compile", "limit"]),
    ("cycle_gan", ["keras_fit", "torch_eager", "torch_compile", "limit"])])
def test_who_takes_part(model, absent):
    assert Row("mlp_gan", 512).kinds(with_torch=True) == ["legacy", "modern"]
    kinds = Row(model, 32).kinds(with_torch=True)
    assert kinds == [kind for kind in rows.NAMES if kind not in absent]
    assert Row(model, 32).kinds(with_torch=False) == [
        kind for kind in kinds if kind not in rows.TORCH]


@pytest.mark.parametrize("argument, expected", [
    ("--model=vae,gan", "argument --model: expected all, or names of "),
    ("--json=.", "--json=.: expected a file in a folder that can be written, received a folder"),
    ("--plot=absent/a.png", "--plot=absent/a.png: expected a file in a folder"),
    ("--torch_python=absent", "--torch_python=absent: expected a Python interpreter, received")])
def test_bad_input_is_one_line(argument, expected, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["run", argument])
    assert command_line.run("benchmarks.run", run.main) == 64
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert err.startswith("benchmarks.run: " + expected)


def fake(monkeypatch, failure=""):
    """Measures nothing; the rounds of each row."""
    asked = []

    def race_of(kinds, start, length):
        asked.append((tuple(kinds), length))
        return [race.Result(kind, (2.0,), 5.0, 600.0, failure) for kind in kinds]

    monkeypatch.setattr(race, "race", race_of)
    monkeypatch.setattr(processes, "has_torch", lambda python: False)
    monkeypatch.setattr(costs, "measure", lambda repeats, progress: repeats and {
        "modern.train --help": [processes.Whole(0.5, 40.0)] * repeats})
    monkeypatch.setattr(output_overhead, "measure", lambda wing, model, batch_size, repeats: [
        output_overhead.Turn(1.0, 1.5, 1.5, 1.5)] * repeats)
    return asked


def test_time_is_announced_and_progress_and_tables_are_printed(monkeypatch, capsys):
    asked = fake(monkeypatch)
    assert run.main(["--model=mlp_gan"]) == 0
    out, err = capsys.readouterr()
    assert err.splitlines()[:2] == [
        "3 rows, about 5 minutes",
        "1/3 mlp_gan, batch 32: legacy 2.000, modern 2.000, Keras fit 2.000, machine's limit "
        "2.000, inputs alone 2.000 ms a step"]
    assert "PyTorch is not installed" in out and "modern.train --help" in out
    assert "with / without" in out
    assert asked == [(("legacy", "modern", "keras_fit", "limit", "inputs"), race.FULL)] * 2 + [
        (("legacy", "modern"), race.FULL)]


def test_whole_commands_are_those_of_mlp_gan(monkeypatch, capsys):
    fake(monkeypatch)
    assert run.main(["--model=vae"]) == 0
    assert "--help" not in capsys.readouterr().out


def test_a_contestant_that_failed_is_a_failure_of_the_command(monkeypatch, capsys):
    fake(monkeypatch, failure="no compiler")
    assert run.main(["--model=vae"]) == 70
    assert "failed: no compiler" in capsys.readouterr().out


def test_a_command_that_failed_loses_no_steps(monkeypatch, capsys):
    fake(monkeypatch)

    def fail(repeats, progress):
        raise processes.Failed("no room")

    monkeypatch.setattr(costs, "measure", fail)
    with pytest.raises(processes.Failed):
        run.main(["--model=mlp_gan"])
    assert "mlp_gan, batch 128" in capsys.readouterr().out


def test_commands_are_run_in_turn_each_time_in_a_new_folder():
    ran = []

    def whole(command, what):
        assert command[0] == sys.executable
        ran.append((what, tuple(command[1:])))
        return processes.Whole(1.0, 40.0)

    found = costs.measure(2, lambda line: None, whole)
    assert all(len(wholes) == 2 for wholes in found.values())
    assert [what for what, _ in ran] == 2 * list(found)
    first, second = dict(ran[:len(found)]), dict(ran[len(found):])
    trained = "modern.train, one step of mlp_gan"
    assert first[trained][:-1] == second[trained][:-1]
    assert first[trained][-1] != second[trained][-1]  # --run_dir


def check_short(model, repository, monkeypatch, capsys, folder):
    monkeypatch.chdir(repository)
    assert run.main([f"--model={model}", "--short", f"--json={folder / 'speed.json'}",
                     f"--plot={folder / 'speed.png'}"]) == 0
    read = json.loads((folder / "speed.json").read_text())
    assert (folder / "speed.png").stat().st_size > 1000
    out = capsys.readouterr().out
    for row in read["steps"]:
        assert f"{row['model']}, batch {row['batch_size'] or 'full'}" in out
        for result in row["contestants"]:
            assert not result["failure"] and result["milliseconds"][0] > 0
    return read


def test_the_short_form_of_one_row(repository, forked_python, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(sys, "executable", forked_python)
    monkeypatch.setattr(rows, "DENSE_SIZES", (32,))
    read = check_short("dense_gan", repository, monkeypatch, capsys, tmp_path)
    assert [row["batch_size"] for row in read["steps"]] == [32]
    assert not read["commands"]


@pytest.mark.slow
def test_the_short_form_of_all_models(repository, monkeypatch, capsys, tmp_path):
    read = check_short("all", repository, monkeypatch, capsys, tmp_path)
    assert len(read["commands"]) == 13
    assert [len(turns) for turns in read["written"].values()] == [5, 5]
