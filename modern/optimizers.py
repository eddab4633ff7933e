"""Keras optimisers that do exactly what `tf.train` did, on TensorFlow's own update kernels.

Keras's rules of the same names differ: its momentum holds the learning rate inside the slot, its
RMSprop slot starts at zero, its Adam rounds 1 - beta and the powers of beta otherwise. In float64
make these under `modern.precision.precision("float64")`: the learning rate follows floatx.
"""

import keras
import tensorflow as tf

from groundwork import optimizers as settings


class _Kernel(keras.optimizers.Optimizer):
    """An optimiser whose update is one TensorFlow kernel; `_numbers` are its hyper-parameters."""

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


def _register(optimizer):
    return keras.saving.register_keras_serializable(package="modern")(optimizer)


@_register
class GradientDescent(_Kernel):
    """`tf.train.GradientDescentOptimizer`."""

    def update_step(self, gradient, variable, learning_rate):
        tf.raw_ops.ResourceApplyGradientDescent(
            var=variable.handle, alpha=tf.cast(learning_rate, variable.dtype), delta=gradient)


@_register
class Momentum(_Kernel):
    """`tf.train.MomentumOptimizer`: the slot sums gradients, the learning rate comes after."""

    def __init__(self, learning_rate=0.01, momentum=0.9, name=None):
        super().__init__(learning_rate, name, momentum=momentum)

    def _make_slots(self, variables):
        self._sums = self._slots(variables, "momentum")

    def update_step(self, gradient, variable, learning_rate):
        tf.raw_ops.ResourceApplyMomentum(
            var=variable.handle,
            accum=self._sums[self._get_variable_index(variable)].handle,
            lr=tf.cast(learning_rate, variable.dtype),
            grad=gradient,
            momentum=self._scalar("momentum", variable))


@_register
class Adam(_Kernel):
    """`tf.train.AdamOptimizer`: the powers of beta are running products in the weights' dtype."""

    def __init__(self, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-8, name=None):
        super().__init__(learning_rate, name, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon)

    def _make_slots(self, variables):
        dtype = variables[0].dtype
        self._powers = {
            beta: self.add_variable(
                (), dtype=dtype, name=beta + "_power",
                initializer=lambda shape, dtype, beta=beta: tf.constant(self._numbers[beta], dtype))
            for beta in ("beta_1", "beta_2")}
        self._means = self._slots(variables, "m")
        self._squares = self._slots(variables, "v")

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._means[index].handle,
            v=self._squares[index].handle,
            beta1_power=self._powers["beta_1"].value,
            beta2_power=self._powers["beta_2"].value,
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=self._scalar("beta_1", variable),
            beta2=self._scalar("beta_2", variable),
            epsilon=self._scalar("epsilon", variable),
            grad=gradient)

    def apply(self, grads, trainable_variables=None):
        super().apply(grads, trainable_variables)
        for beta, power in self._powers.items():
            power.assign(power * self._scalar(beta, power))


@_register
class RMSprop(_Kernel):
    """`tf.train.RMSPropOptimizer`: the mean of squared gradients starts at one."""

    def __init__(self, learning_rate=1e-3, rho=0.9, momentum=0.0, epsilon=1e-10, name=None):
        super().__init__(learning_rate, name, rho=rho, momentum=momentum, epsilon=epsilon)

    def _make_slots(self, variables):
        self._squares = self._slots(variables, "rms", start=1.0)
        self._steps = self._slots(variables, "momentum")

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        tf.raw_ops.ResourceApplyRMSProp(
            var=variable.handle,
            ms=self._squares[index].handle,
            mom=self._steps[index].handle,
            lr=tf.cast(learning_rate, variable.dtype),
            rho=self._scalar("rho", variable),
            momentum=self._scalar("momentum", variable),
            epsilon=self._scalar("epsilon", variable),
            grad=gradient)


@_register
class Adagrad(_Kernel):
    """`tf.train.AdagradOptimizer`: nothing is added to the root of the sum."""

    def __init__(self, learning_rate=0.01, initial_accumulator_value=0.1, name=None):
        super().__init__(learning_rate, name, initial_accumulator_value=initial_accumulator_value)

    def _make_slots(self, variables):
        self._sums = self._slots(
            variables, "accumulator", start=self._numbers["initial_accumulator_value"])

    def update_step(self, gradient, variable, learning_rate):
        tf.raw_ops.ResourceApplyAdagrad(
            var=variable.handle,
            accum=self._sums[self._get_variable_index(variable)].handle,
            lr=tf.cast(learning_rate, variable.dtype),
            grad=gradient)


def make(numbers, name, stock=False):
    """A Keras optimiser.

    Args:
      numbers: one of the dataclasses in `groundwork.optimizers`.
      name: the optimiser's name, such as "generator".
      stock: Keras's own rule with the same numbers, instead of `tf.train`'s.
    """
    rate = numbers.learning_rate
    if isinstance(numbers, settings.GradientDescent):
        rule = keras.optimizers.SGD if stock else GradientDescent
        return rule(rate, name=name)
    if isinstance(numbers, settings.Momentum):
        rule = keras.optimizers.SGD if stock else Momentum
        return rule(rate, momentum=numbers.momentum, name=name)
    if isinstance(numbers, settings.Adam):
        rule = keras.optimizers.Adam if stock else Adam
        return rule(rate, numbers.beta1, numbers.beta2, numbers.epsilon, name=name)
    if isinstance(numbers, settings.RmsProp):
        rule = keras.optimizers.RMSprop if stock else RMSprop
        return rule(rate, numbers.decay, numbers.momentum, numbers.epsilon, name=name)
    if isinstance(numbers, settings.Adagrad):
        rule = keras.optimizers.Adagrad if stock else Adagrad
        return rule(rate, numbers.initial_accumulator, name=name)
    raise TypeError(f"no Keras optimiser for {numbers!r}")
