"""Optimisers by the documents' own formulas, where these are not those of `tf.train`."""

import tensorflow as tf

from modern.update_rule import register, UpdateRule


class _DocumentOptimizer(UpdateRule):
    """An optimiser made of TensorFlow's operations; `numbers` are its hyper-parameters."""

    slots = ()

    def _make_slots(self, variables):
        self._values = {slot: self._slots(variables, slot) for slot in self.slots}

    def _slot(self, variable, slot):
        return self._values[slot][self._get_variable_index(variable)]

    def _rate(self, learning_rate, variable):
        return tf.cast(learning_rate, variable.dtype)

    def _mean(self, slot, decay, value, variable):
        """decay * mean + (1 - decay) * value, of the mean that a slot holds."""
        decay = self._scalar(decay, variable)
        return decay * self._slot(variable, slot).value + (1.0 - decay) * value

    def _assign(self, variable, step, **slots):
        variable.assign_sub(step)
        for name in self.slots:
            self._slot(variable, name).assign(slots[name])


@register
class AdamD0(_DocumentOptimizer):
    """theta <- theta - learning_rate * m / (sqrt(v) + epsilon), m and v uncorrected (D0 §3.1)."""

    slots = ("m", "v")

    def __init__(self, learning_rate=2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7, name=None):
        super().__init__(learning_rate, name, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon)

    def update_step(self, gradient, variable, learning_rate):
        m = self._mean("m", "beta_1", gradient, variable)
        v = self._mean("v", "beta_2", tf.square(gradient), variable)
        ratio = m / (tf.sqrt(v) + self._scalar("epsilon", variable))
        self._assign(variable, self._rate(learning_rate, variable) * ratio, m=m, v=v)


@register
class AdamD3(_DocumentOptimizer):
    """theta <- theta - learning_rate * m / (1 - beta1^t); v is kept, not used (D3 §3.1.2)."""

    slots = ("m", "v")

    def __init__(self, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, name=None):
        super().__init__(learning_rate, name, beta_1=beta_1, beta_2=beta_2)

    def _make_slots(self, variables):
        self._power = self.add_variable(
            (), dtype=variables[0].dtype, name="beta_1_power",
            initializer=lambda shape, dtype: tf.constant(self._numbers["beta_1"], dtype))
        super()._make_slots(variables)

    def update_step(self, gradient, variable, learning_rate):
        m = self._mean("m", "beta_1", gradient, variable)
        v = self._mean("v", "beta_2", tf.square(gradient), variable)
        corrected = m / (1.0 - self._power.value)
        self._assign(variable, self._rate(learning_rate, variable) * corrected, m=m, v=v)

    def apply(self, grads, trainable_variables=None):
        super().apply(grads, trainable_variables)
        self._power.assign(self._power.value * self._scalar("beta_1", self._power))


@register
class RmsPropD3(_DocumentOptimizer):
    """theta <- theta - learning_rate * gradient / (sqrt(v) + epsilon), v from zero (D3 §3.1.3)."""

    slots = ("v",)

    def __init__(self, learning_rate=1e-3, rho=0.9, epsilon=1e-10, name=None):
        super().__init__(learning_rate, name, rho=rho, epsilon=epsilon)

    def update_step(self, gradient, variable, learning_rate):
        v = self._mean("v", "rho", tf.square(gradient), variable)
        ratio = gradient / (tf.sqrt(v) + self._scalar("epsilon", variable))
        self._assign(variable, self._rate(learning_rate, variable) * ratio, v=v)
