"""A command that is run in the process of a test leaves that process as it was."""

import os

import tensorflow as tf

from tests.binaries import train


def _state():
    options = tf.config.optimizer.get_experimental_options()
    return dict(os.environ), options.get("disable_meta_optimizer", False)


def test_parity_mode_ends_with_its_command(tmp_path):
    before = _state()
    assert train("modern", str(tmp_path / "run"), "--model=dense_gan", "--train_steps=1",
                 "--parity_mode") == 0
    assert _state() == before
