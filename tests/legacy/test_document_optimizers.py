"""legacy.document_optimizers against the documents' formulas in NumPy."""

from legacy import optimizers  # before TensorFlow: sets how it is found
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import optimizers as settings

STEPS = 100


def adam_d0(theta, gradients, learning_rate, beta1, beta2, epsilon):
    """D0 §3.1."""
    m, v = 0.0, 0.0
    for g in gradients:
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g ** 2
        theta = theta - learning_rate * m / (np.sqrt(v) + epsilon)
    return {"theta": theta, "m": m, "v": v}


def adam_d3(theta, gradients, learning_rate, beta1, beta2):
    """D3 §3.1.2."""
    m, v = 0.0, 0.0
    for t, g in enumerate(gradients, 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g ** 2
        theta = theta - learning_rate * m / (1 - beta1 ** t)
    return {"theta": theta, "m": m, "v": v}


def rmsprop_d3(theta, gradients, learning_rate, decay, epsilon):
    """D3 §3.1.3."""
    v = 0.0
    for g in gradients:
        v = decay * v + (1 - decay) * g ** 2
        theta = theta - learning_rate * g / (np.sqrt(v) + epsilon)
    return {"theta": theta, "v": v}


CASES = [
    (adam_d0, settings.AdamD0(0.01, beta1=0.5, beta2=0.9, epsilon=1e-3)),
    (adam_d3, settings.AdamD3(0.01, beta1=0.8, beta2=0.9)),
    (rmsprop_d3, settings.RmsPropD3(0.01, decay=0.7, epsilon=1e-3)),
]


def state_after(numbers, gradients):
    with tf.Graph().as_default():
        theta = tf.get_variable(
            "theta", initializer=np.ones(gradients.shape[1]), use_resource=True)
        fed = tf.placeholder(tf.float64, theta.shape)
        optimizer = optimizers.make(numbers, np.float64(numbers.learning_rate), "float64")
        train_op = optimizer.apply_gradients([(fed, theta)])
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for gradient in gradients:
                session.run(train_op, {fed: gradient})
            slots = {name: optimizer.get_slot(theta, name) for name in optimizer.get_slot_names()}
            return session.run(dict(slots, theta=theta))


@pytest.mark.parametrize("formula,numbers", CASES, ids=lambda value: getattr(
    value, "__name__", "numbers"))
def test_rule_is_the_documents_formula(formula, numbers):
    random = np.random.RandomState(0)
    gradients = random.standard_normal((STEPS, 50)) * 10.0 ** random.uniform(-4, 1, (STEPS, 50))
    found = state_after(numbers, gradients)
    expected = formula(np.ones(50), gradients, **vars(numbers))
    assert sorted(found) == sorted(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-11, err_msg=name)
