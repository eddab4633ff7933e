"""`python -m parity.convert`: what it takes and refuses, what it shows, what it leaves behind."""

import os
import subprocess
import sys
import zipfile

import pytest

from parity import command_line
from parity import convert
from parity.pair import conversion
from parity.pair.unconverted import Unconverted
from tests.captures import Captures

CONVERTED = os.path.join("tests", "parity", "pair", "converted")
PORT = os.path.join(CONVERTED, "port.py") + ":batch_norm"
PAIR = ("--legacy=captured", "--modern=port.py:build")


class Opened:
    """A conversion that notes what it is asked for."""

    def __init__(self, result, asked):
        self._result, self._asked = result, asked

    def __call__(self, pair, progress):
        self._asked.append((pair.program, pair.port, pair.names))
        return self

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        pass

    def to_keras(self, *given):
        self._asked.append(given)
        return self._result

    def to_tensorflow_1(self, *given):
        self._asked.append(given)
        return self._result


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Function of arguments to (exit status, lines that are shown, what was asked for).

    There are a port, a checkpoint and a file of weights in the current folder.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "port.py").write_text("def build():\n    pass\n")
    for name in ("model.ckpt.index", "old.ckpt", "port.keras"):
        (tmp_path / name).write_bytes(b"")

    def call(*arguments, result=None):
        asked = []
        monkeypatch.setattr(conversion, "opened", Opened(result, asked))
        monkeypatch.setattr(sys, "argv", ["convert.py", *arguments])
        status = command_line.run("parity.convert", convert.main)
        written = capsys.readouterr()
        return status, (written.out + written.err).splitlines(), asked
    return call


@pytest.mark.parametrize("arguments,line", [
    ((), "the following arguments are required: --legacy, --modern, --out"),
    ((*PAIR, "--out=x.keras"), "--out: expected --checkpoint or --weights beside it, received "
                               "neither"),
    ((*PAIR, "--checkpoint=none.ckpt", "--out=x.keras"),
     "--checkpoint=none.ckpt: expected a checkpoint, received no none.ckpt.index"),
    ((*PAIR, "--checkpoint=model.ckpt.index", "--out=x.keras"),
     "--checkpoint=model.ckpt.index: expected a checkpoint's name, received one of its files; "
     "leave out .index"),
    ((*PAIR, "--checkpoint=model.ckpt", "--out=x.h5"),
     "--out=x.h5: expected a name that ends in .keras or .weights.h5"),
    ((*PAIR, "--checkpoint=model.ckpt", "--out=none/x.keras"),
     "--out=none/x.keras: expected a file in a folder that can be written, received none"),
    ((*PAIR, "--weights=none.keras", "--out=x.ckpt"),
     "--weights=none.keras: expected a file, received none"),
    ((*PAIR, "--weights=port.py", "--out=x.ckpt"),
     "--weights=port.py: expected a name that ends in .keras or .weights.h5"),
    ((PAIR[0], "--modern=port.py", "--checkpoint=model.ckpt", "--out=x.keras"),
     "--modern=port.py: expected FILE:FUNCTION, received no function"),
    ((*PAIR, "--names=none.py", "--checkpoint=model.ckpt", "--out=x.keras"),
     "--names=none.py: expected a file, received none"),
    ((*PAIR, "--check=model.ckpt", "--out=x.keras"),
     "unrecognized arguments: --check=model.ckpt; did you mean --checkpoint?")])
def test_bad_input_is_one_line_and_nothing_is_started(run, arguments, line):
    assert run(*arguments) == (64, ["parity.convert: " + line], [])


RESULT = conversion.Converted({"variables": 7, "slots": 5}, [], ["rounded: rnn/bias"])


def test_a_checkpoint_goes_to_keras(run):
    for checkpoint in ("model.ckpt", "old.ckpt"):  # the second in the one file of old versions
        status, lines, asked = run(*PAIR, "--checkpoint=" + checkpoint, "--out=x.keras",
                                   result=RESULT)
        assert (status, lines) == (0, [f"{checkpoint} -> x.keras",
                                       "  came along: variables: 7, slots: 5",
                                       "  rounded: rnn/bias"])
        assert asked == [("captured", "port.py:build", None), (checkpoint, "x.keras")]


def test_weights_come_back_with_or_without_a_checkpoint_beside_them(run):
    for more, base in (((), ""), (("--checkpoint=model.ckpt",), "model.ckpt")):
        status, _, asked = run(*PAIR, "--weights=port.keras", "--out=x.ckpt", *more, result=RESULT)
        assert (status, asked[1]) == (0, ("port.keras", "x.ckpt", base))


@pytest.mark.parametrize("needed,status", [(False, 0), (True, 2)])
def test_what_did_not_come_along_is_named_and_what_the_model_needs_is_a_status(
        run, needed, status):
    result = RESULT._replace(left=[Unconverted("a/kernel", "nothing stands for it", needed),
                                   Unconverted("step", "a step counter", False)], came={}, notes=[])
    assert run(*PAIR, "--checkpoint=model.ckpt", "--out=x.keras", result=result)[:2] == (status, [
        "model.ckpt -> x.keras", "  came along: nothing", "did not come along",
        "  a/kernel  nothing stands for it", "  step      a step counter"])


def test_the_command_brings_a_trained_checkpoint_to_keras(repository, tmp_path):
    script = os.path.join(repository, CONVERTED, "train.py")
    start, weights, captured = (str(tmp_path / name) for name in ("a.ckpt", "b.keras", "captured"))
    with Captures(repository, tmp_path) as captures:
        assert captures("batch_norm", 6, start, script=script).status == 0
        assert captures("--steps=2", f"--out={captured}", "--", script, "batch_norm", 2,
                        start).status == 0
    ended = subprocess.run(
        [sys.executable, "-m", "parity.convert", f"--legacy={captured}", "--modern=" + PORT,
         f"--checkpoint={start}", f"--out={weights}"], cwd=repository, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)
    assert (ended.returncode, ended.stderr) == (0, f"reading {captured}\n")
    assert ended.stdout.startswith(f"{start} -> {weights}\n  came along: variables: 7, slots: 5, "
                                   "counts of updates: 1\n")
    with zipfile.ZipFile(weights) as file:
        assert "model.weights.h5" in file.namelist()
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]
