"""Steps of the checkpoints that lie in a folder, by their names, whichever wing wrote them."""

import os
import re

# TensorFlow writes a checkpoint's index last: legacy's model.ckpt-<step>, modern's ckpt-<step>.
_INDEX = re.compile(r"(model\.)?ckpt-([0-9]+)\.index")


def on_disk(folder):
    """Set of the steps; empty where there is no folder."""
    if not os.path.isdir(folder):
        return set()
    found = (_INDEX.fullmatch(name) for name in os.listdir(folder))
    return {int(match.group(2)) for match in found if match}
