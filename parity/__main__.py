"""Lists the commands: `python -m parity`."""

import ast
import os

from parity import command_line

COMMANDS = ("capture", "verify", "compare", "convert", "graphs", "selftest")


def _purpose(command):
    """The first line of a command's docstring, read without importing the command."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), command)
    path = os.path.join(path, "__main__.py") if os.path.isdir(path) else path + ".py"
    with open(path, encoding="utf-8") as file:
        return ast.get_docstring(ast.parse(file.read())).splitlines()[0]


def main(argv):
    """Shows one line for each command."""
    if argv not in ([], ["-h"], ["--help"]):
        named = ", ".join(f"parity.{command}" for command in COMMANDS)
        raise command_line.UsageError(
            f"{argv[0]}: expected no argument; the commands are {named}, with python -m")
    for command in COMMANDS:
        print(f"python -m parity.{command:<10}{_purpose(command)}")
    print("\nWhat each takes: --help")
    return 0


def console():
    """Entry point of the command `parity`."""
    command_line.console("parity", main)


if __name__ == "__main__":
    console()
