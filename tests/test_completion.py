"""Each command answers a shell that asks for completions, as argcomplete's protocol has it."""

import os
import subprocess
import sys

import pytest

from parity import __main__ as commands

MODULES = [f"parity.{command}" for command in commands.COMMANDS] + [
    f"{wing}.{binary}" for wing in ("legacy", "modern") for binary in ("train", "sample")
    ] + ["groundwork.data.show_augmentation"]


@pytest.fixture(name="completed")
def fixture_completed(tmp_path):
    """Function of a module and the rest of a line to the completions of its last word."""
    def ask(module, rest):
        line = f"python -m {module} {rest}"
        answer = tmp_path / "answer"
        asked = dict(os.environ, COMP_LINE=line, COMP_POINT=str(len(line)), _ARGCOMPLETE="3",
                     _ARGCOMPLETE_STDOUT_FILENAME=str(answer), _ARGCOMPLETE_IFS="\n")
        ended = subprocess.run([sys.executable, "-m", module], env=asked, capture_output=True,
                               text=True, timeout=60)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
        return [word.strip() for word in answer.read_text().split("\n")]

    return ask


@pytest.mark.parametrize("module", MODULES)
def test_a_shell_may_ask_each_module(module):
    check = subprocess.run([sys.executable, "-m", "argcomplete._check_module", module], timeout=60)
    assert check.returncode == 0


@pytest.mark.parametrize("module, rest, answer", [
    ("legacy.train", "--train_", ["--train_steps", "--train_epochs"]),
    ("modern.train", "--model=vae --optimizer=ada", [
        "--optimizer=" + name for name in ("adam", "adagrad", "adam_d0", "adam_d3")]),
    ("legacy.sample", "--co", ["--count"]),
    ("modern.sample", "--seed=", [""]),
    ("groundwork.data.show_augmentation", "--au", ["--augment"]),
    ("parity.capture", "--re", ["--replay"]),
    ("parity.verify", "--require=", ["--require=identical"]),
    ("parity.compare", "--na", ["--names"]),
    ("parity.convert", "--checkp", ["--checkpoint"]),
    ("parity.graphs", "--l", ["--legacy"]),
    ("parity.selftest", "--o", ["--only"])])
def test_flags_and_their_values_are_completed(completed, module, rest, answer):
    assert completed(module, rest) == answer
