"""Replaces functions of Keras and TensorFlow for as long as a context is open."""

import contextlib

import tensorflow as tf


@contextlib.contextmanager
def replaced(replacements):
    """Context in which attributes of modules and classes are replaced.

    Args:
      replacements: list of (module or class that defines the attribute, its name, value).
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
    """Context in which every tf.function runs as Python."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


def outermost(classes, method, make):
    """Replacements of a method in every class that defines it; only outermost calls are replaced.

    Args:
      classes: classes of the objects that are watched.
      method: name of the method.
      make: function (original, object, *arguments) that is called instead. Calls that an override
        makes of its base class run unchanged.
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
