"""Tests of benchmarks.run_digests."""

import json
import sys

import pytest
from tensorboard.compat.proto import graph_pb2

from benchmarks import run_digests
from parity import command_line


def test_files_that_differ_or_that_one_side_lacks_are_named():
    before = {"legacy/a": {"metrics.csv": "1", "gone": "2"}, "legacy/b": {"metrics.csv": "3"}}
    after = {"legacy/a": {"metrics.csv": "4", "new": "5"}, "legacy/c": {"DONE": "6"}}
    assert run_digests.different(before, after) == [
        "legacy/a: gone", "legacy/a: metrics.csv", "legacy/a: new", "legacy/b: metrics.csv",
        "legacy/c: DONE"]
    assert run_digests.different(before, before) == []


def test_of_a_graph_the_seeds_alone_do_not_count():
    def digest(seed, op):
        graph = graph_pb2.GraphDef()
        graph.node.add(name="w/Initializer/seed", op="Const").attr["value"].i = seed
        graph.node.add(name="w/read", op=op)
        return run_digests._without_seeds(graph.SerializeToString())

    assert digest(1, "Identity") == digest(2, "Identity")
    assert digest(1, "Identity") != digest(1, "Relu")


@pytest.fixture(name="one_case")
def _one_case(monkeypatch):
    """One case, "a", whose runs have the digest of the wing's name."""
    case = type("Case", (), {"name": "a"})
    monkeypatch.setattr(run_digests.cases, "CASES", {"a": case})
    monkeypatch.setattr(run_digests, "digests", lambda wing, case: {"metrics.csv": wing})


def test_runs_are_compared_with_those_of_before(one_case, tmp_path, capsys):
    before, after = str(tmp_path / "before.json"), str(tmp_path / "after.json")
    assert run_digests.main(["--output", before]) == 0
    assert capsys.readouterr().out == "2 runs, 2 digests\n"
    assert run_digests.main(["--output", after, "--before", before, "--wing=modern"]) == 0
    assert capsys.readouterr().out == "1 runs, 1 digests\nnothing differs\n"
    with open(before, "w", encoding="utf-8") as file:
        json.dump({"modern/a": {"metrics.csv": "other"}, "legacy/a": {"metrics.csv": "other"}},
                  file)
    assert run_digests.main(["--output", after, "--before", before, "--wing=modern"]) == 1
    assert capsys.readouterr().out == "1 runs, 1 digests\nmodern/a: metrics.csv\n"


@pytest.mark.parametrize("arguments, line", [
    ([], "the following arguments are required: --output"),
    (["--output=o", "--wing=both"], "argument --wing: invalid choice: 'both' "),
    (["--output=o", "--before=gone"], "--before=gone: expected a file of digests: ")])
def test_bad_input_is_one_line(one_case, arguments, line, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["run_digests", *arguments])
    assert command_line.run("benchmarks.run_digests", run_digests.main) == 64
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert err.startswith("benchmarks.run_digests: " + line)
