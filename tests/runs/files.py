"""What lies in a run directory."""

import os
import re
import shutil

import numpy as np

# All that is written lies at multiples of 20 steps, so that one loop of steps is compiled.
VAE = ["--model=vae", "--checkpoint_every=20", "--summary_every=20"]
CHECKPOINT = {"legacy": "model.ckpt-{}", "modern": "ckpt-{}"}


def checkpoint(wing, run_dir, step):
    """Path of a checkpoint, without the endings of its files."""
    return os.path.join(run_dir, "checkpoints", CHECKPOINT[wing].format(step))


def read(*path):
    """The bytes of a file."""
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def result(wing, run_dir, step):
    """What two equal runs have equal: checkpoint, metrics and samples, byte for byte."""
    name = os.path.join("checkpoints", CHECKPOINT[wing].format(step))
    names = [name + ".index", name + ".data-00000-of-00001", "metrics.csv", "DONE",
             "samples/step_{:08d}.png".format(step)]
    return {name: read(run_dir, name) for name in names}


def finite_checkpoints(wing, run_dir):
    """Steps of the checkpoints, after looking at every number in them."""
    import tensorflow as tf

    folder = os.path.join(run_dir, "checkpoints")
    pattern = re.escape(CHECKPOINT[wing]).replace(r"\{\}", r"(\d+)") + r"\.index"
    steps = sorted(int(match.group(1)) for match in
                   (re.match(pattern, name) for name in os.listdir(folder)) if match)
    for step in steps:
        reader = tf.train.load_checkpoint(checkpoint(wing, run_dir, step))
        names = reader.get_variable_to_shape_map()
        values = [np.asarray(reader.get_tensor(name)) for name in names]
        numbers = [each for each in values if np.issubdtype(each.dtype, np.number)]
        assert sum(each.size for each in numbers) > 200000
        assert all(np.isfinite(each).all() for each in numbers)
    return steps


def truncate(path, size):
    """Cuts a file short."""
    assert size < os.path.getsize(path)
    with open(path, "r+b") as file:
        file.truncate(size)


def copy(folder, steps, tmp_path):
    """Path of a copy of the VAE's run of that many steps."""
    return shutil.copytree(str(folder / steps), str(tmp_path / "run"))
