"""What the tests of the ledger do with TensorFlow 1 graphs, in the session that each test has."""

import importlib

from legacy import training  # before TensorFlow: sets how tf.layers is found
import numpy as np
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters


def program_of(model, **flags):
    """(program of `legacy.models.<model>`, its phases), with weights drawn from seed 1."""
    kind = importlib.import_module("legacy.models." + model)
    program = kind.program(hyperparameters.make(model, flags), "float32")
    phases = training.make_phases(program)
    training.initialize(tf.get_default_session(), 1)
    return program, phases


def run(fetches, feed_dict=None):
    """The values of some tensors."""
    return tf.get_default_session().run(fetches, feed_dict)


def normal(*shape):
    """Standard normal numbers, the same for each shape."""
    return np.random.RandomState(0).standard_normal(shape).astype(np.float32)


def softplus(x):
    """log(1 + exp(x))."""
    return np.logaddexp(0.0, x)


def sigmoid(x):
    """1 / (1 + exp(-x))."""
    return 1 / (1 + np.exp(-x))


def shapes(variables):
    """Their shapes, as tuples."""
    return [tuple(variable.shape.as_list()) for variable in variables]


def signs(losses, tensor):
    """Signs of two losses' derivatives by `tensor`, whose elements are alike."""
    gradients = run(tf.gradients(losses[0], tensor) + tf.gradients(losses[1], tensor))
    return [np.unique(np.sign(gradient)).tolist() for gradient in gradients]
