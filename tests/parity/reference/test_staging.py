"""The folder that another interpreter is given."""

import os
import subprocess
import sys

import pytest

from parity.reference import staging


def files(folder):
    return sorted(os.path.relpath(os.path.join(path, name), folder)
                  for path, _, names in os.walk(folder) for name in names)


ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(__file__))))
RECORDER = ["parity/__init__.py", "parity/capture.py"] + [
    f"parity/{room}/{name}" for room in ("causes", "common", "reference")
    for name in files(os.path.join(ROOT, "parity", room)) if name.endswith(".py")]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to be filled; a program of two packages is on the path."""
    for name in ("staged_package/__init__.py", "staged_package/models/__init__.py",
                 "staged_package/models/gan.py", "staged_ground/data.py"):
        path = tmp_path / "user" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"name = {name!r}\n")
    cache = tmp_path / "user" / "staged_package" / "__pycache__"
    cache.mkdir()
    (cache / "gan.cpython-39.pyc").write_bytes(b"")
    monkeypatch.syspath_prepend(str(tmp_path / "user"))
    return tmp_path / "staged"


def test_recorder_is_staged_and_nothing_else_of_parity(folder):
    staging.stage((), str(folder))
    assert {"parity/reference/recorder.py", "parity/reference/capturer.py",
            "parity/reference/reading/layers.py", "parity/common/worker.py"} < set(RECORDER)
    assert files(folder) == sorted(RECORDER)


def test_packages_are_staged_whole_without_caches(folder):
    staging.stage(("staged_package", "staged_ground"), str(folder))
    assert set(files(folder)) - set(RECORDER) == {
        "staged_package/__init__.py", "staged_package/models/__init__.py",
        "staged_package/models/gan.py", "staged_ground/data.py"}
    assert (folder / "staged_ground" / "data.py").read_text() == "name = 'staged_ground/data.py'\n"


def test_what_is_missing_is_left_for_the_recorder_to_name(folder):
    staging.stage(("no_such_package", "staged_package"), str(folder))
    assert "staged_package/__init__.py" in files(folder)
    assert sorted(os.listdir(folder)) == ["parity", "staged_package"]


def test_another_process_finds_all_of_it_and_nothing_of_ours(folder):
    staging.stage(("staged_package",), str(folder))
    code = ("import parity.capture, parity.common.worker, staged_package.models.gan as gan\n"
            "print(parity.__file__, gan.name)")
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=dict(os.environ, PYTHONPATH=str(folder)),
        text=True, capture_output=True, check=True)
    assert found.stdout.split() == [str(folder / "parity" / "__init__.py"),
                                    "staged_package/models/gan.py"]
