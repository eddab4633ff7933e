"""Tests that the wing's optimisers keep as many variables a weight as `groundwork` counts."""

import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork import optimizers
from legacy import training
from legacy.models import dense_gan


@pytest.mark.parametrize("name", optimizers.OPTIMIZERS)
def test_slots_are_those_that_are_counted(name):
    with tf.Graph().as_default():
        hparams = hyperparameters.make("dense_gan", {"optimizer": name})
        training.make_phases(dense_gan.program(hparams, "float32"))
        weights = {variable.op.name for variable in tf.trainable_variables()}
        slots = [variable for variable in tf.global_variables()
                 if variable.op.name not in weights and variable.shape.rank == 2]
        matrices = [variable for variable in tf.trainable_variables() if variable.shape.rank == 2]
    assert len(slots) == hparams.optimizer.slots * len(matrices)
