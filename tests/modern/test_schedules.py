"""modern.schedules against `tf.train`'s and against the formulas: the same rate at every step."""

from legacy import schedules as legacy_schedules  # before TensorFlow: sets how it is found
import keras
import numpy as np
import pytest
import tensorflow as tf

from groundwork import schedules as settings
from modern import schedules
from modern.precision import precision

pytestmark = pytest.mark.usefixtures("graph_optimizer_off")
tf1 = tf.compat.v1

RATE = 0.02
STEPS = 60
SCHEDULES = {
    "constant": settings.Constant(),
    "linear": settings.Linear(decay_steps=40),
    "exponential": settings.Exponential(decay_steps=7, decay_rate=0.9),
    "step": settings.Step(decay_steps=7, decay_rate=0.3),
}
FORMULAS = {
    "constant": lambda step: RATE,
    "linear": lambda step: RATE * max(0.0, 1.0 - step / 40),
    "exponential": lambda step: RATE * 0.9 ** (step / 7),
    "step": lambda step: RATE * 0.3 ** (step // 7),
}


def tf1_rates(name, dtype):
    config = tf1.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    with tf1.Graph().as_default():
        step = tf1.train.get_or_create_global_step()
        rate = legacy_schedules.make(SCHEDULES[name], np.dtype(dtype).type(RATE))
        rate = tf1.convert_to_tensor(rate)
        with tf1.Session(config=config) as session:
            session.run(tf1.global_variables_initializer())
            rates = []
            for _ in range(STEPS):
                rates.append(session.run(rate))
                session.run(tf1.assign_add(step, 1))
            return np.stack(rates)


def keras_rates(name, dtype, updates=1):
    with precision(dtype):
        rate = schedules.make(SCHEDULES[name], RATE, updates)
    if not callable(rate):
        return np.full(STEPS, rate, dtype)
    return np.stack([rate(tf.constant(step)).numpy() for step in range(STEPS * updates)])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_both_wings_have_the_same_rate_at_every_step(name, dtype):
    ours, reference = keras_rates(name, dtype), tf1_rates(name, dtype)
    assert ours.dtype == reference.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(ours, reference)


@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_follow_the_documents_formulas(name):
    expected = [FORMULAS[name](step) for step in range(STEPS)]
    np.testing.assert_allclose(keras_rates(name, "float64"), expected, rtol=1e-14)


@pytest.mark.parametrize("name", ["linear", "exponential", "step"])
def test_an_optimizer_that_is_applied_often_keeps_its_rate_through_a_step(name):
    rates = keras_rates(name, "float64", updates=5)
    np.testing.assert_array_equal(rates, np.repeat(keras_rates(name, "float64"), 5))


@pytest.mark.parametrize("name", ["linear", "exponential", "step"])
def test_configuration_round_trip(name):
    with precision("float64"):
        schedule = schedules.make(SCHEDULES[name], RATE, 1)
    copy = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(schedule))
    assert type(copy) is type(schedule)
    assert copy.get_config() == schedule.get_config()
    assert copy(tf.constant(13)).dtype == tf.float64
