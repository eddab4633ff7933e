"""`train --parity_mode` ends at the same bits in both wings: what people train is what is verified.

The reference of a verification is a capture of `legacy.train --parity_mode` itself.
"""

import os
import subprocess

import tensorflow as tf

_STEPS = 20
_PREFIX = {"legacy": "model.ckpt-", "modern": "ckpt-"}


def _trained(wing, python, repository, run_dir):
    """Checkpoint reader of a finished run of a training binary."""
    subprocess.run(
        [python, "-m", wing + ".train", "--model=mlp_gan", "--parity_mode",
         "--batch_size=16", f"--train_steps={_STEPS}", f"--run_dir={run_dir}"],
        cwd=repository, check=True, capture_output=True)
    return tf.train.load_checkpoint(
        os.path.join(run_dir, "checkpoints", f"{_PREFIX[wing]}{_STEPS}"))


def test_both_wings_end_at_the_same_weights(
        repository, forked_python, tmp_path, document_shapes):
    legacy, modern = (_trained(wing, forked_python, repository, str(tmp_path / wing))
                      for wing in _PREFIX)
    for name, shape in document_shapes["mlp_gan"].items():
        expected = legacy.get_tensor(name)
        value = modern.get_tensor(name.replace("/", ".S") + "/.ATTRIBUTES/VARIABLE_VALUE")
        assert expected.shape == shape
        assert value.tobytes() == expected.tobytes(), name
