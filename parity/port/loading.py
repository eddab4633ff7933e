"""Builds a port by name, recognises its form, and finds its optimisers and variables."""

import keras
import tensorflow as tf

from parity.common import names
from parity.port import forms
from parity.port import inference
from parity.port import initializers

_EXPECTED = ("a compiled keras.Model, (model, loss, optimizer), or an object with `model` and "
             "`step(batch)`")
_EXPECTED_FORWARD = "a keras.Model, or an object with `model` that is called with a batch"


class Unusable(TypeError):
    """A port's function returned no port; the message is one line."""


def build(program, dtype, arguments, forward=False):
    """Builds a port in a cleared Keras session; returns its form.

    Args:
      program: "file.py:function" or "module:function".
      dtype: the floatx under which the port is built.
      arguments: keyword arguments of the function, `{name: value}`.
      forward: True where the port only runs forward.

    Raises:
      Unusable: the function returned no port.
    """
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    keras.utils.clear_session()
    keras.config.set_floatx(dtype)
    initializers.note()
    recognise = recognised_forward if forward else recognised
    return recognise(names.resolve(program)(**arguments), program)


def recognised(returned, program):
    """Form of the value that a port's function returned; `Unusable` if it is none."""
    if isinstance(returned, keras.Model):
        if returned.compiled or type(returned).train_step is not keras.Model.train_step:
            return forms.Compiled(returned)
    elif isinstance(returned, (tuple, list)):
        if _is_triple(returned):
            return forms.Triple(*returned)
    if callable(getattr(returned, "step", None)) and _has_networks(returned):
        return forms.WithStep(returned)
    raise Unusable(f"{program} returned {_described(returned)}; expected {_EXPECTED}")


def recognised_forward(returned, program):
    """`Forward` of the value that a port's function returned; `Unusable` if it is none."""
    if isinstance(returned, (tuple, list)) and _is_triple(returned):
        returned = returned[0]
    if isinstance(returned, keras.Model):
        return inference.Forward([returned])
    if callable(returned) and _has_networks(returned):
        return inference.Forward(_networks(returned), returned)
    raise Unusable(f"{program} returned {_described(returned)}; expected {_EXPECTED_FORWARD}")


def _networks(returned):
    """List of the networks in an object's `model`: one, or those of a list or a dictionary."""
    networks = getattr(returned, "model", None)
    if isinstance(networks, dict):
        networks = list(networks.values())
    return list(networks) if isinstance(networks, (list, tuple)) else [networks]


def _is_triple(returned):
    if len(returned) != 3:
        return False
    model, loss, optimizer = returned
    return (isinstance(model, keras.Model) and callable(loss)
            and isinstance(optimizer, keras.optimizers.Optimizer))


def _has_networks(returned):
    networks = _networks(returned)
    return bool(networks) and all(isinstance(network, keras.Model) for network in networks)


def _described(returned):
    if isinstance(returned, keras.Model):
        return f"a keras.Model ({type(returned).__name__}) that is not compiled"
    if isinstance(returned, (tuple, list)):
        return f"({', '.join(type(part).__name__ for part in returned)})"
    if hasattr(returned, "step") and hasattr(returned, "model"):
        return f"a {type(returned).__name__} whose `model` is a {type(returned.model).__name__}"
    return "None" if returned is None else f"a {type(returned).__name__}"


def _held(holder, kinds):
    """Yields an object's attributes of these classes, also those in lists and dicts, in order."""
    for value in list(vars(holder).values()):
        yield from (part for part in _parts(value) if isinstance(part, kinds))


def holds(value, kinds):
    """True where a value is of these classes, or a list or dict that contains one of them."""
    return any(isinstance(part, kinds) for part in _parts(value))


def _parts(value):
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def optimizers(form):
    """List of a form's optimisers, which are numbered by their places in it.

    An object's are found among its attributes and those of its models; an optimiser that is kept
    elsewhere is found when it first applies a gradient, and is appended then.
    """
    if form.stock and form.holders:
        found = [form.models[0].optimizer]
    elif form.stock:
        found = [form.optimizer]
    else:
        found = [optimizer for holder in form.holders
                 for optimizer in _held(holder, keras.optimizers.Optimizer)]
    inner = [getattr(optimizer, "inner_optimizer", optimizer) for optimizer in found]
    return list({id(optimizer): optimizer for optimizer in inner}.values())


def loose_variables(form):
    """List of variables that an object holds itself, in no model."""
    return [variable for holder in form.holders if not isinstance(holder, keras.Model)
            for variable in _held(holder, (keras.Variable, tf.Variable))]
