"""A TensorFlow 1 program with a race, for tests/parity/test_faults.py."""

import tensorflow.compat.v1 as tf

from legacy.models import mlp_gan


def program(hparams, dtype):
    """D3's GAN that clips a bias in one assignment and scales it in another, in no order."""
    whole = mlp_gan.program(hparams, dtype)
    bias = whole.phases[0].updates[1].variables[1]

    def after():
        return [tf.assign(bias, tf.clip_by_value(bias, -0.01, 0.01)), tf.assign(bias, bias * 0.5)]

    return whole._replace(phases=[whole.phases[0]._replace(after=after)])
