"""The folder that another interpreter is given, and objects by name."""

import os
import subprocess
import sys

import pytest

from parity.reference import staging
from parity.common.names import NotFound, resolve


def files(folder):
    return sorted(os.path.relpath(os.path.join(path, name), folder)
                  for path, _, names in os.walk(folder) for name in names)


ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(__file__))))
RECORDER = ["parity/__init__.py", "parity/capture.py"] + [
    f"parity/{room}/{name}" for room in ("common", "reference", "tf1")
    for name in files(os.path.join(ROOT, "parity", room)) if name.endswith(".py")]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A user's folder, on the path: a package, a module and a file."""
    for name in ("staged_package/__init__.py", "staged_package/models/__init__.py",
                 "staged_package/models/gan.py", "staged_module.py", "programs/my_tf1.py"):
        path = tmp_path / "user" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"name = {name!r}\n")
    cache = tmp_path / "user" / "staged_package" / "__pycache__"
    cache.mkdir()
    (cache / "gan.cpython-39.pyc").write_bytes(b"")
    monkeypatch.chdir(tmp_path / "user")
    monkeypatch.syspath_prepend(str(tmp_path / "user"))
    return tmp_path / "staged"


def test_recorder_is_staged_and_nothing_else_of_parity(folder):
    staging.stage([], str(folder))
    assert {"parity/reference/replay.py", "parity/tf1/recorder.py"} < set(RECORDER)
    assert files(folder) == sorted(RECORDER)


def test_programs_own_packages_are_staged_whole_without_caches(folder):
    staging.stage(["staged_package.models.gan:program", "staged_package:hparams",
                   "staged_module:make", "programs/my_tf1.py:program"], str(folder))
    assert set(files(folder)) - set(RECORDER) == {
        "staged_package/__init__.py", "staged_package/models/__init__.py",
        "staged_package/models/gan.py", "staged_module.py", "programs/my_tf1.py"}
    assert (folder / "programs" / "my_tf1.py").read_text() == "name = 'programs/my_tf1.py'\n"


def test_file_with_an_absolute_path_stays_where_it_is(folder, tmp_path):
    path = tmp_path / "user" / "programs" / "my_tf1.py"
    staging.stage([f"{path}:program"], str(folder))
    assert files(folder) == sorted(RECORDER)
    assert path.read_text() == "name = 'programs/my_tf1.py'\n"


def test_what_is_missing_is_left_for_the_recorder_to_name(folder):
    staging.stage(["no_such_package.models:program", "no_such_file.py:program"], str(folder))
    assert files(folder) == sorted(RECORDER)


def test_staged_recorder_finds_the_program_by_name(folder):
    staging.stage(["staged_package.models.gan:name", "programs/my_tf1.py:name"], str(folder))
    code = ("from parity.common.names import resolve\n"
            "print(resolve('staged_package.models.gan:name'), resolve('programs/my_tf1.py:name'))")
    environment = dict(os.environ, PYTHONPATH=str(folder))
    found = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, text=True,
                           capture_output=True, check=True)
    assert found.stdout.split() == ["staged_package/models/gan.py", "programs/my_tf1.py"]


# Names.

def test_name_is_a_module_an_attribute_or_a_file(folder):
    assert resolve("staged_package.models.gan").name == "staged_package/models/gan.py"
    assert resolve("staged_module:name") == "staged_module.py"
    assert resolve("programs/my_tf1.py:name") == "programs/my_tf1.py"
    assert resolve("programs/my_tf1.py").name == "programs/my_tf1.py"


def test_file_is_no_module_that_others_could_import(folder, tmp_path):
    path = tmp_path / "user" / "json.py"
    path.write_text("name = 'a user has a file of this name'\n")
    resolve("json.py")
    import json
    assert json.loads("[1]") == [1]


def test_file_is_run_once(folder, tmp_path):
    path = tmp_path / "user" / "classes.py"
    path.write_text("class Program:\n    pass\n\n\ndef program():\n    return Program()\n")
    assert isinstance(resolve("classes.py:program")(), resolve("classes.py:Program"))


def test_file_with_dataclasses_is_understood(folder, tmp_path):
    path = tmp_path / "user" / "settings.py"
    path.write_text("from __future__ import annotations\n\nimport dataclasses\n\n\n"
                    "@dataclasses.dataclass\nclass Settings:\n    rate: float = 0.5\n")
    assert resolve("settings.py:Settings")().rate == 0.5


def test_file_that_fails_is_read_again(folder, tmp_path):
    path = tmp_path / "user" / "failing.py"
    path.write_text("raise ValueError('broken')\n")
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            resolve("failing.py:program")


@pytest.mark.parametrize("name, received", [
    ("no_such_module:program", "no such name"), ("no_such_file.py:program", "none"),
    ("staged_module:missing", "no such name in staged_module"),
    ("programs/my_tf1.py:missing", "no such name in programs/my_tf1.py")])
def test_what_is_not_there_is_an_error(folder, name, received):
    with pytest.raises(NotFound, match=f"expected .*, received {received}"):
        resolve(name)
