"""Stages the recorders of TensorFlow 1 and the packages of a program in a folder of their own.

Another interpreter cannot share this one's path: packages of this Python would break it.
"""

import importlib.util
import os
import shutil

_RECORDER = ("parity/__init__.py", "parity/capture.py", "parity/causes", "parity/common",
             "parity/reference")


def _copy(source, folder, name):
    target = os.path.join(folder, name)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.isdir(source):
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def stage(packages, folder):
    """Copies the recorders, and packages that programs need.

    Packages that do not exist are left out: the recorder reports the missing name.

    Args:
      packages: names of packages.
      folder: an empty folder.
    """
    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for name in _RECORDER:
        _copy(os.path.join(here, name), folder, name)
    for package in packages:
        spec = importlib.util.find_spec(package)
        if spec is not None:
            _copy(list(spec.submodule_search_locations)[0], folder, package)
