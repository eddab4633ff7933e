"""What a Keras model declares as the start of each variable, and draws from it."""

import functools
import math

import keras
import numpy as np
import tensorflow as tf

from parity.common import worker

DRAWS = 20000

# The normal distribution cut at two standard deviations is this much narrower.
_TRUNCATION = 0.87962566103423978
# Draws of the known distributions, shared by the ports of a process.
_DRAWN = worker.Once(most=64)


def of(layer, variable):
    """The initialiser that a layer keeps as `<variable>_initializer`, or None.

    That of a recurrent, depthwise or pointwise kernel has no "kernel" in its name.
    """
    names = (variable.name, variable.name.removesuffix("_kernel"))
    return next((found for found in (getattr(layer, name + "_initializer", None) for name in names)
                 if found is not None), None)


def by_variable(model):
    """`{variable path: initialiser}` of the layers that keep theirs."""
    found = {}
    for layer in model._flatten_layers():
        for variable in layer._trainable_variables + layer._non_trainable_variables:
            if of(layer, variable) is not None:
                found[variable.path] = of(layer, variable)
    return found


def _variance_scaling(config, shape):
    matrix = shape if len(shape) > 1 else (math.prod(shape),) * 2  # a vector's length is both fans
    receptive_field = math.prod(matrix[:-2])
    fans = {"fan_in": matrix[-2] * receptive_field, "fan_out": matrix[-1] * receptive_field}
    fans["fan_avg"] = (fans["fan_in"] + fans["fan_out"]) / 2
    variance = config["scale"] / fans[config["mode"]]
    if config["distribution"] == "uniform":
        limit = math.sqrt(3 * variance)
        return {"kind": "uniform", "low": -limit, "high": limit}
    if config["distribution"] == "truncated_normal":
        return {"kind": "truncated_normal", "mean": 0.0,
                "stddev": math.sqrt(variance) / _TRUNCATION}
    return {"kind": "normal", "mean": 0.0, "stddev": math.sqrt(variance)}


def declared(initializer, shape):
    """`{"kind", ...numbers}` as `parity.reference.initial.read` gives them."""
    if not isinstance(initializer, keras.initializers.Initializer):  # a function of the user's
        return {"kind": "other"}
    config = initializer.get_config()
    if isinstance(initializer, keras.initializers.VarianceScaling):
        full = {key: getattr(initializer, key) for key in ("scale", "mode", "distribution")}
        return _variance_scaling(full, shape)
    if isinstance(initializer, keras.initializers.RandomUniform):
        return {"kind": "uniform", "low": config["minval"], "high": config["maxval"]}
    if isinstance(initializer, keras.initializers.TruncatedNormal):
        return {"kind": "truncated_normal", "mean": config["mean"], "stddev": config["stddev"]}
    if isinstance(initializer, keras.initializers.RandomNormal):
        return {"kind": "normal", "mean": config["mean"], "stddev": config["stddev"]}
    constants = (keras.initializers.Zeros, keras.initializers.Ones, keras.initializers.Constant,
                 keras.initializers.Identity)
    return {"kind": "constant" if isinstance(initializer, constants) else "other"}


def draws(initializer, shape, dtype, description):
    """At least `DRAWS` values of a random initialiser, one array of a constant one.

    An initialiser draws the same at every call, so each draw is by a fresh one without its seed.
    """
    made = isinstance(initializer, keras.initializers.Initializer)
    config = initializer.get_config() if made else {}
    if "seed" in config and type(initializer).__module__.startswith("keras."):
        return _drawn_in_a_loop(type(initializer), config, shape, dtype)
    values = []
    while not values or (description["kind"] != "constant" and sum(map(len, values)) < DRAWS):
        if "seed" in config:
            config["seed"] = len(values)
        fresh = type(initializer).from_config(config) if made else initializer
        values.append(np.ravel(fresh(shape, dtype=dtype)))
    return np.concatenate(values)[:DRAWS].astype(np.float64)


def _drawn_in_a_loop(kind, config, shape, dtype):
    """`DRAWS` values of one of Keras's initialisers, which is traced once, in a loop of a graph."""
    fresh = kind.from_config(dict(config, seed=keras.random.SeedGenerator(0)))
    count = -(-DRAWS // max(math.prod(shape), 1))

    @functools.partial(tf.function, autograph=False)
    def drawn():
        values = tf.TensorArray(dtype, count, element_shape=shape)
        return tf.while_loop(
            lambda number, unused: number < count,
            lambda number, kept: (number + 1, kept.write(number, fresh(shape, dtype=dtype))),
            (0, values), parallel_iterations=1)[1].stack()

    return np.ravel(drawn())[:DRAWS].astype(np.float64)


def read(port, wanted, write):
    """`{path: {"kind", ...numbers}}` of the variables of a `Port` whose paths are in `wanted`.

    Args:
      port: the `Port`.
      wanted: set of paths.
      write: function (name, array) that keeps `draws/<path>` of what is random.
    """
    found = {}
    for entry in port.owned:
        path, variable = port.names.of(entry.variable), entry.variable
        initializer = of(entry.layer, variable) if entry.layer is not None else None
        if path not in wanted:
            continue
        if initializer is None:
            found[path] = {"kind": "unknown", "reason": "the port declares no initialiser for it"}
            continue
        shape = tuple(variable.shape)
        found[path] = declared(initializer, shape)
        if found[path]["kind"] != "constant":
            write("draws/" + path, _DRAWN.get(
                worker.kind(found[path], type(initializer).__qualname__, shape),
                functools.partial(draws, initializer, shape, "float32", found[path])))
    return found
