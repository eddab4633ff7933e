"""The forward pass of a port as it is used, not trained: `model(x, training=False)`."""

import keras

from parity.port import draws as random_draws
from parity.port import feeding
from parity.port import hooks
from parity.port import observed


class Forward:
    """A port of a program that only runs forward: a model, or an object that is called.

    Attributes:
      models: its networks.
      holders: the object, whose attributes may be variables.
      stock: always False: there is no optimiser.
    """

    name = "forward"
    stock = False

    def __init__(self, models, call=None):
        """Takes the networks, and a function of {input: tensor} if the first is not called."""
        self.models, self.call = models, call
        self.holders = [] if call is None else [call]

    def step(self, batch):
        """Runs forward, which may make variables; no losses."""
        outputs(self, batch)
        return {}


def outputs(form, batch):
    """The tensors that a port gives for a batch, in a flat list.

    Args:
      form: a form; unless it is a `Forward` with an object, its first model is called.
      batch: a `feeding.Batch`; a model is not given its labels.
    """
    if getattr(form, "call", None):
        return keras.tree.flatten(form.call(feeding.Tensors(batch.tensors)))
    model = form.models[0]
    training = {"training": False} if model._call_has_training_arg else {}
    return keras.tree.flatten(model(feeding.model_input(model, batch), **training))


def observe(port, batch, draws, write):
    """Runs a port forward from the present state; keeps what its layers and it itself give.

    Args:
      port: a `Port`.
      batch: a `feeding.Batch`.
      draws: the `Draws` that answer it.
      write: function (name, array): <layer> as `observed.Observation` names them, and
        returned/<number>.
    """
    observation = observed.Observation(port, lambda _, name, array: write(name, array))
    with hooks.replaced(random_draws.replacements(draws)), observation.watching(), hooks.eager():
        found = outputs(port.form, batch)
    for number, tensor in enumerate(found):
        write(f"returned/{number}", keras.ops.convert_to_numpy(tensor))
