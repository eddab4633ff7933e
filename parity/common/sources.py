"""Which line of a program's own code made something."""

import os
import traceback

_NOT_OWN = ("site-packages", os.path.dirname(traceback.__file__), "importlib", "<frozen")


def own_line(frames):
    """"file:line" of the innermost frame outside installed packages, constructors and recorders.

    Args:
      frames: a traceback, outermost first; what `traceback.extract_stack` gives.
    """
    recorders = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for frame in reversed(list(frames)):
        path, line, function = frame[0], frame[1], frame[2]
        absolute = os.path.abspath(path)
        if function == "__init__" or absolute.startswith(recorders + os.sep):
            continue
        if not any(part in path for part in _NOT_OWN):
            return "{}:{}".format(os.path.relpath(absolute), line)
    return ""


def note_origin(kind):
    """Makes every new object of a class remember, as `parity_origin`, the line that made it."""
    original = kind.__init__

    def noting(self, *args, **kwargs):
        original(self, *args, **kwargs)
        origin = own_line(traceback.extract_stack())
        try:
            object.__setattr__(self, "parity_origin", origin)
        except AttributeError:  # an object with slots cannot be asked where it is from
            return

    kind.__init__ = noting
