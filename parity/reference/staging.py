"""A folder with the TensorFlow 1 recorder and a program's own packages, and nothing else.

Another interpreter cannot be given our path: site-packages made for today's Python break it.
"""

import importlib.util
import os
import shutil

_RECORDER = ("parity/__init__.py", "parity/capture.py", "parity/common", "parity/reference",
             "parity/tf1")


def _copy(source, folder, name):
    target = os.path.join(folder, name)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.isdir(source):
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def stage(names, folder):
    """Copies what the recorder needs to run the programs called `names`.

    What is missing is not copied: the recorder names it when it looks for it.

    Args:
      names: "package.module:attribute" or "file.py:attribute", of the TensorFlow 1 side.
      folder: an empty folder.
    """
    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for name in _RECORDER:
        _copy(os.path.join(here, name), folder, name)
    places = {name.partition(":")[0] for name in names}
    for path in sorted(place for place in places if place.endswith(".py")):
        if os.path.isfile(path) and not os.path.isabs(path):  # else it is found where it is
            _copy(path, folder, path)
    for package in sorted({place.split(".")[0] for place in places if not place.endswith(".py")}):
        spec = importlib.util.find_spec(package)
        if spec is None:
            continue
        if spec.submodule_search_locations:
            _copy(list(spec.submodule_search_locations)[0], folder, package)
        else:
            _copy(spec.origin, folder, package + ".py")
