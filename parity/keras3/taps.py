"""What every layer of a model gave during one forward pass."""

import collections
import contextlib

import keras


@contextlib.contextmanager
def recorded(model):
    """Collects `{"<network>/<layer>": output}` in forward order while the context is open.

    A network's second use is recorded under `<network>_1`, as TensorFlow 1 names its scope. Layers
    are watched by wrapping their `call`, which reaches Sequential, functional and subclassed
    networks alike.
    """
    taps, uses, scope = {}, collections.Counter(), []
    networks = [layer for layer in model.layers if getattr(layer, "layers", None)]
    wrapped = []

    def wrap(layer, around):
        if any(layer is other for other in wrapped):  # one layer in two networks
            return
        original = layer.call
        layer.call = lambda *args, **kwargs: around(layer, original, *args, **kwargs)
        wrapped.append(layer)

    def enter_network(network, original, *args, **kwargs):
        count = uses[network.name]
        uses[network.name] += 1
        scope.append(network.name + (f"_{count}" if count else ""))
        try:
            return original(*args, **kwargs)
        finally:
            scope.pop()

    def record_layer(layer, original, *args, **kwargs):
        output = original(*args, **kwargs)
        if scope:
            taps["/".join(scope + [layer.name])] = output
        return output

    try:
        for network in networks:
            wrap(network, enter_network)
            for layer in network.layers:
                if not isinstance(layer, keras.layers.InputLayer):
                    wrap(layer, record_layer)
        yield taps
    finally:
        for layer in wrapped:
            del layer.call
