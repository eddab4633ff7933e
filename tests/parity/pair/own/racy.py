"""`legacy.train` of a GAN with a race: a bias is clipped and scaled, in no order.

Takes the flags of `legacy.train --model=dense_gan`.
"""

import tensorflow.compat.v1 as tf

from legacy import train
from legacy.models import dense_gan


def racing(build):
    """The function of a program, of one whose first phase ends in a race."""
    def program(hparams, dtype):
        whole = build(hparams, dtype)
        bias = whole.phases[0].updates[1].variables[1]

        def after():
            return [tf.assign(bias, tf.clip_by_value(bias, -0.01, 0.01)),
                    tf.assign(bias, bias * 0.5)]

        return whole._replace(phases=[whole.phases[0]._replace(post_update=after)])
    return program


if __name__ == "__main__":
    dense_gan.program = racing(dense_gan.program)
    train.console()
