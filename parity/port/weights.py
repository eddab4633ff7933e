"""Saves and loads a port's weights, slots and counters in a `.keras` or `.weights.h5` file."""

import warnings

import keras
import numpy as np

from parity.common import disk
from parity.port import loading

KERAS, WEIGHTS = ".keras", ".weights.h5"
# Value of every variable before a file is loaded: one that still has it is not in the file.
_MARK = -12345


class Unfit(ValueError):
    """A file that cannot hold the port, or holds another one; the message is one line."""


def write(port, path):
    """Saves a `Port`; returns names, "<kind>/<name>", of the state that the file does not keep.

    Raises:
      Unfit: Keras cannot save this port in this format.
      OSError: the disk is full, broken or read-only.
    """
    model, held = _saved(port, path), _values(port)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.save(path) if path.endswith(KERAS) else model.save_weights(path)
    except Exception as error:  # Keras calls the author's code, which may fail in any way
        if disk.failure(error):
            raise
        raise Unfit(f"expected a port that Keras saves as {KERAS}, received {_line(error)}; "
                    f"{WEIGHTS} takes weights and optimisers alone")
    lost = read(port, path)
    return lost + [name for name, value in _values(port).items()
                   if name not in lost and value.tobytes() != held[name].tobytes()]


def read(port, path):
    """Loads a file into a `Port`; returns names, "<kind>/<name>", of state that is not in the file.

    State that is not in the file keeps its first value.

    Raises:
      Unfit: the file belongs to another port.
    """
    port.reset()
    first = _values(port)
    for kind, name, variable in port.places():
        start = first[f"{kind}/{name}"]
        variable.assign(np.full(start.shape, _MARK).astype(start.dtype))
    marked = _values(port)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras warns where the file has no optimiser
            _saved(port, path).load_weights(path)
    except Exception as error:
        raise Unfit(f"expected a file of this port's weights, received {_line(error)}")
    lost = [name for name, value in _values(port).items()
            if value.tobytes() == marked[name].tobytes() != first[name].tobytes()]
    for kind, name, variable in port.places():
        if f"{kind}/{name}" in lost:
            variable.assign(first[f"{kind}/{name}"])
    return lost


def _values(port):
    return {f"{kind}/{name}": value for kind, name, value in port.held()}


def _line(error):
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _saved(port, path):
    """Model that Keras saves: with its optimiser; for an object, a model of all its attributes."""
    form = port.form
    if form.holders and form.holders[0] is not form.models[0]:
        if path.endswith(KERAS):
            raise Unfit(f"expected a file {WEIGHTS}, since the port is an object and no model, "
                        f"received {path}")
        return _holder(form.holders[0])
    model = form.models[0]
    if form.name == "triple" and getattr(model, "optimizer", None) is not form.optimizer:
        loss = form.loss if isinstance(form.loss, keras.losses.Loss) else None
        model.compile(form.optimizer, loss, auto_scale_loss=False)
    return model


def _holder(port):
    """Model that has the networks, optimisers and variables of an object as attributes."""
    holder = keras.Model()
    for name in ["model"] + [name for name in vars(port) if name != "model"]:
        value = getattr(port, name)
        if name == "model" or loading.holds(value, (keras.optimizers.Optimizer, keras.Variable)):
            setattr(holder, name, value)
    holder.built = True
    return holder
