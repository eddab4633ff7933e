"""The first step of a port that makes variables while it steps, and its undoing."""

from keras.src import backend
from keras.src.backend.common import variables as keras_variables
from keras.src.optimizers import base_optimizer

from parity.port import hooks


def take_and_undo(form, batch, optimizers, everything):
    """Takes a step, then sets all variables to their first values.

    A variable that the step made goes back to what its initialiser gave; those of an optimiser to
    what they were just before its first update, so that a `build` that assigns is kept. What
    a port counts in Python it goes on counting.

    Args:
      form: form of the port.
      batch: what the step is fed.
      optimizers: list of those known, to which others are added.
      everything: function that gives all variables there are.

    Returns:
      Variables that the optimisers were given and no model holds, to be kept as loose ones.
    """
    before = [(variable, variable.numpy()) for variable in everything()]
    made, applied, given = [], [], []
    with hooks.replaced([_noting_variables(made)]), \
            hooks.replaced([_noting_optimizers(optimizers, applied, given)]), hooks.eager():
        form.step(batch)
    held = {id(variable) for variable in everything()}
    for variable, value in given + made + before + applied:
        variable.assign(value)
    return [variable for variable, _ in given if id(variable) not in held]


def _noting_variables(made):
    kind = keras_variables.Variable
    original = kind.__init__

    def noting(self, *args, **kwargs):
        original(self, *args, **kwargs)
        if self._value is not None:  # else it is made in a symbolic scope, and later
            made.append((self, self.numpy()))

    return kind, "__init__", noting


def _noting_optimizers(optimizers, applied, given):
    kind = base_optimizer.BaseOptimizer
    original = kind.apply
    seen = set()

    def noting(self, grads, trainable_variables=None):
        grads = list(grads)
        variables = None if trainable_variables is None else list(trainable_variables)
        if id(self) not in seen:
            seen.add(id(self))
            if all(self is not known for known in optimizers):
                optimizers.append(self)
            if not self.built and variables is not None:
                with backend.name_scope(self.name, caller=self):
                    self.build(variables)
            applied.extend((variable, variable.numpy()) for variable in self.variables)
            given.extend((variable, variable.numpy()) for variable in variables or ())
        if any(gradient is not None for gradient in grads):
            original(self, grads, variables)

    return kind, "apply", noting
