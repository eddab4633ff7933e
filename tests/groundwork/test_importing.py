"""Imports of TensorFlow and Keras: what is out of the way inside, and back afterwards."""

import gc
import importlib
import os
import sys

import pytest

from groundwork import importing


@pytest.fixture(name="package")
def fixture_package(tmp_path, monkeypatch):
    """Name of a package that can be imported, and that Keras would import for nothing."""
    (tmp_path / "matplotlib_of_test.py").write_text(u"VALUE = 7\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(importing, "_NOT_NEEDED", ("matplotlib_of_test",))
    yield "matplotlib_of_test"
    sys.modules.pop("matplotlib_of_test", None)


def test_what_keras_imports_for_nothing_is_found_afterwards_only(package):
    with importing.importing_tensorflow():
        with pytest.raises(ImportError):
            importlib.import_module(package)
    assert importlib.import_module(package).VALUE == 7


def test_what_is_imported_already_stays(package):
    imported = importlib.import_module(package)
    with importing.importing_tensorflow():
        assert importlib.import_module(package) is imported
    assert sys.modules[package] is imported


def test_an_import_that_fails_leaves_everything_as_it_was(package, capfd):
    with pytest.raises(ZeroDivisionError):
        with importing.importing_tensorflow():
            assert not gc.isenabled()
            os.write(2, b"a line of C++")
            raise ZeroDivisionError
    assert gc.isenabled()
    assert importlib.import_module(package).VALUE == 7
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"


def test_collections_that_were_off_stay_off():
    gc.disable()
    try:
        with importing.importing_tensorflow():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
