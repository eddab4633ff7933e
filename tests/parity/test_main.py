"""`python -m parity` lists the commands."""

import ast
import os

import pytest

from parity import __main__ as commands
from parity import command_line


def test_one_line_says_what_each_command_does(capsys):
    assert commands.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("python -m parity.capture   Captures a TensorFlow 1 program")
    assert [line.split()[2] for line in lines[:-2]] == [
        "parity." + name for name in commands.COMMANDS]


def test_every_command_that_is_installed_is_listed(repository):
    with open(os.path.join(repository, "setup.py"), encoding="utf-8") as file:
        words = [node.value for node in ast.walk(ast.parse(file.read()))
                 if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    installed = {word.partition(" = ")[2].replace(".__main__:", ":") for word in words
                 if word.startswith("parity-")}
    assert installed == {f"parity.{name}:console" for name in commands.COMMANDS}


def test_anything_else_is_refused():
    with pytest.raises(command_line.UsageError, match="verfy: expected no argument; the commands"):
        commands.main(["verfy"])
