"""Runs the forward pass of a port without training: `model(x, training=False)`."""

import keras

from parity.port import draws as random_draws
from parity.port import feeding
from parity.port import hooks
from parity.port import observed


class Forward:
    """Port of a program that only runs forward: a model, or an object that is called.

    Args:
      models: its networks.
      call: the object, a function of `{input: tensor}`; None where the first model is called.

    Attributes:
      models, call: as given.
      holders: [object], whose attributes may be variables; [] where a model is called.
      stock: always False: there is no optimiser.
    """

    name = "forward"
    stock = False

    def __init__(self, models, call=None):
        self.models, self.call = models, call
        self.holders = [] if call is None else [call]

    def step(self, batch):
        """Runs forward, which may make variables; returns no losses."""
        outputs(self, batch)
        return {}


def outputs(form, batch):
    """Flat list of the tensors that a port returns for a batch.

    Args:
      form: a form; its first model is called, unless it is a `Forward` with an object.
      batch: a `feeding.Batch`, whose labels a model is not given.
    """
    if getattr(form, "call", None):
        return keras.tree.flatten(form.call(feeding.Tensors(batch.tensors)))
    model = form.models[0]
    training = {"training": False} if model._call_has_training_arg else {}
    return keras.tree.flatten(model(feeding.model_input(model, batch), **training))


def observe(port, batch, draws, write):
    """Runs a port forward from its present state, and writes all outputs.

    Args:
      port: a `Port`.
      batch: a `feeding.Batch`.
      draws: the `Draws` that answer its random draws.
      write: function (name, array) for outputs of layers, named as in `observed.Observation`, and
        for returned tensors, "returned/<number>".
    """
    observation = observed.Observation(port, lambda _, name, array: write(name, array))
    with hooks.replaced(random_draws.replacements(draws)), observation.watching(), hooks.eager():
        found = outputs(port.form, batch)
    for number, tensor in enumerate(found):
        write(f"returned/{number}", keras.ops.convert_to_numpy(tensor))
