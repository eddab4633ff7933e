"""The models in PyTorch take the steps of `modern`; where PyTorch is installed."""

import importlib

import numpy as np
import pytest
import tensorflow as tf

from benchmarks.speed import settings
from groundwork import hyperparameters
from groundwork.data.batches import of_digits
from modern import training

torch = pytest.importorskip("torch")
STEPS = 3


def in_torch(batch):
    """A batch of the wings' as PyTorch's steps take it."""
    from benchmarks.speed import torch_steps
    phases = {}
    for key, values in batch.items():
        phase, name = key.rsplit("/", 1)
        if name != "mask_seed":
            tensor = torch.tensor(values)
            phases.setdefault(phase, {})[name] = (
                torch_steps.arranged(tensor) if name == "images" else tensor)
    return phases


@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("model", ["mlp_gan", "vae", "bgd_gan", "dense_gan", "wgan", "dcgan"])
def test_losses_are_those_of_modern(model, compiled):
    from benchmarks.speed import torch_steps
    # PyTorch draws other masks.
    hparams = hyperparameters.make(model, dict(batch_size=8, **(
        {"dropout": 0.0} if model == "dcgan" else {})))
    program = importlib.import_module("modern.models." + model).program(hparams, "float32")
    training.initialize(program.model, 1)
    steps = torch_steps.Steps(hyperparameters.to_dict(hparams), compiled)
    batches = of_digits(hparams)
    for step in range(1, STEPS + 1):
        batch = batches(1, step)
        expected = training.run_step(
            program, {key: tf.constant(values) for key, values in batch.items()})
        found = {}
        for (phase, network), loss in steps(in_torch(batch)).items():
            found[phase.split("/")[0], network] = loss  # the last one of several
        assert found == {
            (phase, name): pytest.approx(float(np.asarray(loss)), rel=1e-4)
            for phase, losses in expected.items() for name, loss in losses.items()
            if "/" not in name}
    assert settings.of(model, 8)["inputs"] == hparams.batch_inputs()
