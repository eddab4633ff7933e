"""Describes a port: its variables, layers, inputs and optimisers."""

import keras

from parity.port import feeding
from parity.port import naming
from parity.port import optimizers
from parity.port import order

_PLAIN = (bool, int, float, str, type(None))
_NO_SETTING = ("name", "trainable", "dtype")


def _plain(config):
    """Numbers, strings and lists of them in a configuration."""
    return {key: list(value) if isinstance(value, tuple) else value
            for key, value in config.items() if key not in _NO_SETTING and (
                isinstance(value, _PLAIN) or isinstance(value, (list, tuple))
                and all(isinstance(part, _PLAIN) for part in value))}


def _settings(thing):
    try:
        config = thing.get_config()
    except Exception:  # a class of the author's need not be able to describe itself
        return {}
    found = _plain(config)
    schedule = config.get("learning_rate")
    if isinstance(schedule, dict) and "config" in schedule:
        found["learning_rate"] = {"class": schedule.get("class_name"),
                                  "config": _plain(schedule["config"])}
    return found


def _variable(port, entry):
    variable, layer = entry.variable, entry.layer
    return {"path": port.names.of(variable),
            "shape": [int(size) for size in variable.shape],
            "dtype": keras.backend.standardize_dtype(variable.dtype),
            "trainable": bool(variable.trainable),
            "layer": type(layer).__name__ if layer is not None else None,
            "layer_name": layer.name if layer is not None else None,
            "network": entry.network,
            "leaf": variable.name.rpartition("/")[2].partition(":")[0],
            "config": _settings(layer) if layer is not None else {},
            "line": getattr(layer, "parity_origin", "")}


def _optimizer(port, optimizer):
    slots = optimizers.slots(optimizer)
    return {"class": type(optimizer).__name__,
            "stock": optimizers.stock_class(optimizer),
            "config": _settings(optimizer),
            "trained": [port.names.of(variable) for variable in optimizer._trainable_variables],
            "built": bool(optimizer.built),
            "roles": list(dict.fromkeys(slot.role for slot in slots)),
            "own": list(optimizers.own_variables(optimizer)),
            "iterations": int(port.first_value(optimizer._iterations)),
            "line": getattr(optimizer, "parity_origin", "")}


def _inputs(port):
    if port.form.name == "object":  # the author's `step` knows what is in its batch
        return []
    return [{"name": name, "shape": list(tensor.shape),
             "dtype": keras.backend.standardize_dtype(tensor.dtype)}
            for name, tensor in feeding.declared_inputs(port.form.models[0]).items()]


def describe(port):
    """Description of a `Port` for JSON, with variables in the order of use.

    Returns:
      A dictionary with lists of dictionaries:
      "variables": "path" (its name in every file), "shape", "dtype", "trainable", "layer" (class of
        the layer that made it: of a recurrent layer, its cell), "layer_name", "network" (innermost
        model), "leaf" ("kernel", "gamma", ...), "config" of that layer, "line" that made the layer.
      "layers": "class" and "config" of each layer, with variables or without.
      "optimizers": "class", "stock" (`optimizers.stock_class`), "config", "trained" paths, "built",
        "roles" of its slots, names of its "own" variables, "iterations" (its counter of updates
        before the first step), "line" that made it.
    """
    return {"form": port.form.name,
            "keras": keras.__version__,
            "variables": [_variable(port, entry)
                          for entry in order.by_use(port.form.models, port.owned)],
            "layers": [{"class": type(layer).__name__, "config": _settings(layer)}
                       for layer, _ in naming.layers(port.form.models)],
            "inputs": _inputs(port),
            "optimizers": [_optimizer(port, optimizer) for optimizer in port.optimizers]}
