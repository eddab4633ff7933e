"""Tests of groundwork.run.checkpoint_steps."""

from groundwork.run import checkpoint_steps


def test_steps_are_those_of_whole_names(tmp_path):
    for name in ("ckpt-20.index", "model.ckpt-7.index", "ckpt-30.data-00000-of-00001",
                 "ckpt-x.index", "my-ckpt-40.index", "ckpt-50.index.bak", "checkpoint"):
        (tmp_path / name).write_bytes(b"")
    assert checkpoint_steps.on_disk(str(tmp_path)) == {7, 20}


def test_no_folder_holds_no_steps(tmp_path):
    assert checkpoint_steps.on_disk(str(tmp_path / "none")) == set()
