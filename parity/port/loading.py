"""A port by name: built, its form recognised, its optimisers and variables found."""

import keras
import tensorflow as tf

from parity.common import names
from parity.port import forms
from parity.port import inference

_EXPECTED = ("a compiled keras.Model, (model, loss, optimizer), or an object with `model` and "
             "`step(batch)`")
_EXPECTED_FORWARD = "a keras.Model, or an object with `model` that is called with a batch"


class Unusable(TypeError):
    """What a port's function returned is no port: one line that says what it is."""


def build(program, dtype, arguments, forward=False):
    """The form of what the function `program` returns, in a Keras that has nothing else in it.

    Args:
      program: "file.py:function" or "module:function".
      dtype: the floatx under which the port is built.
      arguments: `{name: value}` that the function is given.
      forward: whether the port is not to be trained.

    Raises:
      Unusable: it returned something else.
    """
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    keras.utils.clear_session()
    keras.config.set_floatx(dtype)
    recognise = recognised_forward if forward else recognised
    return recognise(names.resolve(program)(**arguments), program)


def recognised(returned, program):
    """The form of what a port's function returned."""
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
    """The form of what the function of a port that only runs forward returned."""
    if isinstance(returned, (tuple, list)) and _is_triple(returned):
        returned = returned[0]
    if isinstance(returned, keras.Model):
        return inference.Forward([returned])
    if callable(returned) and _has_networks(returned):
        return inference.Forward(_networks(returned), returned)
    raise Unusable(f"{program} returned {_described(returned)}; expected {_EXPECTED_FORWARD}")


def _networks(returned):
    """What an object holds as `model`: one, or those of a list or a dictionary."""
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
    """Attributes of these kinds, in lists and dicts too, in the order in which they were set."""
    for value in list(vars(holder).values()):
        yield from (part for part in _parts(value) if isinstance(part, kinds))


def holds(value, kinds):
    """Whether a value is of these kinds, or a list or dict that has one of them."""
    return any(isinstance(part, kinds) for part in _parts(value))


def _parts(value):
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def optimizers(form):
    """The optimisers of a form, numbered by their order in the list.

    Those of an object are its attributes and its models'; one that hides elsewhere is found when
    it first applies a gradient, and comes last.
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
    """Variables that an object holds itself, in no model."""
    return [variable for holder in form.holders if not isinstance(holder, keras.Model)
            for variable in _held(holder, (keras.Variable, tf.Variable))]
