"""Base of the Keras optimisers that follow TensorFlow 1."""

import keras
import tensorflow as tf


class UpdateRule(keras.optimizers.Optimizer):
    """An optimiser made of TensorFlow's own kernels; `_numbers` are its hyper-parameters."""

    def __init__(self, learning_rate, name=None, **numbers):
        super().__init__(learning_rate=learning_rate, name=name)
        self._numbers = numbers

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._make_slots(variables)

    def _make_slots(self, variables):
        """Makes what the kernel keeps beside the variables."""

    def _slots(self, variables, name, start=0.0):
        # Keras's Constant goes through float32: 0.1 would differ from tf.train's in float64.
        return [self.add_variable_from_reference(
            variable, name,
            initializer=lambda shape, dtype: tf.fill(shape, tf.constant(start, dtype)))
                for variable in variables]

    def _scalar(self, name, variable):
        return tf.constant(self._numbers[name], variable.dtype)

    def get_config(self):
        config = super().get_config()
        return {"learning_rate": config["learning_rate"], "name": self.name, **self._numbers}


def register(optimizer):
    """Lets Keras load a saved optimiser of this class."""
    return keras.saving.register_keras_serializable(package="modern")(optimizer)
