"""Unique names of the variables and layers of a port."""

from typing import Any, NamedTuple, Optional

import keras


class Owned(NamedTuple):
    """A variable, the layer that made it or None, and the name of the innermost model or ""."""
    variable: Any
    layer: Optional[keras.layers.Layer]
    network: str


def _walk(layer, network, seen):
    if id(layer) in seen:
        return
    seen.add(id(layer))
    network = layer.name if isinstance(layer, keras.Model) else network
    yield layer, network
    for inner in layer._layers:
        yield from _walk(inner, network, seen)


def layers(models):
    """List of (layer, name of the innermost model), depth first as in `model.variables`."""
    seen = set()
    return [found for model in models for found in _walk(model, "", seen)]


def owned_variables(models, loose=()):
    """List of `Owned` variables, in the order of `model.variables`, without states of seeds."""
    found = {}
    for layer, network in layers(models):
        for variable in layer._trainable_variables + layer._non_trainable_variables:
            found.setdefault(id(variable), Owned(variable, layer, network))
    for variable in loose:
        found.setdefault(id(variable), Owned(variable, None, ""))
    return list(found.values())


class Names:
    """Unique names of objects: a preferred name, unless others have the same.

    Two functional models may both have a variable "hidden/kernel": each gets the name of its model
    as a prefix. Names that are still equal are numbered, "_1".

    Args:
      wishes: iterable of (object, preferred name, prefix that tells it from others).
    """

    def __init__(self, wishes):
        wishes = list(wishes)
        self._objects = {}
        self._names = {}
        counts = {}
        for _, wish, _ in wishes:
            counts[wish] = counts.get(wish, 0) + 1
        for thing, wish, prefix in wishes:
            self.add(thing, f"{prefix}/{wish}" if counts[wish] > 1 and prefix else wish)

    def add(self, thing, wish):
        """Names one more object: by its preferred name, or the first free number after it."""
        name, number = wish, 0
        while name in self._objects:
            number += 1
            name = f"{wish}_{number}"
        self._objects[name] = thing
        self._names[id(thing)] = name
        return name

    def of(self, thing):
        """Name of an object; a new object is named by its path or name."""
        found = self._names.get(id(thing))
        return found or self.add(thing, getattr(thing, "path", None) or thing.name)

    def alias(self, variable):
        """Gives the tf.Variable inside a Keras variable the same name."""
        if isinstance(variable, keras.Variable):
            self._names[id(variable.value)] = self._names[id(variable)]

    def objects(self):
        """`{name: object}`, in order."""
        return dict(self._objects)


def of_variables(owned):
    """`Names` of variables: their paths."""
    return Names((entry.variable, getattr(entry.variable, "path", entry.variable.name),
                  entry.network) for entry in owned)


def of_layers(models):
    """`Names` of layers: their paths, or their names where Keras gives no path."""
    return Names((layer, layer.path or layer.name, network if network != layer.name else "")
                 for layer, network in layers(models))
