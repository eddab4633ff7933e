"""Bad inputs of the command that captures: one line each, its status, and nothing half-written."""

import errno
import os
import re
import shutil
import subprocess
import sys
import time
from typing import Any, NamedTuple

import numpy as np
import pytest

from parity import capture as command
from parity.reference import captured
from tests.parity.capture import programs
from tests.support import members

USAGE, FAULT, IO = 64, 70, 74


class Case(NamedTuple):
    """A command line that is refused."""

    arguments: str  # after --, the program's own
    expected: str  # the line, or its beginning
    files: Any = ()  # pairs of file name and content; None makes a folder


class Ends(NamedTuple):
    """A program that ends badly."""

    name: str
    status: int
    expected: str
    out: str = ""  # of the program
    shown: Any = ()  # lines of its own traceback, in order


PROGRAM = (("train.py", "pass\n"),)
# Refused before TensorFlow is imported.
COMMAND_LINES = {
    "no program": Case("", "expected a program after --, received none"),
    "nothing after --": Case("--steps=3 --", "expected a program after --, received none"),
    "-m alone": Case("-- -m", "expected a program after --, received none"),
    "negative steps": Case("--steps=-1 -- train.py",
                           "--steps=-1: expected a whole number from 1", PROGRAM),
    "no steps": Case("--steps=0 -- train.py", "--steps=0: expected a whole number from 1"),
    "steps in words": Case("--steps=ten -- train.py", "--steps=ten: expected a whole number from "),
    "unknown flag": Case("--stepz=3 -- train.py", "--stepz=3: expected a flag of this command, "
                         "as --steps, received another; a program and its flags come after --"),
    "abbreviated flag": Case("--step=3 -- train.py", "--step=3: expected a flag of this command"),
    "flag of the program before --": Case("train.py --lr=1", "--lr=1: expected a flag of this "),
    "flag without a value": Case("--out", "argument --out: expected one argument"),
    "out exists": Case("--out=here -- train.py", "--out=here: expected a folder that is not there "
                       "yet, received one that is", PROGRAM + (("here", None),)),
    "out is a file": Case("--out=here -- train.py", "--out=here: expected a folder that is not ",
                          PROGRAM + (("here", ""),)),
    "out in no folder": Case("--out=none/here -- train.py", "--out=none/here: expected a folder "
                             "that can be written, received No such file or directory", PROGRAM),
    "out below a file": Case("--out=file/here -- train.py", "--out=file/here: expected a folder "
                             "that can be written, received Not a directory",
                             PROGRAM + (("file", ""),)),
    "no such script": Case("-- train.py", "train.py: expected a program, received no such file"),
    "no such file of a function": Case("-- tf1.py:build", "tf1.py: expected a program, received no "
                                       "such file"),
    "no such graph": Case("-- a.meta", "a.meta: expected a program, received no such file"),
    "no Python": Case("-- train.py", "train.py: expected a program in Python {}, received "
                      .format(".".join(map(str, sys.version_info[:3]))), (("train.py", "a b"),)),
    "Python 2": Case("-- train.py", "train.py: expected a program in Python ",
                     (("train.py", "import os\nprint 'step'\n"),)),
    "an image": Case("-- train.py", "train.py: expected a program in Python ",
                     (("train.py", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),)),
    "no such module": Case("-- -m nowhere.train", "-m nowhere.train: expected a module, received "
                           "no such name"),
    "no such module of a function": Case("-- nowhere:build", "nowhere:build: expected a module, "
                                         "received no such name"),
    "a folder of something": Case("-- data", "data: expected a program or the folder of a "
                                  "SavedModel, received a folder without saved_model.pb",
                                  (("data", None),)),
    "a graph with arguments": Case("-- a.meta --lr=1", "a.meta: expected a graph without "
                                   "arguments, received --lr=1", (("a.meta", ""),)),
    "batches of a script": Case("--batches=x.npz -- train.py", "--batches: expected with a "
                                "function, a graph or a SavedModel, received with another program",
                                PROGRAM),
    "input_fn of a script": Case("--input_fn=a.py:f -- train.py", "--input_fn: expected with a "
                                 "model_fn, received with another program", PROGRAM),
    "input_fn without a name": Case("--input_fn=train.py -- train.py:model_fn",
                                    "--input_fn=train.py: expected FILE:FUNCTION", PROGRAM),
    "no such batches": Case("--batches=x.npz -- train.py:build", "--batches=x.npz: expected an "
                            ".npz file, received no such file", PROGRAM),
    "params in no JSON": Case("--params={rate} -- train.py:model_fn", "--params={rate}: expected a "
                              "dictionary in JSON", PROGRAM),
    "params as a list": Case("--params=[1] -- train.py:model_fn", "--params=[1]: expected a dic",
                             PROGRAM),
    "params too deep": Case("--params=" + 2000 * "[" + " -- train.py:model_fn", "--params=[[[",
                            PROGRAM),
    "skeleton alone": Case("--skeleton=port.py -- train.py", "--skeleton: expected with --show, "
                           "received without", PROGRAM),
    "legacy_python alone": Case("--legacy_python=python -- train.py", "--legacy_python: expected "
                                "with --replay, received without", PROGRAM),
}
# Refused when the graph is known, or the function was called.
GRAPHS = {
    "no such function": Case("-- builders.py:nowhere", "builders.py:nowhere: expected a function, "
                             "received no such name in builders.py"),
    "a function with arguments": Case("-- builders.py:needs", "builders.py:needs: expected a "
                                      "function that is called without arguments, received one "
                                      "that needs size"),
    "no update": Case("-- builders.py:untrained", "builders.py:untrained: expected a graph with an "
                      "optimiser's update, received one without, which cannot be trained"),
    "an update that is none": Case("-- builders.py:foreign", "\"train_op\" of the function: "
                                   "expected operations or tensors of one graph, received "),
    "model_fn without input_fn": Case("-- builders.py:model_fn", "builders.py:model_fn: expected "
                                      "--input_fn=FILE:FUNCTION with a model_fn, received none"),
    "model_fn without an update": Case(
        "--input_fn=builders.py:input_fn -- builders.py:predicting_model_fn",
        "builders.py:predicting_model_fn: expected a model_fn that returns a train_op, received "
        "Spec"),
    "choices": Case("-- builders.py:choices", "expected values in --batches, or in \"feed\" of the "
                    "function, for what cannot be drawn: adjacency (a sparse tensor), free "
                    "(float32 of any shape), is_training (bool []), rate (float32 []), words "
                    "(string [?])"),
    "no dictionary": Case("--batches=builders.py:no_batch -- builders.py:sparse", "--batches: "
                          "expected a function of the step that returns {input: value}, received "
                          "list"),
    "unknown input": Case("--batches=unknown.npz -- builders.py:flags", "y: expected an input of "
                          "the graph such as x, received no such name"),
    "wrong shape": Case("--batches=shape.npz -- builders.py:flags", "x: expected values of float32 "
                        "[2, 3], received float32 [2, 4] at step 1"),
    "wrong kind": Case("--batches=kind.npz -- builders.py:nothing", "ids: expected values of int32 "
                       "[?, 4], received float32 [8, 4] at step 1"),
    "no steps in it": Case("--batches=number.npz -- builders.py:flags", "--batches=number.npz: "
                           "expected x of shape [steps, ...], received []"),
    "batches of bytes": Case("--batches=bytes.npz -- builders.py:flags", "--batches=bytes.npz: "
                             "expected an .npz file of arrays, received x of 136 bytes"),
    "batches that are no file": Case("--batches=builders.py -- builders.py:flags", "--batches="
                                     "builders.py: expected an .npz file of arrays, received "),
    "a graph that is none": Case("-- none.meta", "none.meta: expected a graph of operations that "
                                 "TensorFlow ", (("none.meta", b"\x0a\xff\xff"),)),
    "a model that is none": Case("-- model", "model: expected a SavedModel of operations that "
                                 "TensorFlow ", (("model", None),
                                                 ("model/saved_model.pb", b"\x0a\xff\xff"))),
    "no such module below": Case("-- -m package.nowhere", "-m package.nowhere: expected a module "
                                 "that can be run, received no such name",
                                 (("package", None), ("package/__init__.py", ""))),
    "a package": Case("-- -m package", "-m package: expected a module that can be run, received "
                      "no such name", (("package", None), ("package/__init__.py", ""))),
}
NOT_BEGUN = ("the program ended before its first training call: expected a call of Session.run "
             "that reaches an optimiser's update, received ")
PROGRAMS = [
    Ends("ends before its first training call", USAGE, NOT_BEGUN + "1 without one"),
    Ends("never trains", USAGE, NOT_BEGUN + "4 without one"),
    Ends("eager", USAGE, NOT_BEGUN + "no call"),
    Ends("raises", FAULT, "the program failed before its steps were whole: ValueError: no batch",
         shown=["Traceback (most recent call last):", "    raise ValueError(",
                "ValueError: no batch", "  after the second"]),
    Ends("is fed a wrong shape", FAULT, "the program failed before its steps were whole: "
         "InvalidArgumentError: Matrix size-incompatible: In[0]: [1,1], In[1]: [2,1]",
         shown=["Traceback (most recent call last):", "    sess.run(tf.reduce_mean(tf.matmul(",
                "Node: 'MatMul_1'"]),
    Ends("exits with 3", FAULT, "the program ended with 3 before its steps were whole"),
    Ends("exits with words", FAULT, "the program ended with 'no data' before its steps were whole"),
    Ends("trains in two graphs", USAGE, "the program trains in a second session or graph after 3 "
         "steps in the first; expected one: with --steps=3 the first is captured"),
]


def tree(path):
    """Every file below a folder with its content, and every folder."""
    return {str(entry.relative_to(path)): entry.read_bytes() if entry.is_file() else None
            for entry in path.rglob("*") if "__pycache__" not in str(entry)}


def prepare(case, folder):
    for name, content in case.files:
        path = folder / name
        if content is None:
            path.mkdir()
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize("name", COMMAND_LINES)
def test_a_command_line_is_refused_in_one_line(name, tmp_path, monkeypatch, capfd):
    """In this process, where TensorFlow would be imported by none of them."""
    case = COMMAND_LINES[name]
    prepare(case, tmp_path)
    before = tree(tmp_path)
    monkeypatch.chdir(str(tmp_path))
    monkeypatch.setattr(command, "_tensorflow", lambda: pytest.fail("TensorFlow is imported"))
    assert command.main(case.arguments.split()) == USAGE
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("capture: " + case.expected)
    assert err.count("\n") == 1 and err.endswith("\n")
    assert tree(tmp_path) == before


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_or_its_batches_are_refused_in_one_line(name, capture, folder):
    arrays = {"unknown": {"y": np.ones([2, 2, 3])}, "shape": {"x": np.ones([2, 2, 4], np.float32)},
              "kind": {"ids": np.ones([2, 8, 4], np.float32)}, "number": {"x": np.ones([])},
              "bytes": {"x": np.ones([])}}
    for each in arrays:
        np.savez(str(folder / (each + ".npz")), **arrays[each])
    members.without_magic(str(folder / "bytes.npz"), "x")
    prepare(GRAPHS[name], folder)
    before = tree(folder)
    ended = capture(*GRAPHS[name].arguments.split(), cwd=folder)
    assert (ended.status, ended.out) == (USAGE, "")
    assert ended.err.startswith("capture: " + GRAPHS[name].expected)
    assert ended.err.count("\n") == 1 and ended.err.endswith("\n")
    assert tree(folder) == before


@pytest.mark.parametrize("case", PROGRAMS, ids=lambda case: case.name)
def test_a_program_that_ends_badly_leaves_its_own_traceback_and_one_line(case, capture, folder):
    (folder / "program.py").write_text(programs.BAD[case.name])
    before = tree(folder)
    ended = capture("--steps=5", "--", "program.py", cwd=folder)
    assert (ended.status, ended.out) == (case.status, case.out)
    assert ended.said == [case.expected]
    assert ended.err.endswith("capture: {}\n".format(case.expected))
    lines = iter(ended.err.splitlines())
    for shown in case.shown:
        assert any(line.startswith(shown) for line in lines), shown
    assert ("Traceback" in ended.err) == bool(case.shown)
    assert os.path.basename(command.__file__) not in ended.err
    assert tree(folder) == before


@pytest.mark.parametrize("name,words", [("fails", "KeyError: 'a mistake of the author'"),
                                        ("out_of_bounds", None)])
def test_a_function_that_fails(name, words, capture, folder):
    ended = capture("--", "builders.py:" + name, cwd=folder)
    assert (ended.status, ended.out) == (FAULT, "")
    if words:
        assert ended.said == ["the program failed before its steps were whole: " + words]
        assert ended.err.splitlines()[0] == "Traceback (most recent call last):"
        assert "in fails\n" in ended.err and "capture.py" not in ended.err
    else:
        assert ended.err == ("capture: step 1 failed: InvalidArgumentError: indices[0] = 20 is not "
                             "in [0, 11)\n")


@pytest.mark.parametrize("signal,status,line", [
    ("TERM", 143, ["terminated"]), ("INT", 130, ["interrupted"]), ("HUP", 129, ["hung up"])])
def test_a_signal_ends_a_program_that_catches_everything(signal, status, line, capture, folder):
    (folder / "program.py").write_text(programs.BAD["terminated"].replace("NAL", signal))
    before = tree(folder)
    ended = capture("--", "program.py", cwd=folder)
    assert (ended.status, ended.said, ended.out) == (status, line, "")
    assert "Traceback" not in ended.err
    assert tree(folder) == before


def test_what_a_killed_capture_left_is_swept_by_the_next(capture, folder):
    (folder / "program.py").write_text(programs.BAD["terminated"].replace("NAL", "KILL"))
    ended = capture("--", "program.py", cwd=folder)
    assert ended.status == -9
    left = "captured.{}.{}.part".format(command._host(), ended.process)
    assert left in os.listdir(str(folder))
    running = "captured.{}.{}.part".format(command._host(), os.getpid())
    elsewhere = "captured.another-host.{}.part".format(ended.process)  # on a shared folder
    for name in (running, elsewhere):
        shutil.copytree(str(folder / left), str(folder / name))
    (folder / "program.py").write_text(programs.GOOD["few steps"])
    assert capture("--", "program.py", cwd=folder).status == 0
    found = [name for name in os.listdir(str(folder)) if name.startswith("captured")]
    assert sorted(found) == sorted(["captured", running, elsewhere])
    assert len(captured.Captured(str(folder / "captured")).calls) == 2


def test_the_number_of_a_killed_capture_may_be_given_again(tmp_path):
    left = tmp_path / "captured.{}.{}.part".format(command._host(), os.getpid())
    left.mkdir()
    (left / "arrays.zip").write_text("half")
    folder = command.Folder(str(tmp_path / "captured"))
    folder.discard()
    assert tree(tmp_path) == {}


FULL_DISK = """
import errno, sys
sys.path.insert(0, {!r})
from parity import capture
kept = capture.Store.add


def add(self, value):
    if self.bytes > 300:
        raise OSError(errno.ENOSPC, "No space left on device")
    return kept(self, value)


capture.Store.add = add
capture.leave(capture.main(["--out=captured", "--", "program.py"]))
"""


@pytest.mark.parametrize("name", [
    "script", pytest.param("swallows", marks=pytest.mark.slow)])  # five seconds' grace
def test_a_full_disk_ends_in_a_line_that_names_the_folder(name, capture, folder, repository):
    """Also where the program catches what its training call raises."""
    (folder / "program.py").write_text(programs.GOOD[name])
    (folder / "full.py").write_text(FULL_DISK.format(repository))
    before = tree(folder)
    ended = capture(cwd=folder, script=folder / "full.py")
    assert (ended.status, ended.said) == (IO, [
        "{}: {}".format(folder / "captured", os.strerror(errno.ENOSPC))])
    assert "Traceback" not in ended.err and ended.seconds < 10
    assert tree(folder) == before


def test_a_disk_without_room_for_a_first_file_is_left_as_it_was(tmp_path, monkeypatch, capfd):
    def refuse(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

    (tmp_path / "train.py").write_text("pass\n")
    monkeypatch.chdir(str(tmp_path))
    monkeypatch.setattr(command, "Store", refuse)
    assert command.main(["--out=here", "--", "train.py"]) == IO
    assert re.fullmatch(r"capture: \S+arrays.zip: {}\n".format(os.strerror(errno.ENOSPC)),
                        capfd.readouterr().err)
    assert os.listdir(str(tmp_path)) == ["train.py"]


@pytest.mark.parametrize("number,status,line", [
    (errno.EACCES, USAGE, "capture: --out=here: expected a folder that can be written, "
                           "received {}"),
    (errno.EROFS, IO, r"capture: \S+/here\.\S+\.part: {}")])
def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch, capfd, number, status, line):
    (tmp_path / "train.py").write_text("pass\n")

    def refuse(path):
        raise OSError(number, os.strerror(number), path)

    monkeypatch.chdir(str(tmp_path))
    monkeypatch.setattr(command.os, "mkdir", refuse)
    assert command.main(["--out=here", "--", "train.py"]) == status
    assert re.fullmatch(line.format(os.strerror(number)) + "\n", capfd.readouterr().err)


@pytest.fixture(scope="module", name="bare")
def fixture_bare(repository, tmp_path_factory):
    """Runs the one file, copied, in an interpreter with nothing installed: (status, out, err)."""
    path = tmp_path_factory.mktemp("bare")
    subprocess.check_call([sys.executable, "-m", "venv", "--without-pip", str(path / "python")])
    shutil.copy(os.path.join(repository, "parity", "capture.py"), str(path))
    (path / "train.py").write_text("pass\n")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*arguments):
        process = subprocess.run(
            [str(path / "python" / "bin" / "python"), "capture.py"] + list(arguments),
            cwd=str(path), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return process.returncode, process.stdout.decode(), process.stderr.decode()

    return run


def test_an_interpreter_without_tensorflow(bare):
    status, out, err = bare("--", "train.py")
    assert (status, out) == (USAGE, "")
    assert err.startswith("capture: expected an interpreter with TensorFlow 1.13 or newer, ")
    assert err.count("\n") == 1 and "bin/python" in err


def test_a_folder_that_exists_is_refused_before_tensorflow_is_looked_for(bare):
    start = time.time()
    assert bare("--out=python", "--", "train.py") == (
        USAGE, "", "capture: --out=python: expected a folder that is not there yet, received one "
                   "that is\n")
    assert time.time() - start < 2


@pytest.mark.parametrize("flag", ["--show", "--replay"])
def test_the_one_file_alone_cannot_read_a_capture(flag, bare):
    assert bare(flag, "captured") == (
        USAGE, "", "capture: {}: expected the whole package parity, received this file alone; copy "
                   "the captured folder to where the package is\n".format(flag))


def test_help_is_there_without_tensorflow(bare):
    status, out, err = bare("--help")
    assert (status, err) == (0, "")
    assert all(flag in out for flag in ("--steps", "--out", "--batches", "--input_fn", "--params",
                                        "--show", "--skeleton", "--replay", "--legacy_python"))
