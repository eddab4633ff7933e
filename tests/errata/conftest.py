"""Each test of the ledger has a graph and a session of its own."""

import pytest
import tensorflow.compat.v1 as tf
from tensorflow.python.eager import context  # the only eager scope that TensorFlow 1.15 has


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default():
        with tf.Session() as opened:
            yield opened


@pytest.fixture(name="eager")
def fixture_eager(session):
    with context.eager_mode():
        tf.set_random_seed(1)  # of the document's noise
        yield
