"""Tests that a disk that fails at any write costs a run nothing: it resumes to the same bytes."""

import builtins
import errno
import io
import os
import types

import numpy as np
import pytest

from groundwork import hyperparameters
from groundwork.data.batches import Batches
from groundwork.errors import WriteError
from groundwork.run import checkpoint_files
from groundwork.run import training_loop
from groundwork.run.directory import RunDirectory
from groundwork.run.files import write_whole
from groundwork.run.run_config import RunConfig
from groundwork.start import Start

RUN_CONFIG = RunConfig(seed=5, dtype="float32", train_steps=4, log_every=1, sample_every=4,
                       checkpoint_every=1, summary_every=4, animate=True)


class Disk:
    """Counts what changes the disk; the n-th fails, and of a write the first half is done."""

    def __init__(self, patch, error):
        self.count, self.fails_at, self._error = 0, None, error
        for name in ("open", "fsync", "replace", "mkdir", "ftruncate", "pwrite", "remove"):
            patch.setattr(os, name, self._counted(getattr(os, name)))
        patch.setattr(os, "fdopen", lambda descriptor, unused_mode: io.BufferedWriter(
            _Raw(descriptor, "wb", self)))
        self._open = builtins.open
        patch.setattr(builtins, "open", self._text)

    def check(self):
        self.count += 1
        if self.count == self.fails_at:
            raise OSError(self._error, os.strerror(self._error))

    def _counted(self, call):
        def counted(*arguments, **options):
            self.check()
            return call(*arguments, **options)
        return counted

    def _text(self, path, mode="r", **options):
        if mode != "a":
            return self._open(path, mode, **options)
        self.check()
        return io.TextIOWrapper(io.BufferedWriter(_Raw(path, mode, self)), **options)


class _Raw(io.FileIO):
    def __init__(self, file, mode, disk):
        super().__init__(file, mode)
        self._disk = disk

    def write(self, data):
        try:
            self._disk.check()
        except OSError:
            super().write(bytes(data)[:len(data) // 2])
            raise
        return super().write(data)


class Trainer:
    """Sums the noise of its batches; a checkpoint is the data, then the index that holds a sum."""

    def __init__(self):
        self.sum = 0.0
        self.probe = types.SimpleNamespace(
            weights=lambda: {}, scalars=lambda batch: {}, display_outputs=lambda *unused: {})

    def restore(self, folder):
        for step, path in reversed(list(checkpoint_files.steps(folder).items())):
            with open(path + ".index") as file:
                self.sum = float(file.read())
            assert os.path.exists(path + ".data-00000-of-00001")
            return step
        return 0

    def initialize(self, seed, values):
        self.sum = float(seed)

    def open_events(self, folder, first_step):
        def nothing(*unused):
            return None

        return types.SimpleNamespace(
            graph=nothing, text=nothing, hparams=nothing, losses=nothing, image=nothing,
            scalars=nothing, histogram=nothing, flush=nothing, close=nothing)

    def graph_def(self):
        return None

    def steps(self, batch_of, step, stop):
        self.sum += float(batch_of(step + 1)["vae/epsilon"].sum())
        yield {"vae": {"vae": self.sum}}

    def sample(self, batch):
        return np.full((4, 2, 2), np.tanh(self.sum))

    def variables(self):
        return {"sum": np.array(self.sum)}

    def save(self, folder, step):
        path = os.path.join(folder, "ckpt-{}".format(step))
        write_whole(path + ".data-00000-of-00001", b"x")
        write_whole(path + ".index", repr(self.sum).encode())
        checkpoint_files.keep_newest(folder)


@pytest.fixture(name="train", scope="module")
def fixture_train(digits):
    """Function of a folder that does what a binary does."""
    hparams = hyperparameters.make("vae", {"batch_size": 4})
    batches = Batches(digits, hparams)
    identity = dict(hyperparameters.to_dict(hparams), wing="modern")

    def train(path):
        with RunDirectory.open(path, identity, {}) as run:
            run.clear_done()
            step = training_loop.train(Trainer(), Start(run, hparams, batches, RUN_CONFIG))
            run.mark_done(step)
    return train


def tree(path):
    """`{name: bytes}` of all files but the lock, which holds a process."""
    return {os.path.relpath(os.path.join(folder, name), path):
            open(os.path.join(folder, name), "rb").read()
            for folder, _, names in os.walk(path) for name in names if name != ".lock"}


@pytest.mark.parametrize("error", [
    errno.ENOSPC] + [pytest.param(error, marks=pytest.mark.slow)
                     for error in (errno.EDQUOT, errno.EIO, errno.EROFS)])
def test_a_run_whose_nth_write_fails_resumes_to_the_same_bytes(
        train, tmp_path, monkeypatch, capsys, error):
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # no power is cut here
    train(str(tmp_path / "whole"))
    expected = tree(str(tmp_path / "whole"))
    assert {"DONE", "metrics.csv", "samples/animation.gif", "checkpoints/ckpt-2.index",
            "checkpoints/ckpt-4.index"} <= set(expected)
    failed = 0
    while True:
        path = str(tmp_path / str(failed))
        with pytest.MonkeyPatch.context() as patch:
            disk = Disk(patch, error)
            disk.fails_at = failed + 1
            try:
                train(path)
            except WriteError as caught:
                assert path in str(caught)
                assert str(caught).endswith(": cannot be written: " + os.strerror(error))
        if disk.count <= failed:
            break
        train(path)
        assert tree(path) == expected, failed
        failed += 1
    assert failed > 60
