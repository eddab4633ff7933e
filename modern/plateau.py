"""A learning rate that falls when its update's loss no longer does (D3 §3.2)."""

import keras
import numpy as np
import tensorflow as tf

from groundwork import schedules as configs


@keras.saving.register_keras_serializable(package="modern")
class Plateau(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate of one update, and what it has seen of the loss.

    Attributes:
      best: lowest mean loss of a window so far; before the first, the largest finite number, as
        checkpoints hold finite numbers only.
      total, losses: sum and count of the losses in the present window.
      waited: windows since `best` fell or the factor did.
      factor: what the learning rate is multiplied by.
    """

    def __init__(self, learning_rate, window, decay_rate, patience, dtype=None):
        """Args:
          learning_rate: the first one.
          window: number of losses whose mean is compared.
          decay_rate: what the factor is multiplied by after `patience` windows without progress.
          patience: that number of windows.
          dtype: "float32" or "float64".
        """
        self._learning_rate = learning_rate
        self._window = window
        self._decay_rate = decay_rate
        self._patience = patience
        self._dtype = dtype or keras.config.floatx()

    def build(self, optimizer):
        """Makes the variables, as the optimiser's own: they are saved with its slots."""
        self._optimizer = optimizer
        self.best = self._variable("best", np.finfo(self._dtype).max, self._dtype)
        self.total = self._variable("total", 0, self._dtype)
        self.losses = self._variable("losses", 0, "int64")
        self.waited = self._variable("waited", 0, "int64")
        self.factor = self._variable("factor", 1, self._dtype)

    def _variable(self, name, start, dtype):
        return self._optimizer.add_variable(
            (), dtype=dtype, name="plateau_" + name,
            initializer=lambda shape, dtype: tf.constant(start, dtype))

    def __call__(self, iteration):
        """The learning rate of the next update."""
        return tf.constant(self._learning_rate, self._dtype) * self.factor.value

    def observe(self, loss):
        """Takes a loss into account; to be called after its update."""
        total = self.total.value + loss
        losses = self.losses.value + 1
        ends = tf.equal(losses, self._window)
        mean = total / tf.cast(self._window, total.dtype)
        falls = tf.logical_and(ends, mean < self.best.value)
        best = tf.where(falls, mean, self.best.value)
        waited = tf.where(ends, self.waited.value + 1, self.waited.value)
        waited = tf.where(falls, tf.zeros_like(waited), waited)
        decays = tf.equal(waited, self._patience)
        decayed = self.factor.value * tf.constant(self._decay_rate, self._dtype)
        self.best.assign(best)
        self.total.assign(tf.where(ends, tf.zeros_like(total), total))
        self.losses.assign(tf.where(ends, tf.zeros_like(losses), losses))
        self.waited.assign(tf.where(decays, tf.zeros_like(waited), waited))
        self.factor.assign(tf.where(decays, decayed, self.factor.value))

    def get_config(self):
        return {"learning_rate": self._learning_rate, "window": self._window,
                "decay_rate": self._decay_rate, "patience": self._patience, "dtype": self._dtype}


def plateau_of(hparams, loss):
    """The `Plateau` of the update that follows a loss; None under another schedule."""
    schedule = hparams.schedule
    if not isinstance(schedule, configs.Plateau):
        return None
    window = schedule.decay_steps * hparams.repeats(loss)
    return Plateau(
        hparams.learning_rate(loss), window, schedule.decay_rate, schedule.patience)
