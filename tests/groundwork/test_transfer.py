"""Tests of groundwork.transfer."""

import json
import os

import numpy as np
import pytest

from groundwork import transfer
from groundwork.errors import UsageError
from groundwork.run.directory import RunDirectory

NAMES = ["encoder/hidden1/kernel", "encoder/hidden1/bias", "decoder/output/kernel"]
WANTED = {"encoder/hidden1/kernel": [4, 3], "encoder/hidden1/bias": [3],
          "decoder/output/kernel": [3, 4]}
VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"


def refusal(function, *arguments):
    with pytest.raises(UsageError) as caught:
        function(*arguments)
    message = str(caught.value)
    assert "\n" not in message
    return message


def run(path, *checkpoints, **identity):
    """A run directory of vae with empty files for its checkpoints."""
    RunDirectory.open(str(path), dict({"model": "vae"}, **identity), {}).close()
    for name in checkpoints:
        (path / "checkpoints" / (name + ".index")).write_bytes(b"")
    return str(path)


def asked(scopes=""):
    return transfer.WarmStart("runs/a", ("/x/runs/a/checkpoints/ckpt-7",), scopes)


@pytest.mark.parametrize("text,expected", [
    ("", ""), ("encoder", "encoder"), ("b,a", "a,b"), ("a/b,a,a", "a,a/b"), ("a.b-c_1", "a.b-c_1")])
def test_scopes_come_in_one_order_and_once(text, expected):
    assert transfer.parse_scopes(text) == expected


@pytest.mark.parametrize("text", [",", "a,", "/a", "a/", "a//b", "a b", "a, b", "*"])
def test_what_is_no_path_of_whole_parts_is_refused(text):
    with pytest.raises(ValueError):
        transfer.parse_scopes(text)


@pytest.mark.parametrize("scopes,expected", [
    ("", []), ("encoder", [0, 1]), ("enc", []), ("encoder/hidden1/bias", [1]), ("hidden1", []),
    ("decoder/output,encoder/hidden1/kernel", [0, 2]), ("decoder,encoder", [0, 1, 2])])
def test_a_scope_holds_what_begins_with_its_whole_parts(scopes, expected):
    assert [i for i, name in enumerate(NAMES) if transfer.under(name, scopes)] == expected


@pytest.mark.parametrize("path,expected", [
    ("runs/a/model.ckpt-2000", 2000), ("ckpt-0", 0), ("model.ckpt", None), ("ckpt-7/model", None)])
def test_the_step_is_the_end_of_the_name(path, expected):
    assert transfer.step_of(path) == expected


def test_a_scope_that_holds_nothing_is_refused():
    transfer.require("freeze", "decoder,encoder/hidden1", NAMES)
    transfer.require("freeze", "", NAMES)
    assert refusal(transfer.require, "freeze", "decoder,enc", NAMES) == (
        "--freeze=decoder,enc: expected scopes of the model's variables (decoder, encoder, or "
        "below these), received \"enc\", which holds none")


def test_an_update_without_variables_is_refused():
    transfer.require_one_left("encoder", "vae", [1])
    assert refusal(transfer.require_one_left, "encoder,decoder", "vae", []) == (
        "--freeze=encoder,decoder: expected a variable left to the update that follows the loss "
        "\"vae\", received none")


def test_keys_of_both_formats_and_of_tf_slim_name_the_same_variables():
    assert transfer.stored_names(
        ["a/b/weights", "a/b/biases", "a/c/kernel", "weights", "train/a/c/kernel/Adam",
         "a.Sd.Sgamma" + VALUE, "a..b.S.." + VALUE, "_CHECKPOINTABLE_OBJECT_GRAPH"]) == {
             "a/b/kernel": "a/b/weights", "a/b/bias": "a/b/biases", "a/c/kernel": "a/c/kernel",
             "kernel": "weights", "train/a/c/kernel/Adam": "train/a/c/kernel/Adam",
             "a/d/gamma": "a.Sd.Sgamma" + VALUE, "a.b/.": "a..b.S.." + VALUE}


def test_variables_are_matched_by_name():
    stored = {"encoder/hidden1/weights": [4, 3], "decoder.Soutput.Skernel" + VALUE: [3, 4],
              "global_step": [], "train/encoder/hidden1/bias/Adam": [3]}
    assert transfer.match(asked(), WANTED, stored) == transfer.Match(
        {"encoder/hidden1/kernel": "encoder/hidden1/weights",
         "decoder/output/kernel": "decoder.Soutput.Skernel" + VALUE},
        ["encoder/hidden1/bias"], [])


def test_only_what_lies_under_the_scopes_is_matched():
    stored = {"encoder/hidden1/kernel": [9, 9], "decoder/output/kernel": [3, 4]}
    assert transfer.match(asked("decoder"), WANTED, stored) == transfer.Match(
        {"decoder/output/kernel": "decoder/output/kernel"}, [],
        ["encoder/hidden1/bias", "encoder/hidden1/kernel"])


@pytest.mark.parametrize("scopes,stored,expected", [
    ("", {"encoder/hidden1/kernel": [4, 5]},
     "--warm_start=runs/a: expected encoder/hidden1/kernel of shape [4, 3], received [4, 5]"),
    ("output", {"encoder/hidden1/kernel": [4, 3]},
     "--warm_start_scopes=output: expected scopes of the model's variables (decoder, encoder, or "
     "below these), received \"output\", which holds none"),
    ("", {"w": [4, 3], "b": [1]}, "--warm_start=runs/a: expected a checkpoint with variables such "
     "as decoder/output/kernel, received one with others such as b"),
    ("decoder", {"encoder/hidden1/kernel": [4, 3]}, "--warm_start=runs/a: expected a checkpoint "
     "with variables such as decoder/output/kernel, received one with others such as encoder/"
     "hidden1/kernel"),
    ("", {}, "--warm_start=runs/a: expected a checkpoint with variables such as "
     "decoder/output/kernel, received one with none")])
def test_what_does_not_fit_is_refused(scopes, stored, expected):
    assert refusal(transfer.match, asked(scopes), WANTED, stored) == expected


def test_checkpoints_of_a_run_of_either_wing_come_newest_first(tmp_path):
    for names in (["ckpt-7", "ckpt-100", "ckpt-20"], ["model.ckpt-7", "model.ckpt-100"]):
        path = run(tmp_path / names[0], *names)
        found = transfer.warm_start(path, "encoder", "vae")
        assert found.given == path and found.scopes == "encoder"
        assert [os.path.relpath(name, path) for name in found.paths] == [
            "checkpoints/" + name for name in sorted(names, key=transfer.step_of, reverse=True)]
        assert all(os.path.isabs(name) for name in found.paths)


def test_a_prefix_is_one_checkpoint_whatever_wrote_it(tmp_path, monkeypatch):
    (tmp_path / "model.ckpt-2000.index").write_bytes(b"")
    monkeypatch.chdir(str(tmp_path))
    assert transfer.warm_start("model.ckpt-2000", "", "vae") == transfer.WarmStart(
        "model.ckpt-2000", (os.path.realpath("model.ckpt-2000"),), "")


def test_a_resumed_run_keeps_the_checkpoint_it_began_with(tmp_path):
    path = run(tmp_path / "a", "ckpt-300")
    old = os.path.join(os.path.realpath(path), "checkpoints", "ckpt-100")
    for given in (path, path + os.sep, old):
        assert transfer.warm_start(given, "", "vae", old).paths == (old,)
    other = run(tmp_path / "b", "ckpt-5")
    assert transfer.step_of(transfer.warm_start(other, "", "vae", old).paths[0]) == 5


def test_without_a_warm_start_there_is_none():
    assert transfer.warm_start(None, "", "vae") is None
    assert refusal(transfer.warm_start, None, "encoder", "vae") == (
        "--warm_start_scopes=encoder: expected with --warm_start, received without it")


@pytest.mark.parametrize("name,expected", [
    ("none", "expected a run directory, or a checkpoint without its ending such as "
             "model.ckpt-2000, received a path that does not exist"),
    ("file", "expected a run directory, or a checkpoint without its ending such as "
             "model.ckpt-2000, received a file"),
    ("folder", "expected a run directory, or a checkpoint without its ending such as "
               "model.ckpt-2000, received a folder that is no run"),
    ("gan", "expected a run of --model=vae, received one of mlp_gan"),
    ("new", "expected a run with a checkpoint, received one that has written none")])
def test_what_is_no_checkpoint_is_refused(name, expected, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    run(tmp_path / "gan", "ckpt-5", model="mlp_gan")
    run(tmp_path / "new")
    given = str(tmp_path / name)
    assert refusal(transfer.warm_start, given, "", "vae") == (
        "--warm_start={}: {}".format(given, expected))


def test_a_checkpoint_that_cannot_be_read_is_passed_over_unless_it_is_the_last(monkeypatch):
    warnings = []
    monkeypatch.setattr(transfer.logging, "warning",
                        lambda text, *values: warnings.append(text % values))
    two = transfer.WarmStart("runs/a", ("/x/ckpt-7", "/x/ckpt-5"), "")
    transfer.pass_over(two, "/x/ckpt-7", ValueError("torn"))
    assert warnings == ["/x/ckpt-7: not a whole checkpoint (ValueError); trying the one before"]
    assert refusal(transfer.pass_over, two, "/x/ckpt-5", IndexError()) == (
        "--warm_start=runs/a: expected a whole checkpoint, received 2 that cannot be read "
        "(IndexError)")
    assert len(warnings) == 1


def test_what_was_loaded_is_told_in_a_line_a_group_and_recorded():
    weights = transfer.Weights(
        "runs/a", "/x/runs/a/checkpoints/ckpt-7", {"b": np.zeros(2), "a": np.ones(3)},
        ["c", "d"], ["e"])
    assert list(weights.lines()) == ["warm start: 2 variables of runs/a at step 7",
                                     "warm start: not there: c, d",
                                     "warm start: other scopes: e"]
    record = {"checkpoint": "/x/runs/a/checkpoints/ckpt-7", "step": 7, "loaded": ["a", "b"],
              "not_there": ["c", "d"], "other_scopes": ["e"]}
    assert json.loads(json.dumps(weights.record())) == record
    whole = transfer.Weights("m.ckpt", "/x/m.ckpt", {"a": 1}, [], [])
    assert list(whole.lines()) == ["warm start: 1 variables of m.ckpt"]
