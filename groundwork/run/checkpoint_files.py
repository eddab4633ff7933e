"""Files of checkpoints, by their names: which there are, and which of them may go."""

import os
import re
import shutil

from groundwork.run.files import writing

KEPT = 3
# A step has one spelling: what is numbered otherwise is not ours.
_PREFIX = r"((?:model\.)?ckpt-(0|[1-9][0-9]*))"
_INDEX = re.compile(_PREFIX + r"\.index")
_PART = re.compile(_PREFIX + r"\.(?:index|meta|data-[0-9]{5}-of-[0-9]{5})")
_TEMPORARY = re.compile(
    _PREFIX + r"(?:\.(?:index|data-[0-9]{5}-of-[0-9]{5})\.tempstate[0-9]+|_temp)"
    r"|(?:" + _PREFIX + r"\.meta|checkpoint)\.tmp[0-9a-f]{32}")


def steps(folder):
    """`{step: prefix}` of the checkpoints in a folder, oldest first: those that have an index.

    TensorFlow writes the index last; where it merges parts, it removes their folder `_temp` after
    that: while this is there, the index may be half written. By their names, not from the file
    `checkpoint`, which holds the paths of where the run was first.
    """
    found = {}
    names = set(os.listdir(folder)) if os.path.isdir(folder) else set()
    for name in names:
        match = _INDEX.fullmatch(name)
        if match and match.group(1) + "_temp" not in names:
            found[int(match.group(2))] = os.path.join(folder, match.group(1))
    return dict(sorted(found.items()))


def sweep(folder, step):
    """Removes what killed processes left, once a run has resumed from `step` (0: from none).

    That is temporary files, parts without an index, later checkpoints (which could not be read, or
    the run had resumed from them: their steps are computed again) and those before the newest
    three. Other names stay.
    """
    names = sorted(os.listdir(folder), key=lambda name: not name.endswith(".index"))
    indexed = set(steps(folder).values())
    for name in names:
        match = _PART.fullmatch(name)
        if match and os.path.join(folder, match.group(1)) not in indexed:
            _remove(os.path.join(folder, name))
    for name in names:  # last: they tell which checkpoints are unfinished
        if _TEMPORARY.fullmatch(name):
            _remove(os.path.join(folder, name))
    for later, path in steps(folder).items():
        if later > step > 0:
            remove(path)
    keep_newest(folder)


def keep_newest(folder):
    """Removes all checkpoints but the newest three; called when one has been written."""
    for path in list(steps(folder).values())[:-KEPT]:
        remove(path)


def remove(path):
    """Removes the files of a checkpoint, the index first: without it none takes it for whole."""
    folder, prefix = os.path.split(path)
    _remove(path + ".index")
    for name in os.listdir(folder):
        match = _PART.fullmatch(name)
        if match and match.group(1) == prefix:
            _remove(os.path.join(folder, name))


def _remove(path):
    with writing(path):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.remove(path)
