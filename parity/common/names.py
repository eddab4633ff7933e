"""Objects by name: "package.module:attribute", or "path/to/file.py:attribute"."""

import importlib
import importlib.util
import os
import platform
import sys


class NotFound(ImportError):
    """A name cannot be resolved, or its file is no Python; the message is one line on it."""


def _loaded(path):
    """The module that was imported from a file, or None; "__main__" is none."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__dict__", {}).get("__file__") or ""  # lazy modules stay unloaded
        if (os.path.basename(file) == os.path.basename(path) and os.path.realpath(file) == path
                and module.__name__ != "__main__"):
            return module
    return None


def _folder_of(path):
    """The folder from which a file is imported: where its outermost package lies, if any."""
    folder = os.path.dirname(path)
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder = os.path.dirname(folder)
    return folder


def _import_name(path, folders):
    """The name under which a file is imported from one of the folders, or None."""
    for folder in folders:
        place = os.path.relpath(path, os.path.realpath(folder))
        name = os.path.splitext(place)[0].replace(os.sep, ".")
        if not all(part.isidentifier() for part in name.split(".")):
            continue
        try:
            spec = importlib.util.find_spec(name)
        except Exception:  # its package cannot be imported; the file alone may
            continue
        if spec is not None and spec.origin and os.path.realpath(spec.origin) == path:
            return name
    return None


def _file_module(place):
    """Imports a file under the name by which others import it, so that it is loaded once.

    As for a script, modules beside the file (or beside its package) can be imported, too.
    """
    path = os.path.realpath(place)
    if not os.path.isfile(path):
        raise NotFound("{}: expected a file, received none".format(place))
    if _loaded(path):
        return _loaded(path)
    folder, folders = _folder_of(path), list(sys.path)
    packaged = folder != os.path.dirname(path)
    if folder not in map(os.path.realpath, folders):
        sys.path.insert(0, folder)
    name = _import_name(path, [folder] + folders if packaged else folders + [folder])
    return importlib.import_module(name) if name else _alone(path)


def _alone(path):
    """Runs a file that has no name for imports, as a module that is named by its path."""
    name = os.path.splitext(path)[0]
    spec = importlib.util.spec_from_file_location(name, path)
    sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(sys.modules[name])
    except BaseException:
        del sys.modules[name]
        raise
    return sys.modules[name]


def _module(place):
    try:
        return (_file_module if place.endswith(".py") else importlib.import_module)(place)
    except SyntaxError as error:
        raise NotFound("{}:{}: expected Python {}, received {}".format(
            os.path.relpath(error.filename or place), error.lineno, platform.python_version(),
            error.msg))
    except ImportError as error:
        if error.name and (place + ".").startswith(error.name + "."):
            raise NotFound("{}: expected a module, received no such name".format(place))
        raise  # the module is there, and what it imports is not


def resolve(name):
    """Imports the object with a name.

    Args:
      name: "package.module:attribute" or "file.py:attribute"; without a colon, the module itself.

    Raises:
      NotFound: there is no such module, file or attribute, or the file is no Python.
    """
    place, _, attribute = name.partition(":")
    module = _module(place)
    if attribute and not hasattr(module, attribute):
        raise NotFound("{}: expected a function, received no such name in {}".format(name, place))
    return getattr(module, attribute) if attribute else module
