"""A learning rate that falls when its update's loss no longer does (D3 §3.2)."""

import numpy as np
import tensorflow.compat.v1 as tf

from groundwork import schedules as configs


class Plateau(object):
    """The factor of one update's learning rate, and what it has seen of the loss.

    Attributes:
      best: lowest mean loss of a window so far; before the first, the largest finite number, as
        checkpoints hold finite numbers only.
      total, losses: sum and count of the losses in the present window.
      waited: windows since `best` fell or the factor did.
      factor: what the learning rate is multiplied by.
    """

    def __init__(self, loss, window, decay_rate, patience, dtype):
        """Args:
          loss: name of the update's loss.
          window: number of losses whose mean is compared.
          decay_rate: what the factor is multiplied by after `patience` windows without progress.
          patience: that number of windows.
          dtype: "float32" or "float64".
        """
        number = np.dtype(dtype).type
        self._window = window
        self._decay_rate = number(decay_rate)
        self._patience = patience
        self._scope = "train/{}/plateau/".format(loss)
        self.best = self._variable("best", np.finfo(dtype).max)
        self.total = self._variable("total", number(0))
        self.losses = self._variable("losses", np.int64(0))
        self.waited = self._variable("waited", np.int64(0))
        self.factor = self._variable("factor", number(1))

    def _variable(self, name, start):
        return tf.get_variable(self._scope + name, initializer=start, trainable=False)

    def __call__(self, learning_rate):
        """The learning rate of the next update."""
        with tf.name_scope("train/learning_rate/"):
            return learning_rate * self.factor

    def observe(self, loss):
        """The operation that takes a loss into account; to be run after its update."""
        with tf.name_scope("plateau"):
            total = self.total + loss
            losses = self.losses + 1
            ends = tf.equal(losses, self._window)
            mean = total / tf.cast(self._window, total.dtype)
            falls = tf.logical_and(ends, mean < self.best)
            best = tf.where(falls, mean, self.best)
            waited = tf.where(ends, self.waited + 1, self.waited)
            waited = tf.where(falls, tf.zeros_like(waited), waited)
            decays = tf.equal(waited, self._patience)
            return tf.group(
                tf.assign(self.best, best),
                tf.assign(self.total, tf.where(ends, tf.zeros_like(total), total)),
                tf.assign(self.losses, tf.where(ends, tf.zeros_like(losses), losses)),
                tf.assign(self.waited, tf.where(decays, tf.zeros_like(waited), waited)),
                tf.assign(self.factor, tf.where(
                    decays, self.factor * self._decay_rate, self.factor)))


def plateau_of(hparams, loss, dtype):
    """The `Plateau` of the update that follows a loss; None under another schedule."""
    schedule = hparams.schedule
    if not isinstance(schedule, configs.Plateau):
        return None
    window = schedule.decay_steps * hparams.repeats(loss)
    return Plateau(loss, window, schedule.decay_rate, schedule.patience, dtype)
