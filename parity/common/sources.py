"""Origins of objects and errors: the line of the program's own code that made them."""

import os
import sys
import traceback

_NOT_OWN = ("site-packages", os.path.dirname(traceback.__file__), "importlib", "<frozen")


def own_line(frames):
    """"file:line" of the innermost frame outside installed packages and recorders; "" of none.

    Args:
      frames: [(path, line, ...)], outermost first, as `traceback.extract_stack` returns them.
    """
    recorders = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for frame in reversed(list(frames)):
        path, line = frame[0], frame[1]
        absolute = os.path.abspath(path)
        if absolute.startswith(recorders + os.sep):
            continue
        if not any(part in path for part in _NOT_OWN):
            return "{}:{}".format(os.path.relpath(absolute), line)
    return ""


def _outside_of(made):
    """[(path, line)] of the caller's frames, without constructors of `made`, outermost first."""
    frames = []
    for frame, line in traceback.walk_stack(sys._getframe(1)):
        code = frame.f_code
        first = code.co_varnames[0] if code.co_argcount else ""
        if code.co_name != "__init__" or frame.f_locals.get(first) is not made:
            frames.append((code.co_filename, line))
    return frames[::-1]


def note_origin(kind):
    """Patches a class so that new objects hold the line that made them, as `parity_origin`."""
    original = kind.__init__

    def noting(self, *args, **kwargs):
        original(self, *args, **kwargs)
        origin = own_line(_outside_of(self))
        try:
            object.__setattr__(self, "parity_origin", origin)
        except AttributeError:  # an object with __slots__ cannot hold its origin
            return

    kind.__init__ = noting
