"""Command lines of the documents name modules, flags and make targets that exist."""

import functools
import os
import re
import subprocess
import sys

import pytest

from tests.documents import reading

PACKAGES = ("groundwork", "legacy", "modern", "parity", "benchmarks", "docs")
_MODULE = re.compile(r"\bpython[\d.]* -m ((?:{})[\w.]*)(.*)$".format("|".join(PACKAGES)))
# Flags of other programs that documents name: a stranger's, pip's, pytest's.
FOREIGN = {"--their", "--flags", "--flag"}


def module_path(repository, module):
    """Path of a module's file, or of a package's `__main__`."""
    path = os.path.join(repository, *module.split("."))
    return os.path.join(path, "__main__.py") if os.path.isdir(path) else path + ".py"


@functools.lru_cache(maxsize=None)
def flags(repository, module):
    """Flags that a command's --help names, or the source of a script that may have none."""
    if module.startswith(("benchmarks.", "docs.")):
        with open(module_path(repository, module), encoding="utf-8") as file:
            return set(re.findall(r"--\w+", file.read()))
    text = subprocess.run([sys.executable, "-m", module, "--help"], cwd=repository, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
    return set(re.findall(r"--\w+", text))


def commands(repository):
    """[(document, module, its arguments)] of all command lines, in code blocks and in prose."""
    found = []
    for path, text in reading.documents(repository).items():
        for line in reading.command_lines(text) + reading.code_spans(text):
            for part in re.split(r"[|;&]| -- ", line):
                match = _MODULE.search(part)
                if match:
                    found.append((path, match[1].rstrip("."), match[2]))
    return found


def test_each_command_names_a_module_that_exists_and_its_flags(repository):
    named = commands(repository)
    assert len(named) > 60
    for path, module, arguments in named:
        assert os.path.isfile(module_path(repository, module)), (path, module)
        used = set(re.findall(r"(?<!\S)--\w+", arguments))
        if used:
            assert used <= flags(repository, module), (path, module)


def test_each_flag_in_prose_is_one_of_some_command(repository):
    known = set(FOREIGN)
    for module in {module for _, module, _ in commands(repository)} | {"parity.verify"}:
        known |= flags(repository, module)
    for path, text in reading.documents(repository).items():
        for span in reading.code_spans(text):
            if span.startswith("--"):
                assert set(re.findall(r"(?<!\S)--\w+", span)) <= known, (path, span)


def test_each_make_target_exists(repository):
    with open(os.path.join(repository, "Makefile"), encoding="utf-8") as file:
        targets = set(re.findall(r"^([\w-]+):", file.read(), re.MULTILINE))
    for path, text in reading.documents(repository).items():
        for line in reading.command_lines(text) + reading.code_spans(text):
            if re.match(r"make [a-z]", line):
                assert line.split()[1] in targets, (path, line)


@pytest.mark.parametrize("line,module", [
    ("python -m parity.verify --case=all", "parity.verify"),
    ("python3.7 -m legacy.train", "legacy.train"),
    ("pip install x", None)])
def test_commands_are_recognised(line, module):
    match = _MODULE.search(line)
    assert (match[1] if match else None) == module
