"""The models as `parity` takes any port: an object with `model` and `step(batch)`.

A batch holds what the Session of `legacy.train` was fed, by the names of its placeholders.
"""

import importlib

import keras
import tensorflow as tf

from groundwork import hyperparameters
from modern.training import run_updates


def build(model, stock_optimizers=False, **values):
    """The `Port` of a model.

    Args:
      model: a name in `groundwork.models.MODELS`.
      stock_optimizers: Keras's own rules, instead of those that follow `tf.train`.
      **values: hyper-parameters that are not the model's defaults.
    """
    program = importlib.import_module(f"modern.models.{model}").program
    return Port(program(hyperparameters.make(model, values), keras.config.floatx(),
                        stock_optimizers))


class Port:
    """A `modern.program.Program` and its training step."""

    def __init__(self, program):
        self._program = program
        self.model = program.model
        self._inputs = [key for key in program.inputs if not key.startswith("sample/")]
        # One call of the Session each, in order: a phase, a repetition, an accumulated batch.
        self._calls = list(dict.fromkeys(key.rpartition("/")[0] for key in self._inputs))

    def step(self, batch):
        """Takes one training step; `[{loss name: scalar}]` of its updates, in order."""
        return self.run({key: self._fed(batch, *key.rsplit("/", 1)) for key in self._inputs})

    @tf.function(autograph=False)  # no `if` or loop of a step depends on a tensor
    def run(self, fed):
        """Takes a step, fed `{"<phase>/<name>": tensor}`."""
        return [losses for _, losses in run_updates(self._program, fed)]

    def _fed(self, batch, call, name):
        """The input that one call was fed; an input of several calls has no number."""
        number = self._calls.index(call)
        keys = [f"gathered/{number}/inputs/{name}", f"{number}/inputs/{name}", f"inputs/{name}"]
        return next(batch[key] for key in keys if key in batch)
