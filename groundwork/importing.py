"""Imports of TensorFlow and Keras: silent, and in half the time."""

import contextlib
import gc
import os
import sys

from groundwork import silence

# Keras imports them, and all of SciPy, for wrappers that nothing here uses.
_NOT_NEEDED = ("matplotlib", "sklearn")


@contextlib.contextmanager
def importing_tensorflow():
    """Import TensorFlow, or make its first session, inside this.

    Its C++ start-up lines come before it reads any setting.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with silence.silenced_stderr(), _without(_NOT_NEEDED), _without_collections():
        yield


@contextlib.contextmanager
def _without(packages):
    """Packages that are not imported yet cannot be, inside this."""
    hidden = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextlib.contextmanager
def _without_collections():
    """No garbage is collected inside this; what is made stays.

    An import makes a third of a million objects and no garbage, and Python looks at all of them
    time and again: a second of the four that TensorFlow and Keras take.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
