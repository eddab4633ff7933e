"""Runs of both wings, trained by the binaries, and a TensorBoard that shows them."""

import os
import subprocess

import pytest

from tests.tensorboard.server import Server

TRAINED = [(wing, model) for wing in ("legacy", "modern") for model in ("mlp_gan", "vae")]
# Ten steps: the legacy wing traces the tenth. Parity mode compiles nothing, which takes longer.
FLAGS = ["--train_steps=10", "--log_every=1", "--sample_every=5", "--summary_every=5",
         "--parity_mode"]


@pytest.fixture(scope="session")
def log_directory(repository, forked_python, shared_folder):
    """Folder with the short runs `<wing>/<model>`, which train side by side."""
    def train(path):
        processes = [subprocess.Popen(
            [forked_python, "-m", wing + ".train", "--model=" + model,
             "--run_dir={}".format(os.path.join(path, wing, model))] + FLAGS,
            cwd=repository, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            for wing, model in TRAINED]
        errors = [process.communicate()[1].decode() for process in processes]
        assert [process.returncode for process in processes] == [0] * len(TRAINED), "".join(errors)
    return shared_folder("tensorboard", train)


@pytest.fixture(scope="session")
def server(log_directory):
    """A TensorBoard that has read all of the log directory."""
    return Server(log_directory)
