"""Reads the initialisers of a Keras model's variables, and draws from them."""

import functools
import math

import keras
import numpy as np
import tensorflow as tf

from parity.common import cache
from parity.common import keys

# Number of values that are drawn from each random initialiser.
DRAWS = 20000

# Standard deviation of a standard normal distribution that is truncated at two deviations.
_TRUNCATION = 0.87962566103423978
# Draws of the known distributions, shared by the ports of a process.
_DRAWN = cache.Cache(most=64)
_NORMAL = {"mean": "mean", "stddev": "stddev"}
# Keras's distributions: class, kind, {parameter of the kind: key of the class's configuration}.
_DISTRIBUTIONS = (
    (keras.initializers.RandomUniform, "uniform", {"low": "minval", "high": "maxval"}),
    (keras.initializers.TruncatedNormal, "truncated_normal", _NORMAL),
    (keras.initializers.RandomNormal, "normal", _NORMAL))
_CONSTANTS = (keras.initializers.Zeros, keras.initializers.Ones, keras.initializers.Constant,
              keras.initializers.Identity)


def note():
    """Has layers keep the initialisers of the weights that they add, for `of`; once is enough.

    Other variables, as a pool of images, may be written before they are read for the first time.
    """
    add_weight = keras.layers.Layer.add_weight
    if hasattr(add_weight, "keeps_initializers"):
        return

    @functools.wraps(add_weight)
    def keeping(self, *args, initializer=None, **more):
        if initializer is not None:
            initializer = keras.initializers.get(initializer)
        variable = add_weight(self, *args, initializer=initializer, **more)
        if variable.trainable:
            variable.kept_initializer = initializer or keras.initializers.get("glorot_uniform")
        return variable

    keeping.keeps_initializers = True
    keras.layers.Layer.add_weight = keeping


def of(layer, variable):
    """Initialiser that a layer keeps as `<variable>_initializer`, or was given for it; or None.

    For a recurrent, depthwise or pointwise kernel, the attribute has no "kernel" in its name.

    Args:
      layer: the layer or model that has the variable; None where there is none.
      variable: the variable.
    """
    names = (variable.name, variable.name.removesuffix("_kernel"))
    kept = (getattr(layer, name + "_initializer", None) for name in names)
    return next((found for found in kept if found is not None),
                getattr(variable, "kept_initializer", None))


def _variance_scaling(config, shape):
    """Distribution `{"kind", ...numbers}` of a VarianceScaling with these "scale", "mode" and
    "distribution", for a variable of a shape."""
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
    """Distribution `{"kind", ...numbers}` of an initialiser, as in `parity.reference.initial.read`.

    The kind is "uniform", "normal", "truncated_normal", "constant", or "other".
    """
    if isinstance(initializer, keras.initializers.VarianceScaling):
        full = {key: getattr(initializer, key) for key in ("scale", "mode", "distribution")}
        return _variance_scaling(full, shape)
    for kind, name, numbers in _DISTRIBUTIONS:
        if isinstance(initializer, kind):
            config = initializer.get_config()
            return {"kind": name, **{number: config[key] for number, key in numbers.items()}}
    return {"kind": "constant" if isinstance(initializer, _CONSTANTS) else "other"}


def draws(initializer, shape, dtype, description):
    """`DRAWS` values of a random initialiser, flat float64; the values of one call of a constant.

    A seeded initialiser gives the same values at every call: each draw is by a copy with another
    seed.
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
    """Distributions `{path: {"kind", ...numbers}}` of the initialisers of a `Port`'s variables.

    Args:
      port: the `Port`.
      wanted: set of paths of the variables.
      write: function (name, array) that is given `draws/<path>` of random and other initialisers.
    """
    found = {}
    for entry in port.owned:
        path, variable = port.names.of(entry.variable), entry.variable
        initializer = of(entry.layer, variable)
        if path not in wanted:
            continue
        if initializer is None:
            found[path] = {"kind": "unknown", "reason": "the port declares no initialiser for it"}
            continue
        shape = tuple(variable.shape)
        found[path] = declared(initializer, shape)
        if found[path]["kind"] != "constant":
            write(keys.draws(path), _DRAWN.get(
                cache.draws_key(found[path], type(initializer).__qualname__, shape),
                functools.partial(draws, initializer, shape, "float32", found[path])))
    return found
