"""Objects by name: a file is loaded once, and may use what lies beside it."""

import subprocess
import sys

import pytest

from parity.common import names

# What a process does that stands in the user's folder, as a recorder does.
_START = "import sys; sys.path[:0] = [{root!r}]; from parity.common.names import resolve; "


@pytest.fixture
def user(tmp_path, monkeypatch):
    """Function {path: text} that writes a user's files into a folder, in which we stand."""
    monkeypatch.chdir(tmp_path)

    def write(files):
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return tmp_path
    return write


@pytest.fixture
def run(repository):
    """Function of Python code that knows `resolve` to what it prints; the current folder first."""
    def run_code(code):
        ended = subprocess.run(
            [sys.executable, "-c", _START.format(root=repository) + "sys.path[:0] = ['']; " + code],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.split()
    return run_code


@pytest.mark.parametrize("package", ["pkg/__init__.py", "pkg/other.py"])  # with one and without
def test_a_module_named_by_path_is_the_one_that_others_import(user, run, package):
    user({package: "", "pkg/port.py": "import pkg.layers\nprint('run', __name__)\n",
          "pkg/layers.py": "import pkg.port\n"})
    assert run("first = resolve('pkg/port.py'); import pkg.port; "
               "print(first is pkg.port)") == ["run", "pkg.port", "True"]
    assert run("import pkg.port; print(resolve('pkg/port.py') is pkg.port)") == [
        "run", "pkg.port", "True"]


def test_a_file_of_a_package_may_import_relatively_from_wherever_it_is_named(user, run):
    folder = user({"pkg/__init__.py": "", "pkg/port.py": "from . import layers\n",
                   "pkg/layers.py": "", "elsewhere/empty.py": ""})
    for path in (folder / "pkg" / "port.py", "elsewhere/../pkg/port.py"):
        assert run(f"print(resolve({str(path)!r}).__name__)") == ["pkg.port"]


def test_a_file_finds_what_lies_beside_it(user, run):
    user({"ports/port.py": "import helper_beside\n", "ports/helper_beside.py": ""})
    assert run("print(resolve('ports/port.py').__name__)") == ["ports.port"]


def test_a_package_that_cannot_be_imported_does_not_keep_its_file_from_it(user, run):
    user({"pkg/__init__.py": "import no_such_contrib\n", "pkg/port.py": "found = 'port'\n"})
    assert run("print(resolve('pkg/port.py:found'))") == ["port"]


def test_a_file_that_is_no_python_is_named_with_its_line(user):
    user({"port.py": "import os\n\n\ndef build(:\n"})
    with pytest.raises(names.NotFound, match=r"^port\.py:4: expected Python [\d.]+, received "):
        names.resolve("port.py:build")


def test_what_a_module_imports_and_is_missing_is_no_missing_module(user):
    user({"importing.py": "import no_such_dependency\n"})
    with pytest.raises(ImportError, match="no_such_dependency") as caught:
        names.resolve("importing.py:build")
    assert not isinstance(caught.value, names.NotFound)


# Each kind of name, in this process.

PROGRAMS = {"a_package/__init__.py": "", "a_package/gan.py": "name = 'a gan'\n",
            "a_module.py": "name = 'a module'\n", "programs/my_tf1.py": "name = 'a file'\n"}


@pytest.fixture
def programs(user, monkeypatch):
    """A user's folder, on the path: a package, a module and a file."""
    folder = user(PROGRAMS)
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_name_is_a_module_an_attribute_or_a_file(programs):
    assert names.resolve("a_package.gan").name == "a gan"
    assert names.resolve("a_module:name") == "a module"
    assert names.resolve("programs/my_tf1.py:name") == "a file"
    assert names.resolve("programs/my_tf1.py").name == "a file"
    assert names.resolve(f"{programs}/programs/my_tf1.py:name") == "a file"


def test_file_is_no_module_that_others_could_import(user):
    user({"json.py": "name = 'a user has a file of this name'\n"})
    assert names.resolve("json.py:name") == "a user has a file of this name"
    import json
    assert json.loads("[1]") == [1]


def test_file_is_run_once(user):
    user({"classes.py": "class Program:\n    pass\n\n\ndef program():\n    return Program()\n"})
    assert isinstance(names.resolve("classes.py:program")(), names.resolve("classes.py:Program"))


def test_file_with_dataclasses_is_understood(user):
    user({"settings.py": "from __future__ import annotations\n\nimport dataclasses\n\n\n"
                         "@dataclasses.dataclass\nclass Settings:\n    rate: float = 0.5\n"})
    assert names.resolve("settings.py:Settings")().rate == 0.5


def test_file_that_fails_is_read_again(user):
    user({"failing.py": "raise ValueError('broken')\n"})
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            names.resolve("failing.py:program")


@pytest.mark.parametrize("name, received", [
    ("no_such_module:program", "no such name"), ("no_such_file.py:program", "none"),
    ("a_module:missing", "no such name in a_module"),
    ("programs/my_tf1.py:missing", "no such name in programs/my_tf1.py")])
def test_what_is_not_there_is_an_error(programs, name, received):
    with pytest.raises(names.NotFound, match=f"expected .*, received {received}"):
        names.resolve(name)


def test_file_that_no_import_finds_and_that_fails_is_read_again(user):
    user({"my-port.py": "raise ValueError('broken')\n"})
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            names.resolve("my-port.py:program")
    user({"my-port.py": "program = 'mended'\n"})
    assert names.resolve("my-port.py:program") == "mended"
