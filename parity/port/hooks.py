"""Functions of Keras and TensorFlow, replaced for a while."""

import contextlib

import tensorflow as tf


@contextlib.contextmanager
def replaced(replacements):
    """Sets attributes of modules and classes while the context is open.

    Args:
      replacements: [(module or class that defines it, attribute, value)].
    """
    before = [(owner, name, vars(owner)[name]) for owner, name, _ in replacements]
    try:
        for owner, name, value in replacements:
            setattr(owner, name, value)
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)


@contextlib.contextmanager
def eager():
    """Runs every tf.function as Python while the context is open."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


def outermost(classes, method, make):
    """Replacements for a method in every class that defines it; only the outermost call counts.

    Args:
      classes: classes of the objects that will be watched.
      method: its name.
      make: function (original, object, *arguments of the call) that does and returns what the
        call shall do. What an override then calls of its base runs as it is.
    """
    defining = {kind for watched in classes for kind in watched.__mro__ if method in vars(kind)}
    entered = set()

    def around(original):
        def replacement(self, *args, **kwargs):
            if id(self) in entered:
                return original(self, *args, **kwargs)
            entered.add(id(self))
            try:
                return make(original, self, *args, **kwargs)
            finally:
                entered.discard(id(self))
        return replacement
    return [(kind, method, around(vars(kind)[method])) for kind in defining]
