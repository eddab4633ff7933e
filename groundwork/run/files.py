"""Files that appear whole or not at all."""

import contextlib
import json
import os
import re
import uuid

from groundwork.errors import UsageError, WriteError


@contextlib.contextmanager
def writing(path):
    """Context in which a failure is a WriteError that names `path` and the reason."""
    try:
        yield
    except WriteError:
        raise
    except OSError as error:
        raise WriteError(error.errno, error.strerror or str(error), path) from error


def write_whole(path, data):
    """Writes `data` to `path` so that a reader, or a crash, sees the old file or the new one.

    Args:
      path: the file; a link is followed, so that the link itself stays.
      data: bytes.

    Raises:
      UsageError: `path` is a folder or a device, which a rename would replace.
      WriteError: it cannot be written; the old file is still there.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        raise UsageError("{}: expected a regular file, received a folder or a device".format(path))
    with writing(path):
        _write_whole(*os.path.split(os.path.realpath(path)), data=data)


def _write_whole(folder, name, data):
    # Beside it, and with its name as far as there is room: 255 bytes on most file systems.
    start = os.fsdecode(os.fsencode(name)[:200])
    temporary = os.path.join(folder, ".{}.{}.tmp".format(start, uuid.uuid4().hex))
    # Not tempfile: its files are readable by their owner only, and the mode survives the rename.
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, os.path.join(folder, name))
    except BaseException:
        with contextlib.suppress(OSError):  # what failed is told, not what failed after it
            os.remove(temporary)
        raise
    _sync_folder(folder)


def write_json(path, value):
    """Writes `value` as strict JSON (no NaN, no infinity) with sorted keys, whole or not at all."""
    text = json.dumps(value, sort_keys=True, indent=2, allow_nan=False)
    write_whole(path, (text + "\n").encode("utf-8"))


def is_temporary(name, of):
    """True where a file is what a killed `write_whole` left of one that the pattern `of` fits."""
    return re.fullmatch(r"\.(?:{})\.[0-9a-f]{{32}}\.tmp".format(of), name) is not None


def _sync_folder(folder):
    # The rename itself is in the folder, which a power cut can lose as it can lose a file.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
