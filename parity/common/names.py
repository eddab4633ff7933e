"""Objects by name: "package.module:attribute", or "path/to/file.py:attribute"."""

import importlib
import importlib.util
import os


def resolve(name):
    """The object that `name` stands for.

    Args:
      name: "package.module:attribute" or "file.py:attribute"; without a colon, the module itself.

    Raises:
      ImportError: there is no such module or file.
      AttributeError: the module has no such attribute.
    """
    place, _, attribute = name.partition(":")
    if place.endswith(".py"):
        stem = os.path.splitext(os.path.basename(place))[0]
        spec = importlib.util.spec_from_file_location(stem, place)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    else:
        module = importlib.import_module(place)
    return getattr(module, attribute) if attribute else module
