"""Files that appear whole or not at all."""

import contextlib
import os


@contextlib.contextmanager
def whole(path):
    """Yields the path of a temporary file, which becomes `path` at the end of the `with`.

    After an error the temporary file is removed, and `path` is as it was.
    """
    part = "{}.{}.part".format(path, os.getpid())
    try:
        yield part
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.remove(part)
