"""Objects by name: "package.module:attribute", or "path/to/file.py:attribute"."""

import importlib
import importlib.util
import os
import sys


def _file_module(path):
    """The module in a file; under its path, which no other module is called."""
    name = os.path.splitext(os.path.abspath(path))[0]
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(sys.modules[name])
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]


def resolve(name):
    """The object that `name` stands for.

    Args:
      name: "package.module:attribute" or "file.py:attribute"; without a colon, the module itself.

    Raises:
      ImportError: there is no such module.
      OSError: there is no such file.
      AttributeError: the module has no such attribute.
    """
    place, _, attribute = name.partition(":")
    module = (_file_module if place.endswith(".py") else importlib.import_module)(place)
    return getattr(module, attribute) if attribute else module
