"""What is verified is what people train with: `train --parity_mode` ends where the trace ends."""

import os
import subprocess
import sys

import pytest
import tensorflow as tf

from parity import recording
from parity.cases import CASES

_STEPS = 20
_CASE = CASES["mlp_gan-corrected"]


@pytest.fixture(scope="module")
def traces(repository, tmp_path_factory):
    """`{wing: arrays}` of the recorded runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(repository)
        plan = recording.Plan([_CASE], ("float32",), steps=_STEPS, seed=1)
        folder = str(tmp_path_factory.mktemp("traces"))
        pair = next(iter(list(recording.record_pairs(plan, folder, lambda line: None))))
        return {"legacy": pair.legacy[1], "modern": pair.modern[1]}


def _train(wing, repository, run_dir):
    """Checkpoint reader of a finished run of a training binary."""
    subprocess.run(
        [sys.executable, "-m", wing + ".train", "--model=mlp_gan", "--parity_mode",
         f"--batch_size={_CASE.values['batch_size']}", f"--train_steps={_STEPS}",
         f"--run_dir={run_dir}"], cwd=repository, check=True, capture_output=True)
    prefix = {"legacy": "model.ckpt-", "modern": "ckpt-"}[wing]
    return tf.train.load_checkpoint(os.path.join(run_dir, "checkpoints", f"{prefix}{_STEPS}"))


@pytest.mark.parametrize("wing", ["legacy", "modern"])
def test_training_ends_at_the_trace(wing, repository, traces, tmp_path):
    reader = _train(wing, repository, str(tmp_path / "run"))
    for network in ("generator", "discriminator"):
        for leaf in ("kernel", "bias"):
            name = f"{network}/hidden1/{leaf}"
            stored = name if wing == "legacy" else (
                name.replace("/", ".S") + "/.ATTRIBUTES/VARIABLE_VALUE")
            assert (reader.get_tensor(stored).tobytes()
                    == traces[wing][f"state/{_STEPS}/{name}"].tobytes())
