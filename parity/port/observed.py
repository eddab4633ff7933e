"""Observes one step of a port: layer outputs, gradients, clipping and updates, as Keras ran them.
"""

import contextlib

import keras
from keras.src.optimizers import base_optimizer
import tensorflow as tf

from parity.port import hooks
from parity.port import naming
from parity.port import optimizers


def dense(gradient):
    """Gradient as an array; rows that occur several times in IndexedSlices are added up."""
    return tf.convert_to_tensor(gradient).numpy()


def _has_value(tensor):
    return (isinstance(tensor, tf.Tensor) and not tf.is_symbolic_tensor(tensor)
            and tensor.dtype != tf.string)


class Observation:
    """Observation of one eager step of a port.

    Args:
      port: the `Port`.
      write: function (kind, name, array) that keeps an array.
      keep_outputs: True to write outputs and inputs of layers.
      bounds: the `Bounds` that notes the clipping of optimisers, or None.

    Attributes:
      updates: [{"optimizer", "variables", "rate"}] in order.
      none_gradients: [{"update", "variables"}] of variables that the loss does not reach.
      outputs: `{key: {"layer", "class", "variables", "update", "line"}}`: the layer of an output,
        variables of it and of its inner layers, the number of updates before its call, and the line
        that made it.
    """

    def __init__(self, port, write, keep_outputs=True, bounds=None):
        self._bounds, self._given = bounds, []
        self._port = port
        self._write = write
        self._keep_outputs = keep_outputs
        self._layers = naming.of_layers(port.form.models)
        self._calls, self._known = {}, {}
        self.updates, self.none_gradients, self.outputs = [], [], {}

    @contextlib.contextmanager
    def watching(self):
        """Context in which the step is observed."""
        classes = {type(optimizer) for optimizer in self._port.optimizers}
        classes.add(base_optimizer.BaseOptimizer)
        replacements = (hooks.outermost(classes, "apply", self._apply)
                        + hooks.outermost(classes | {keras.optimizers.Optimizer},
                                          "_backend_update_step", self._clipped))
        if self._keep_outputs:
            replacements.append((keras.layers.Layer, "__call__", self._noting_outputs()))
        with hooks.replaced(replacements):
            yield

    def _apply(self, original, optimizer, grads, trainable_variables=None):
        grads = list(grads)
        variables = list(optimizer._trainable_variables if trainable_variables is None
                         else trainable_variables)
        names = [self._port.names.of(variable) for variable in variables]
        number = len(self.updates)
        self.updates.append({"optimizer": self._number(optimizer), "variables": names,
                             "rate": optimizers.rate(optimizer)})
        missing = [name for name, gradient in zip(names, grads) if gradient is None]
        if missing:
            self.none_gradients.append({"update": number, "variables": missing})
        given = {name: dense(gradient) for name, gradient in zip(names, grads)
                 if gradient is not None}
        for name, gradient in given.items():
            self._write("gradient", f"{number}/{name}", gradient)
        self._given = list(given.values())
        if len(missing) < len(names):  # Keras refuses an update without any gradient
            original(optimizer, grads, variables)

    def _clipped(self, original, optimizer, grads, trainable_variables, learning_rate):
        clipped = [dense(gradient) for gradient in grads]
        for gradient, variable in zip(clipped, trainable_variables):
            name = f"{len(self.updates) - 1}/{self._port.names.of(variable)}"
            self._write("clipped", name, gradient)
        if self._bounds:
            self._bounds.see_clipping(self._number(optimizer), optimizer, self._given, clipped)
        original(optimizer, grads, trainable_variables, learning_rate)

    def _number(self, optimizer):
        known = [id(other) for other in self._port.optimizers]
        if id(optimizer) not in known:  # made during the step
            self._port.optimizers.append(optimizer)
            return len(known)
        return known.index(id(optimizer))

    def _noting_outputs(self):
        original = keras.layers.Layer.__call__

        def noting(layer, *args, **kwargs):
            updates = len(self.updates)
            self._note_inputs(layer, args)
            output = original(layer, *args, **kwargs)
            tensors = [tensor for tensor in keras.tree.flatten(output) if _has_value(tensor)]
            if tensors:
                self._note_output(layer, tensors, updates)
            return output

        return noting

    def _note_inputs(self, layer, args):
        """Writes inputs of a layer that no other layer gave or took."""
        for place, tensor in enumerate(keras.tree.flatten(args)):
            if _has_value(tensor) and tensor.dtype.is_floating and id(tensor) not in self._known:
                self._known[id(tensor)] = tensor  # kept, so that no other gets its number
                name = self._layers.of(layer)
                self._write("taken", f"{name}/{self._calls.get(name, 0)}/{place}", tensor.numpy())

    def _note_output(self, layer, tensors, updates):
        name = self._layers.of(layer)
        count = self._calls.get(name, 0)
        self._calls[name] = count + 1
        key = f"{name}/{count}" if count else name
        for place, tensor in enumerate(tensors):
            self._known[id(tensor)] = tensor
            self._write("output", f"{key}:{place}" if place else key, tensor.numpy())
        self.outputs[key] = {
            "layer": name, "class": type(layer).__name__, "update": updates,
            "line": getattr(layer, "parity_origin", ""),
            "variables": [self._port.names.of(entry.variable)
                          for entry in naming.owned_variables([layer])]}
