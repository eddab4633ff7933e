"""TensorFlow 1: programs from other initial values, other draws, and fed other numbers."""

import tensorflow.compat.v1 as tf

from parity import capture

# Batches of the seeds are so many steps apart.
_APART = 1000


def program(build, seed):
    """What the function of a program returns, for a seed; with 0 it is as without one.

    Args:
      build: function that builds a graph, as `parity.capture` takes it.
      seed: a whole number from 0.
    """
    if not seed:
        return build()
    tf.set_random_seed(seed)
    built = build()
    given = {getattr(key, "name", key): value for key, value in built.get("feed", {}).items()}
    feed = {op.outputs[0]: _drawn(op.outputs[0], seed)
            for op in tf.get_default_graph().get_operations() if op.type == "Placeholder"}
    feed.update((tensor, _later(given[tensor.name], seed))
                for tensor in list(feed) if tensor.name in given)
    return dict(built, feed=feed)


def _drawn(tensor, seed):
    return lambda step: capture.draw(tensor, step + _APART * seed)


def _later(value, seed):
    return (lambda step: value(step + _APART * seed)) if callable(value) else value
