"""Takes and undoes the first step of a port that makes variables while it steps."""

from keras.src import backend
from keras.src.backend.common import variables as keras_variables
from keras.src.optimizers import base_optimizer

from parity.port import hooks


def take_and_undo(form, batch, optimizers, everything):
    """Takes a step, then sets all variables to their first values.

    A variable that the step made is set to the value of its initialiser; variables of an optimiser
    to their values before its first update, so that assignments in its `build` are kept. Counters
    in Python are not set back.

    Args:
      form: form of the port.
      batch: the `feeding.Batch` of the step.
      optimizers: list of the known optimisers, to which others are added.
      everything: function () -> list of all variables.

    Returns:
      List of variables that the optimisers were given and no model holds.
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
