"""Keras optimisers that do exactly what `tf.train` did, on TensorFlow's own update kernels.

Keras's rules of the same names differ: its momentum holds the learning rate inside the slot, its
RMSprop slot starts at zero, its Adam rounds 1 - beta and the powers of beta otherwise. In float64
make these under `modern.precision.precision("float64")`: learning rate and schedule follow floatx.
"""

import dataclasses

import keras
import tensorflow as tf

from groundwork import optimizers as configs
from modern import document_optimizers
from modern.update_rule import register, UpdateRule


@register
class GradientDescent(UpdateRule):
    """`tf.train.GradientDescentOptimizer`."""

    def update_step(self, gradient, variable, learning_rate):
        tf.raw_ops.ResourceApplyGradientDescent(
            var=variable.handle, alpha=tf.cast(learning_rate, variable.dtype), delta=gradient)


@register
class Momentum(UpdateRule):
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


@register
class Adam(UpdateRule):
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


@register
class RMSprop(UpdateRule):
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


@register
class Adagrad(UpdateRule):
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


# Each takes the numbers in the order of its dataclass.
_OPTIMIZERS = {
    configs.GradientDescent: GradientDescent,
    configs.Momentum: Momentum,
    configs.Adam: Adam,
    configs.RmsProp: RMSprop,
    configs.Adagrad: Adagrad,
    configs.AdamD0: document_optimizers.AdamD0,
    configs.AdamD3: document_optimizers.AdamD3,
    configs.RmsPropD3: document_optimizers.RmsPropD3,
}
_STOCK_OPTIMIZERS = {
    configs.GradientDescent: keras.optimizers.SGD,
    configs.Momentum: keras.optimizers.SGD,
    configs.Adam: keras.optimizers.Adam,
    configs.RmsProp: keras.optimizers.RMSprop,
    configs.Adagrad: keras.optimizers.Adagrad,
}


def make(config, rate, name, stock=False):
    """The optimiser of one of the dataclasses in `groundwork.optimizers`.

    Args:
      config: the dataclass object.
      rate: the learning rate, as `modern.schedules` makes it.
      name: the optimiser's name, such as "generator".
      stock: Keras's own rule with the same numbers, instead of `tf.train`'s.

    Raises:
      TypeError: Keras has no such rule.
    """
    kinds = _STOCK_OPTIMIZERS if stock else _OPTIMIZERS
    if type(config) not in kinds:
        raise TypeError(f"Keras has no rule of its own for {config!r}")
    others = dataclasses.astuple(config)[1:]  # the first is the learning rate
    return kinds[type(config)](rate, *others, name=name)
