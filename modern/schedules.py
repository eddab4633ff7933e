"""Keras learning-rate schedules that do exactly what `tf.train` did, in the weights' precision.

Keras's own compute in float32 whatever the precision of the weights.
"""

import keras
import tensorflow as tf

from groundwork import schedules as configs


class _Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule of training steps, in each of which its optimiser is applied `updates` times."""

    def __init__(self, learning_rate, updates, dtype=None, **numbers):
        dtype = dtype or keras.config.floatx()
        self._config = {"learning_rate": learning_rate, "updates": updates, "dtype": dtype,
                        **numbers}

    def _number(self, name):
        return tf.constant(self._config[name], self._config["dtype"])

    def _step(self, iteration):
        return tf.cast(iteration // self._config["updates"], self._config["dtype"])

    def get_config(self):
        return dict(self._config)


@keras.saving.register_keras_serializable(package="modern")
class LinearDecay(_Schedule):
    """`tf.train.polynomial_decay` of power 1 to 0."""

    def __call__(self, iteration):
        end = self._number("decay_steps")
        decays = tf.minimum(self._step(iteration), end) / end
        # As tf.train has it: TensorFlow's pow(x, 1) is not x to the last bit.
        return self._number("learning_rate") * tf.pow(1.0 - decays, 1.0)


@keras.saving.register_keras_serializable(package="modern")
class ExponentialDecay(_Schedule):
    """`tf.train.exponential_decay`; with `staircase`, by whole decays."""

    def __call__(self, iteration):
        decays = self._step(iteration) / self._number("decay_steps")
        if self._config["staircase"]:
            decays = tf.floor(decays)
        return self._number("learning_rate") * tf.pow(self._number("decay_rate"), decays)


def make(schedule, learning_rate, updates):
    """The learning rate as a Keras optimiser takes it: a number or a schedule.

    Args:
      schedule: one of the dataclasses in `groundwork.schedules`.
      learning_rate: that of step 0.
      updates: how often the optimiser is applied in one training step.
    """
    if isinstance(schedule, configs.Plateau):
        raise TypeError("a rate that follows the loss is made by plateau.plateau_of")
    if isinstance(schedule, configs.Constant):
        return learning_rate
    if isinstance(schedule, configs.Linear):
        return LinearDecay(learning_rate, updates, decay_steps=schedule.decay_steps)
    return ExponentialDecay(
        learning_rate, updates, decay_steps=schedule.decay_steps, decay_rate=schedule.decay_rate,
        staircase=isinstance(schedule, configs.Step))
