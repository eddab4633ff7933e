"""What a Keras model declares as the start of each variable, and draws from it."""

import math

import keras
import numpy as np

DRAWS = 20000

# The normal distribution cut at two standard deviations is this much narrower.
_TRUNCATION = 0.87962566103423978


def by_variable(model):
    """`{variable path: initialiser}` of the layers that keep theirs as `<variable>_initializer`."""
    found = {}
    for layer in model._flatten_layers():
        for variable in layer._trainable_variables + layer._non_trainable_variables:
            initializer = getattr(layer, variable.name + "_initializer", None)
            if initializer is not None:
                found[variable.path] = initializer
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
    """`{"kind", ...numbers}` as `parity.tf1.initializers.declared` gives them."""
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
    values = []
    while not values or (description["kind"] != "constant" and sum(map(len, values)) < DRAWS):
        if "seed" in config:
            config["seed"] = len(values)
        fresh = type(initializer).from_config(config) if made else initializer
        values.append(np.ravel(fresh(shape, dtype)))
    return np.concatenate(values)[:DRAWS].astype(np.float64)
