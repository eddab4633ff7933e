"""Which models, at which batch sizes, `modern.train` compiles by XLA."""

import importlib

import pytest

from groundwork import hyperparameters


@pytest.mark.parametrize("model,flags,compiled", [
    ("vae", {}, True), ("mlp_gan", {}, True), ("dense_gan", {}, True), ("wgan", {}, True),
    ("wgan", {"networks": "dcgan"}, False), ("dcgan", {}, False), ("recurrent_gan", {}, False),
    ("bgd_gan", {}, False), ("bgd_gan", {"batch_size": 64}, True),
    ("bgd_gan", {"variant": "as_written"}, True)])
def test_models_are_compiled_where_that_is_faster(model, flags, compiled):
    program = importlib.import_module("modern.models." + model).program
    assert program(hyperparameters.make(model, flags), "float32").jit_compile is compiled
