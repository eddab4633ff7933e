"""The three forms of a port, each with a method that takes one training step."""

import contextlib
import inspect

import keras
import tensorflow as tf

from parity.port import feeding


def named_losses(returned):
    """`{name: loss}` of a step's return value: one loss, or nested dicts and lists of losses."""
    if returned is None:
        return {}
    if isinstance(returned, dict):
        parts = returned.items()
    elif isinstance(returned, (list, tuple)):
        parts = [(str(number), part) for number, part in enumerate(returned)]
    else:
        return {"loss": returned}
    found = {}
    for name, part in parts:
        nested = isinstance(part, (dict, list, tuple))
        found.update({f"{name}/{inner}" if nested else str(name): loss
                      for inner, loss in named_losses(part).items()})
    return found


def _regularization(model):
    return tf.add_n(model.losses) if model.losses else None


class Compiled:
    """A keras.Model: a step is its `train_step`, on the data that `fit` would give it.

    Attributes:
      models: list of networks.
      holders: objects whose attributes may be optimisers or variables.
      stock: True where one optimiser trains all trainable variables.
      steps_as_traced: True where `stepper` returns the function that `traced_step` runs.
    """

    name = "compiled"
    steps_as_traced = True

    def __init__(self, model):
        self.models = [model]
        self.holders = [model]
        self.stock = type(model).train_step is keras.Model.train_step

    def step(self, batch):
        """Takes one step; returns `{name: value that train_step logs}` of this step alone."""
        model, parts = self.models[0], {}
        model.reset_metrics()  # else logged values are means over all steps
        with _noted_loss(model, parts):
            logged = named_losses(model.train_step(feeding.data(model, batch)))
        return {**logged, **parts} if self.stock else {**parts, **logged}

    def stepper(self):
        """Step as `fit` takes it: a traced function, unless the model runs eagerly."""
        if self.models[0].run_eagerly:
            return self.step
        return tf.function(self.step, autograph=False)

    def traced_step(self, batch):
        """Takes one step as `fit` takes it."""
        return self.stepper()(batch)


@contextlib.contextmanager
def _noted_loss(model, parts):
    """Context that notes the loss and its regularisation, before the update, in `parts`."""
    compute_loss = model.compute_loss

    def noting(*args, **kwargs):
        loss = compute_loss(*args, **kwargs)
        parts.setdefault("loss", loss)
        if model.losses:
            parts.setdefault("regularization", _regularization(model))
        return loss

    model.compute_loss = noting
    try:
        yield
    finally:
        del model.compute_loss


class Triple:
    """(model, loss, optimizer): a step applies the gradient of the loss and `model.losses`."""

    name = "triple"
    stock = True
    steps_as_traced = False

    def __init__(self, model, loss, optimizer):
        self.models = [model]
        self.holders = []
        self.optimizer = optimizer
        self.loss = loss
        parameters = [] if isinstance(loss, keras.losses.Loss) else inspect.signature(
            loss).parameters
        self._takes_model = "model" in parameters and "batch" in parameters

    def step(self, batch):
        """Takes one step; returns the loss and, with regularisation, its two parts by name."""
        with tf.GradientTape() as tape:
            losses = self._losses(batch)
        variables = self.models[0].trainable_variables  # the forward pass may have made them
        self.optimizer.apply(tape.gradient(losses["loss"], variables), variables)
        return losses

    def stepper(self):
        """Eager step: a training loop may trace it or not, which is not known."""
        return self.step

    def traced_step(self, batch):
        """Takes one step as a traced function."""
        return tf.function(self.step, autograph=False)(batch)

    def _losses(self, batch):
        model = self.models[0]
        data_loss = self._data_loss(model, batch)
        if len(data_loss.shape):  # `compile` reduces the value of a loss function in this way
            data_loss = tf.reduce_mean(data_loss)
        penalty = _regularization(model)
        if penalty is None:
            return {"loss": data_loss}
        return {"loss": data_loss + tf.cast(penalty, data_loss.dtype), "data": data_loss,
                "regularization": penalty}

    def _data_loss(self, model, batch):
        if self._takes_model:
            return tf.convert_to_tensor(self.loss(model, batch.tensors))
        training = {"training": True} if model._call_has_training_arg else {}
        predicted = model(feeding.model_input(model, batch), **training)
        return tf.convert_to_tensor(self.loss(feeding.labels(model, batch), predicted))


class WithStep:
    """An object with `model` and `step(batch)`, which handles optimisers and phases itself."""

    name = "object"
    stock = False
    steps_as_traced = True

    def __init__(self, port):
        networks = port.model
        if isinstance(networks, dict):
            networks = networks.values()
        self.models = [networks] if isinstance(networks, keras.Model) else list(networks)
        self.holders = [port, *self.models]
        self._port = port

    def step(self, batch):
        """Takes one step; returns its losses by name."""
        return named_losses(self._port.step(feeding.Tensors(batch.tensors)))

    traced_step = step  # its author has put tf.function where the step is traced

    def stepper(self):
        """Step of the object, as its author wrote it."""
        return self.step
