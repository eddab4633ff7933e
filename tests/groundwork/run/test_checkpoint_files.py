"""Tests of groundwork.run.checkpoint_files."""

import os

import pytest

from groundwork.errors import WriteError
from groundwork.run import checkpoint_files

PARTS = {"model.ckpt": (".index", ".meta", ".data-00000-of-00001"),
         "ckpt": (".index", ".data-00000-of-00001")}
FOREIGN = ["model.ckpt-abc.index", "ckpt-3.index.bak", "ckpt-.index", "ckpt-007.index",
           "my-ckpt-3.index", "ckpt--3.index", "ckpt-\u0663.index", "ckpt-5.txt", "notes",
           "checkpoint", "ckpt-5.data", "ckpt-5_temp.txt", ".ckpt-5.index", "x" * 255,
           os.fsdecode(b"ckpt-\xff.index")]
TEMPORARY = ["model.ckpt-9.index.tempstate123", "ckpt-9.data-00000-of-00001.tempstate4",
             "model.ckpt-9.meta.tmp" + "0a" * 16, "checkpoint.tmp" + "0a" * 16]


@pytest.fixture(name="folder")
def fixture_folder(tmp_path):
    return str(tmp_path)


@pytest.fixture(name="stem", params=PARTS)
def fixture_stem(request):
    return request.param


def put(folder, *names):
    for name in names:
        with open(os.path.join(folder, name), "wb"):
            pass


def checkpoint(folder, stem, *steps):
    for step in steps:
        put(folder, *("{}-{}{}".format(stem, step, part) for part in PARTS[stem]))


def steps(folder):
    return list(checkpoint_files.steps(folder))


def test_steps_are_numbers_in_order(folder, stem):
    checkpoint(folder, stem, 100, 9, 20)
    put(folder, *FOREIGN)
    assert checkpoint_files.steps(folder) == {
        step: os.path.join(folder, "{}-{}".format(stem, step)) for step in (9, 20, 100)}
    assert steps(folder) == [9, 20, 100]
    assert steps(os.path.join(folder, "none")) == []


def test_a_sweep_leaves_whole_checkpoints_and_foreign_names(folder, stem):
    checkpoint(folder, stem, 20, 40)
    put(folder, *FOREIGN)
    before = sorted(os.listdir(folder))
    put(folder, *TEMPORARY)
    os.mkdir(os.path.join(folder, "ckpt-9_temp"))
    put(folder, "ckpt-9_temp/part-00000-of-00001.index")
    put(folder, *(stem + "-60" + part for part in PARTS[stem][1:]))  # no index: not whole
    checkpoint_files.sweep(folder, 40)
    assert sorted(os.listdir(folder)) == before


def test_a_sweep_keeps_three_up_to_the_step_that_could_be_read(folder, stem):
    checkpoint(folder, stem, 10, 20, 30, 40, 50, 60, 70)
    checkpoint_files.sweep(folder, 50)
    assert steps(folder) == [30, 40, 50]


def test_a_sweep_of_a_run_without_checkpoint_keeps_an_index(folder, stem):
    put(folder, stem + "-20.index", stem + "-40.data-00000-of-00001")
    checkpoint_files.sweep(folder, 0)
    assert os.listdir(folder) == [stem + "-20.index"]


def test_an_index_whose_parts_are_being_merged_is_no_checkpoint(folder, stem):
    checkpoint(folder, stem, 10, 20)
    os.mkdir(os.path.join(folder, stem + "-20_temp"))
    put(folder, stem + "-20_temp/part-00000-of-00001.index")
    assert steps(folder) == [10]
    checkpoint_files.sweep(folder, 10)
    assert sorted(os.listdir(folder)) == sorted(stem + "-10" + part for part in PARTS[stem])


def test_the_newest_three_are_kept(folder, stem):
    checkpoint(folder, stem, 100, 30, 40, 50)
    put(folder, *FOREIGN)
    checkpoint_files.keep_newest(folder)
    assert steps(folder) == [40, 50, 100]
    assert len(os.listdir(folder)) == 3 * len(PARTS[stem]) + len(FOREIGN)


def test_the_index_is_removed_first(folder, stem, monkeypatch):
    checkpoint(folder, stem, 10)
    removed, remove = [], os.remove

    def record(path):
        removed.append(os.path.basename(path))
        remove(path)

    monkeypatch.setattr(os, "remove", record)
    checkpoint_files.remove(os.path.join(folder, stem + "-10"))
    assert removed[0] == stem + "-10.index"
    assert sorted(removed) == sorted(stem + "-10" + part for part in PARTS[stem])


def test_what_cannot_be_removed_is_named(folder, monkeypatch):
    put(folder, TEMPORARY[0])

    def fail(path):
        raise OSError(30, "Read-only file system", path)

    monkeypatch.setattr(os, "remove", fail)
    with pytest.raises(WriteError) as caught:
        checkpoint_files.sweep(folder, 0)
    assert str(caught.value) == "{}: cannot be written: Read-only file system".format(
        os.path.join(folder, TEMPORARY[0]))
