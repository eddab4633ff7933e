"""A port that is ready to take steps: its variables exist, have names, and can be reset."""

from keras.src.backend.common import global_state
from keras.src.random import seed_generator
import numpy as np

from parity.common import keys
from parity.port import first_step
from parity.port import loading
from parity.port import naming
from parity.port import optimizers


class Port:
    """A port with all its variables.

    Variables of optimisers are made at once where it is known which variables they train, else by
    a first step on `batch`, which is undone.

    Args:
      form: form of the port.
      batch: a `feeding.Batch`; None where there is none, so that variables may be missing.

    Attributes:
      form: as given.
      optimizers: list of its optimisers, which are numbered by their places.
      owned: its variables as `naming.Owned`.
      names: the `naming.Names` of its variables.
      complete: True where all its variables are known to exist.
    """

    def __init__(self, form, batch=None):
        self.form = form
        self.optimizers = loading.optimizers(form)
        self.complete = True
        self._loose = loading.loose_variables(form)
        if form.stock and form.models[0].built:
            self.optimizers[0].build(form.models[0].trainable_variables)
        elif form.name == "forward" and all(model.built for model in form.models):
            pass  # there is no optimiser that a step could make
        elif batch is not None:
            self._loose += first_step.take_and_undo(form, batch, self.optimizers, self._everything)
        else:
            self.complete = False
        self.owned = naming.owned_variables(form.models, self._loose)
        self.names = naming.of_variables(self.owned)
        for entry in self.owned:  # Keras gives an optimiser the tf.Variable inside its own
            self.names.alias(entry.variable)
        self._first = self.values()

    def _everything(self):
        """List of all variables that a step can change or read."""
        found = list(self._loose)
        for model in self.form.models:
            found += model.variables + model.metrics_variables
        for optimizer in self.optimizers:
            found += optimizer.variables
        generator = global_state.get_global_attribute(seed_generator.GLOBAL_SEED_GENERATOR)
        return found + ([generator.state] if generator is not None else [])

    def values(self):
        """[(variable, value)] of all variables, for `restore`."""
        return [(variable, variable.numpy()) for variable in self._everything()]

    def first_value(self, variable):
        """Value of a variable before the first step."""
        return next(value for other, value in self._first if other is variable)

    @staticmethod
    def restore(values):
        """Sets variables to values that `values` returned."""
        for variable, value in values:
            variable.assign(value)

    def reset(self):
        """Sets every variable to its value before the first step.

        Raises:
          ValueError: the model was never called, so that it has no variables yet.
        """
        if self.form.stock and not self.complete:
            raise ValueError(f"{type(self.form.models[0]).__name__} has no variables before it is "
                             "called, and the job gives no batch to call it with")
        self.restore(self._first)

    def variables(self):
        """`{path: variable}` of models, and of variables outside of models, in order."""
        return self.names.objects()

    def state(self):
        """`{path: value}` of the variables."""
        return {path: np.asarray(variable.numpy()) for path, variable in self.variables().items()}

    def optimizer_state(self):
        """(`{"<optimizer>/<path>/<role>": slot}`, `{"<optimizer>/<name>": own variable}`)."""
        slots, own = {}, {}
        for number, optimizer in enumerate(self.optimizers):
            for slot in optimizers.slots(optimizer):
                slots[f"{number}/{self.names.of(slot.trained)}/{slot.role}"] = slot.variable
            for name, variable in optimizers.own_variables(optimizer).items():
                own[f"{number}/{name}"] = variable
        return slots, own

    def held(self):
        """Yields (kind, name, array) of the whole state; kinds as for `places`."""
        for kind, name, variable in self.places():
            yield kind, name, np.asarray(variable.numpy())

    def places(self):
        """Yields (kind, name, variable) of the whole state.

        Kinds are "state" of variables, "slot" and "own" of optimisers, "iterations" of counters.
        """
        slots, own = self.optimizer_state()
        for kind, variables in (("state", self.variables()), ("slot", slots), ("own", own),
                                ("iterations", self._counters())):
            for name, variable in variables.items():
                yield kind, name, variable

    def _counters(self):
        return {str(number): optimizer._iterations
                for number, optimizer in enumerate(self.optimizers)}

    def load(self, given, step):
        """Resets the port, then sets it to the state that a job gives for a step, see `recorder`.

        Args:
          given: the `arrays.Given` of the job.
          step: number of the step.
        """
        self.reset()
        slots, own = self.optimizer_state()
        self._assign(given.each(keys.prefix("state", step)), self.variables(), "variable")
        self._assign(given.each(keys.prefix("slot", step)), slots, "slot")
        self._assign(given.each(keys.prefix("own", step)), own, "optimiser's variable")
        self._assign(given.each(keys.prefix("iterations", step)), self._counters(), "optimiser")

    @staticmethod
    def _assign(values, variables, what):
        for name, value in values:
            if name not in variables:
                raise ValueError(f"the port has no {what} {name}")
            if tuple(variables[name].shape) != value.shape:
                raise ValueError(f"{what} {name} has shape {tuple(variables[name].shape)}, "
                                 f"the job gives {value.shape}")
            variables[name].assign(value)
