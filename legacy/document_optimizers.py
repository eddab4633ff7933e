"""Optimisers by the documents' own formulas, where these are not those of `tf.train`."""

import tensorflow.compat.v1 as tf


class _DocumentOptimizer(tf.train.Optimizer):
    """An optimiser made of TensorFlow's operations; `numbers` are its hyper-parameters."""

    slots = ()

    def __init__(self, learning_rate, name, **numbers):
        super(_DocumentOptimizer, self).__init__(use_locking=False, name=name)
        self._learning_rate = learning_rate
        self._numbers = numbers

    def _create_slots(self, var_list):
        for variable in var_list:
            for slot in self.slots:
                self._zeros_slot(variable, slot, self._name)

    def _rate(self, variable):
        return tf.cast(self._learning_rate, variable.dtype.base_dtype)

    def _scalar(self, name, variable):
        return tf.constant(self._numbers[name], variable.dtype.base_dtype)

    def _mean(self, slot, decay, value, variable):
        """decay * mean + (1 - decay) * value, of the mean that a slot holds."""
        decay = self._scalar(decay, variable)
        return decay * self.get_slot(variable, slot) + (1.0 - decay) * value

    def _assign(self, variable, step, **slots):
        return tf.group(tf.assign_sub(variable, step),
                        *[tf.assign(self.get_slot(variable, name), slots[name])
                          for name in self.slots])


class AdamD0(_DocumentOptimizer):
    """theta <- theta - learning_rate * m / (sqrt(v) + epsilon), m and v uncorrected (D0 §3.1)."""

    slots = ("m", "v")

    def __init__(self, learning_rate=2e-4, beta1=0.5, beta2=0.999, epsilon=1e-7, name="AdamD0"):
        super(AdamD0, self).__init__(
            learning_rate, name, beta1=beta1, beta2=beta2, epsilon=epsilon)

    def _resource_apply_dense(self, grad, handle):
        m = self._mean("m", "beta1", grad, handle)
        v = self._mean("v", "beta2", tf.square(grad), handle)
        ratio = m / (tf.sqrt(v) + self._scalar("epsilon", handle))
        return self._assign(handle, self._rate(handle) * ratio, m=m, v=v)


class AdamD3(_DocumentOptimizer):
    """theta <- theta - learning_rate * m / (1 - beta1^t); v is kept, not used (D3 §3.1.2)."""

    slots = ("m", "v")

    def __init__(self, learning_rate=1e-3, beta1=0.9, beta2=0.999, name="AdamD3"):
        super(AdamD3, self).__init__(learning_rate, name, beta1=beta1, beta2=beta2)

    def _create_slots(self, var_list):
        first = min(var_list, key=lambda variable: variable.name)
        self._create_non_slot_variable(
            initial_value=self._numbers["beta1"], name="beta1_power", colocate_with=first)
        super(AdamD3, self)._create_slots(var_list)

    def _power(self):
        return self._get_non_slot_variable("beta1_power", graph=tf.get_default_graph())

    def _resource_apply_dense(self, grad, handle):
        m = self._mean("m", "beta1", grad, handle)
        v = self._mean("v", "beta2", tf.square(grad), handle)
        corrected = m / (1.0 - self._power())
        return self._assign(handle, self._rate(handle) * corrected, m=m, v=v)

    def _finish(self, update_ops, name_scope):
        with tf.control_dependencies(update_ops):
            power = self._power()
            advance = tf.assign(power, power * self._scalar("beta1", power))
        return tf.group(advance, *update_ops, name=name_scope)


class RmsPropD3(_DocumentOptimizer):
    """theta <- theta - learning_rate * gradient / (sqrt(v) + epsilon), v from zero (D3 §3.1.3)."""

    slots = ("v",)

    def __init__(self, learning_rate=1e-3, decay=0.9, epsilon=1e-10, name="RmsPropD3"):
        super(RmsPropD3, self).__init__(learning_rate, name, decay=decay, epsilon=epsilon)

    def _resource_apply_dense(self, grad, handle):
        v = self._mean("v", "decay", tf.square(grad), handle)
        ratio = grad / (tf.sqrt(v) + self._scalar("epsilon", handle))
        return self._assign(handle, self._rate(handle) * ratio, v=v)
