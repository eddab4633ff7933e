"""Verifies that Keras 3 ports are the same models as the TensorFlow 1 programs they come from.

    parity.verify(legacy="captured", modern="port.py:build")   the report
    parity.assert_parity(legacy=..., modern=...)               AssertionError unless they are equal
"""

import importlib


def __getattr__(name):
    """Imports the public names when they are first used: recorders need neither."""
    if name == "verify":  # a module, the command, that can be called
        return importlib.import_module("parity.verify")
    if name == "assert_parity":
        return importlib.import_module("parity.api").assert_parity
    raise AttributeError("module 'parity' has no attribute {!r}".format(name))
