"""`tf.train` learning-rate schedules from their configs."""

import tensorflow.compat.v1 as tf

from groundwork import schedules as configs


def make(schedule, learning_rate):
    """The learning rate of the present step, `global_step`.

    Args:
      schedule: one of the dataclasses in `groundwork.schedules`.
      learning_rate: that of step 0, a NumPy scalar of the weights' dtype.

    Returns:
      The scalar itself, or a tensor.
    """
    if isinstance(schedule, configs.Plateau):
        raise TypeError("a rate that follows the loss is made by plateau.plateau_of")
    if isinstance(schedule, configs.Constant):
        return learning_rate
    number = type(learning_rate)  # a Python float would become float32 in float64, too
    step = tf.train.get_or_create_global_step()
    with tf.name_scope("train/learning_rate/"):
        if isinstance(schedule, configs.Linear):
            return tf.train.polynomial_decay(
                learning_rate, step, schedule.decay_steps, end_learning_rate=number(0))
        return tf.train.exponential_decay(
            learning_rate, step, schedule.decay_steps, number(schedule.decay_rate),
            staircase=isinstance(schedule, configs.Step))
