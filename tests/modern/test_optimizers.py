"""modern.optimizers against `tf.train`: the same numbers, bit for bit."""

import functools
import typing

from legacy import optimizers as legacy_optimizers  # before TensorFlow: sets how it is found
import keras
import numpy as np
import pytest
import tensorflow as tf

from groundwork import optimizers as settings
from modern import optimizers
from modern.precision import precision

tf1 = tf.compat.v1

STEPS = 100
SHAPES = {"kernel": (5, 3), "bias": (3,), "filter": (2, 2, 1, 4), "one": (1,)}
RULES = {
    "sgd": settings.GradientDescent(0.05),
    "momentum": settings.Momentum(0.02, momentum=0.9),
    "adam": settings.Adam(2e-4, beta1=0.5),
    "rmsprop": settings.RmsProp(1e-3),
    "rmsprop_momentum": settings.RmsProp(1e-3, decay=0.95, momentum=0.9, epsilon=1e-6),
    "adagrad": settings.Adagrad(0.01, initial_accumulator=0.1),
    "adam_d0": settings.AdamD0(2e-4, beta1=0.5),
    "adam_d3": settings.AdamD3(1e-3),
    "rmsprop_d3": settings.RmsPropD3(1e-3, decay=0.95),
}
# Names of the slots in tf.train, and in ours.
SLOTS = {
    "sgd": {},
    "momentum": {"Momentum": "momentum"},
    "adam": {"Adam": "m", "Adam_1": "v"},
    "rmsprop": {"RMSProp": "rms", "RMSProp_1": "momentum"},
    "rmsprop_momentum": {"RMSProp": "rms", "RMSProp_1": "momentum"},
    "adagrad": {"Adagrad": "accumulator"},
    "adam_d0": {"AdamD0": "m", "AdamD0_1": "v"},
    "adam_d3": {"AdamD3": "m", "AdamD3_1": "v"},
    "rmsprop_d3": {"RmsPropD3": "v"},
}
POWERS = {"beta1_power": "beta_1_power", "beta2_power": "beta_2_power"}
RATES = {
    "constant": lambda rate, step: rate,
    "decaying": lambda rate, step: rate * (1.0 - step / STEPS),
}


class State(typing.NamedTuple):
    """What is left after some steps."""

    variables: dict  # {name: array}
    slots: dict  # {name in tf.train: array}


@pytest.fixture(scope="module", autouse=True)
def graph_optimizer_off():
    """It reorders what the printed rules are made of."""
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    yield
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})


def initial_weights(dtype):
    random = np.random.RandomState(1)
    return {name: random.standard_normal(shape).astype(dtype) for name, shape in SHAPES.items()}


@functools.lru_cache(maxsize=None)
def gradients(dtype, step):
    """Gradients of many magnitudes, some exactly zero."""
    random = np.random.RandomState(100 + step)
    return {name: (random.standard_normal(shape) * 10.0 ** random.uniform(-6, 1, shape)
                   * (random.uniform(size=shape) > 0.1)).astype(dtype)
            for name, shape in SHAPES.items()}


def with_rate(optimizer, rate):
    """A `tf.train` optimiser of `legacy.optimizers` whose learning rate is a tensor."""
    for attribute in ("_learning_rate", "_lr"):
        if hasattr(optimizer, attribute):
            setattr(optimizer, attribute, rate)
    return optimizer


@functools.lru_cache(maxsize=None)
def run_tf1(rule, dtype, schedule, steps=STEPS):
    """The state after `tf.train` has applied the gradients; a changing rate is fed."""
    numbers = RULES[rule]
    config = tf1.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    with tf1.Graph().as_default():
        variables = {name: tf1.get_variable(name, initializer=value, use_resource=True)
                     for name, value in initial_weights(dtype).items()}
        fed = {name: tf1.placeholder(dtype, SHAPES[name]) for name in SHAPES}
        rate = tf1.placeholder(dtype, [])
        optimizer = legacy_optimizers.make(
            numbers, np.dtype(dtype).type(numbers.learning_rate), dtype)
        if schedule != "constant":
            optimizer = with_rate(optimizer, rate)
        train_op = optimizer.apply_gradients([(fed[name], variables[name]) for name in SHAPES])
        with tf1.Session(config=config) as session:
            session.run(tf1.global_variables_initializer())
            for step in range(steps):
                feed_dict = {fed[name]: value for name, value in gradients(dtype, step).items()}
                feed_dict[rate] = RATES[schedule](numbers.learning_rate, step)
                session.run(train_op, feed_dict)
            values = session.run({v.op.name: v for v in tf1.global_variables()})
    return State({name: values.pop(name) for name in SHAPES}, values)


def keras_variables(dtype):
    return {name: keras.Variable(value, dtype=dtype, name=name)
            for name, value in initial_weights(dtype).items()}


def state_of(rule, optimizer, variables):
    by_path = {variable.path.split("/")[-1]: variable.numpy() for variable in optimizer.variables}
    slots = {name + "/" + theirs: by_path[name + "_" + ours]
             for name in variables for theirs, ours in SLOTS[rule].items()}
    slots.update({theirs: by_path[ours] for theirs, ours in POWERS.items() if ours in by_path})
    return State({name: variable.numpy() for name, variable in variables.items()}, slots)


@functools.lru_cache(maxsize=None)
def run_keras(rule, dtype, schedule, compiled=False, stock=False, steps=STEPS):
    """The state after a Keras optimiser has applied the gradients; a changing rate is assigned."""
    numbers = RULES[rule]
    variables = keras_variables(dtype)
    with precision(dtype):
        optimizer = optimizers.make(numbers, numbers.learning_rate, "optimizer", stock)
        optimizer.build(list(variables.values()))
    apply = lambda values: optimizer.apply(values, list(variables.values()))  # noqa: E731
    apply = tf.function(apply) if compiled else apply
    for step in range(steps):
        if schedule != "constant":
            optimizer.learning_rate = RATES[schedule](numbers.learning_rate, step)
        apply([tf.constant(value) for value in gradients(dtype, step).values()])
    if stock:
        return State({name: variable.numpy() for name, variable in variables.items()}, {})
    return state_of(rule, optimizer, variables)


def assert_identical(ours, reference):
    assert sorted(ours) == sorted(reference)
    for name, value in reference.items():
        assert ours[name].dtype == value.dtype, name
        np.testing.assert_array_equal(ours[name], value, err_msg=name, strict=True)


def largest_difference(ours, reference):
    """Largest difference of any weight, relative to the farthest that a weight has moved."""
    start = initial_weights("float64")
    moved = max(np.max(np.abs(value - start[name])) for name, value in reference.items())
    return max(np.max(np.abs(ours[name].astype("float64") - value))
               for name, value in reference.items()) / moved


@pytest.mark.parametrize("dtype,schedule", [
    ("float32", "decaying"), ("float64", "constant"),
    pytest.param("float32", "constant", marks=pytest.mark.slow),
    pytest.param("float64", "decaying", marks=pytest.mark.slow)])
@pytest.mark.parametrize("rule", RULES)
def test_rule_equals_that_of_tf_train_bit_for_bit(rule, dtype, schedule):
    reference = run_tf1(rule, dtype, schedule)
    for compiled in (False, True):
        ours = run_keras(rule, dtype, schedule, compiled)
        assert_identical(ours.variables, reference.variables)
        assert_identical(ours.slots, reference.slots)


def test_every_slot_of_tf_train_is_compared():
    slots = {rule: len(run_tf1(rule, "float32", "constant", steps=1).slots) for rule in RULES}
    assert slots == {"sgd": 0, "momentum": 4, "adam": 10, "rmsprop": 8, "rmsprop_momentum": 8,
                     "adagrad": 4, "adam_d0": 8, "adam_d3": 9, "rmsprop_d3": 4}


@pytest.mark.parametrize("rule,schedule,least", [
    ("rmsprop", "constant", 0.5),  # its mean of squares starts at zero
    ("momentum", "decaying", 0.01),  # holds the learning rate inside the slot
    ("adam", "constant", 1e-7),  # rounds 1 - beta, and takes powers of beta
    ("adagrad", "constant", 1e-9),  # adds an epsilon to the root
])
def test_stock_keras_rule_differs_from_tf_train(rule, schedule, least):
    reference = run_tf1(rule, "float64", schedule).variables
    stock = run_keras(rule, "float64", schedule, stock=True).variables
    assert largest_difference(stock, reference) > least
    ours = run_keras(rule, "float64", schedule).variables
    assert largest_difference(ours, reference) == 0


def test_stock_gradient_descent_is_that_of_tf_train():
    assert_identical(run_keras("sgd", "float32", "decaying", stock=True).variables,
                     run_tf1("sgd", "float32", "decaying").variables)


@pytest.mark.parametrize("rule", ["adam_d0", "adam_d3", "rmsprop_d3"])
def test_keras_has_no_rule_of_its_own_for_a_printed_one(rule):
    with pytest.raises(TypeError, match="Keras has no rule of its own for"):
        optimizers.make(RULES[rule], RULES[rule].learning_rate, "optimizer", stock=True)


def test_slots_start_as_in_tf_train():
    variables = keras_variables("float64")
    started = {}
    for rule in RULES:
        with precision("float64"):
            optimizer = optimizers.make(RULES[rule], RULES[rule].learning_rate, "optimizer")
            optimizer.build(list(variables.values()))
        slots = state_of(rule, optimizer, variables).slots
        started[rule] = {name.split("/")[-1]: value.flat[0] for name, value in slots.items()}
    assert started == {
        "sgd": {},
        "momentum": {"Momentum": 0.0},
        "adam": {"Adam": 0.0, "Adam_1": 0.0, "beta1_power": 0.5, "beta2_power": 0.999},
        "rmsprop": {"RMSProp": 1.0, "RMSProp_1": 0.0},
        "rmsprop_momentum": {"RMSProp": 1.0, "RMSProp_1": 0.0},
        "adagrad": {"Adagrad": 0.1},
        "adam_d0": {"AdamD0": 0.0, "AdamD0_1": 0.0},
        "adam_d3": {"AdamD3": 0.0, "AdamD3_1": 0.0, "beta1_power": 0.9},
        "rmsprop_d3": {"RmsPropD3": 0.0},
    }


@pytest.mark.parametrize("rule", RULES)
def test_built_again_keeps_its_slots(rule):
    variables = list(keras_variables("float32").values())
    optimizer = optimizers.make(RULES[rule], RULES[rule].learning_rate, "optimizer")
    optimizer.build(variables)
    optimizer.apply([tf.ones_like(variable) for variable in variables], variables)
    before = [variable.numpy() for variable in optimizer.variables]
    optimizer.build(variables)
    assert len(optimizer.variables) == len(before)
    for variable, value in zip(optimizer.variables, before):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_float64_learning_rate_is_not_rounded_to_float32():
    with precision("float64"):
        optimizer = optimizers.make(settings.Adam(2e-4), 2e-4, "optimizer")
    assert optimizer.learning_rate.numpy() == 2e-4
    assert keras.config.floatx() == "float32"


@pytest.mark.parametrize("rule", RULES)
def test_configuration_round_trip(rule):
    optimizer = optimizers.make(RULES[rule], RULES[rule].learning_rate, "generator_optimizer")
    copy = type(optimizer).from_config(optimizer.get_config())
    assert copy.get_config() == optimizer.get_config()
    assert copy.name == "generator_optimizer"
    assert copy.get_config()["learning_rate"] == np.float32(RULES[rule].learning_rate)
    numbers = {name: value for name, value in vars(RULES[rule]).items() if name != "learning_rate"}
    found = optimizer.get_config()
    assert sorted(numbers.values()) == sorted(
        value for name, value in found.items() if name not in ("name", "learning_rate"))

    restored = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert type(restored) is type(optimizer)
    assert restored.get_config() == optimizer.get_config()


def test_schedule_object_as_learning_rate():
    decay = keras.optimizers.schedules.PolynomialDecay(0.02, STEPS, end_learning_rate=0.0)
    optimizer = optimizers.Momentum(decay, momentum=0.9)
    copy = optimizers.Momentum.from_config(optimizer.get_config())
    variables = keras_variables("float32")
    for step in range(10):
        copy.apply([tf.constant(value) for value in gradients("float32", step).values()],
                   list(variables.values()))
    reference = run_tf1("momentum", "float32", "decaying", steps=10).variables
    for name, variable in variables.items():
        np.testing.assert_allclose(variable.numpy(), reference[name], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("rule", RULES)
def test_saved_slots_continue_bit_for_bit(rule):
    def apply(optimizer, variables, steps):
        for step in steps:
            optimizer.apply([tf.constant(value) for value in gradients("float32", step).values()],
                            list(variables.values()))

    variables = keras_variables("float32")
    optimizer = optimizers.make(RULES[rule], RULES[rule].learning_rate, "optimizer")
    apply(optimizer, variables, range(5))
    store = {}
    optimizer.save_own_variables(store)
    store = {key: np.array(value) for key, value in store.items()}
    continued = keras_variables("float32")
    for name, variable in continued.items():
        variable.assign(variables[name])
    apply(optimizer, variables, range(5, 10))

    restored = optimizers.make(RULES[rule], RULES[rule].learning_rate, "optimizer")
    restored.build(list(continued.values()))
    restored.load_own_variables(store)
    apply(restored, continued, range(5, 10))
    one, other = (state_of(rule, optimizer, variables), state_of(rule, restored, continued))
    assert_identical(other.variables, one.variables)
    assert_identical(other.slots, one.slots)
    assert int(restored.iterations.numpy()) == 10


@pytest.mark.parametrize("rule", RULES)
def test_keras_model_trains_saves_and_continues_with_it(rule, tmp_path):
    inputs = np.random.RandomState(0).standard_normal((32, 4)).astype("float32")
    targets = inputs.sum(axis=1, keepdims=True)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(optimizers.make(RULES[rule], RULES[rule].learning_rate, "optimizer"), "mse")
    losses = model.fit(inputs, targets, epochs=3, shuffle=False, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    path = str(tmp_path / "model.keras")
    model.save(path)

    loaded = keras.saving.load_model(path)
    assert type(loaded.optimizer) is type(model.optimizer)
    assert len(loaded.optimizer.variables) == len(model.optimizer.variables)
    for restored, saved in zip(loaded.optimizer.variables, model.optimizer.variables):
        np.testing.assert_array_equal(restored.numpy(), saved.numpy())
    for each in (model, loaded):
        each.fit(inputs, targets, epochs=2, shuffle=False, verbose=0)
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])
