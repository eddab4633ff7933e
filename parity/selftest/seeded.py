"""TensorFlow 1 programs with a seed: of their initial values, draws and batches."""

import tensorflow.compat.v1 as tf

from parity import capture

# A seed's batches are those of so many steps later than the seed before.
_APART = 1000


def program(build, seed):
    """Builds a program with a seed: the dict that its function returns, with other feeds.

    Args:
      build: function that builds a graph, as `parity.capture` takes it.
      seed: a whole number from 0; 0 leaves the program as it is.
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
    """A function of the step that draws the feed of a placeholder."""
    return lambda step: capture.draw(tensor, step + _APART * seed)


def _later(value, seed):
    """A program's own feed, at the steps of a seed where it is a function of the step."""
    return (lambda step: value(step + _APART * seed)) if callable(value) else value
