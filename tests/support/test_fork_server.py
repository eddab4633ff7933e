"""What a command sees and how it ends: the same, whether it is forked or started."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from tests.support.fork_server import ForkServer

FORKED = "parity.verify"  # as an argument: only the name counts


@pytest.fixture(name="run")
def fixture_run(forked_python, tmp_path):
    """Function (code, *arguments, **more) of `python -c` to what is left of the process."""
    def run(code, *arguments, **more):
        return subprocess.run([forked_python, "-c", code, *arguments], cwd=tmp_path, text=True,
                              capture_output=True, timeout=60, **more)
    return run


@pytest.mark.parametrize("argument,is_there", [(FORKED, True), ("other", False)])
def test_commands_of_the_list_have_tensorflow_already_and_others_have_not(run, argument, is_there):
    code = "import sys; print('tensorflow' in sys.modules, sys.argv)"
    assert run(code, argument).stdout == f"{is_there} {['-c', argument]}\n"


def test_whoever_would_import_it_otherwise_starts_anew(run):
    code = "import sys; print('tensorflow' in sys.modules)"
    other = dict(os.environ, TF_ENABLE_ONEDNN_OPTS="1")
    assert run(code, FORKED, env=other).stdout == "False\n"


@pytest.mark.parametrize("argument", [FORKED, "other"])
def test_folder_environment_path_and_input_are_those_of_the_caller(run, argument, tmp_path):
    (tmp_path / "beside.py").write_text("NAME = 'beside'\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "further.py").write_text("NAME = 'further'\n")
    code = ("import beside, further, os, sys; "
            "print(beside.NAME, further.NAME, os.environ['SAID'], os.getcwd(), sys.stdin.read())")
    environment = dict(os.environ, SAID="a", PYTHONPATH=str(tmp_path / "elsewhere"))
    ended = run(code, argument, env=environment, input="b")
    assert (ended.stdout, ended.stderr) == (f"beside further a {tmp_path} b\n", "")


@pytest.mark.parametrize("argument", [FORKED, "other"])
@pytest.mark.parametrize("code,status,said", [
    ("pass", 0, ""), ("raise SystemExit(3)", 3, ""), ("import sys; sys.exit('words')", 1, "words"),
    ("1 / 0", 1, "ZeroDivisionError: division by zero"),
    ("import atexit; atexit.register(lambda: print('late', file=__import__('sys').stderr))", 0,
     "late"),
    ("import os; os.kill(os.getpid(), 9)", -9, ""), ("import os; os.abort()", -6, None),
    ("raise KeyboardInterrupt", -2, "KeyboardInterrupt")])
def test_it_ends_as_it_would(run, argument, code, status, said):
    ended = run(code, argument)
    assert ended.returncode == status
    assert said is None or ended.stderr.strip().rpartition("\n")[2] == said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_signals_reach_the_command(forked_python, number):
    process = subprocess.Popen(
        [forked_python, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)",
         FORKED], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    command = int(process.stdout.readline())
    process.send_signal(number)
    assert process.wait(30) == -number
    assert process.stdout.read() == ""  # which ends when the command does
    for _ in range(1000):
        if not os.path.exists(f"/proc/{command}"):
            return
        time.sleep(0.01)
    pytest.fail("the command runs on")


def test_the_server_outlives_a_command_that_is_killed_with_who_asked(forked_python, run):
    process = subprocess.Popen(
        [forked_python, "-c", "import os, time; print(os.getpid(), os.getppid(), flush=True); "
         "time.sleep(60)", FORKED], stdout=subprocess.PIPE, text=True)
    command, server = map(int, process.stdout.readline().split())
    os.kill(server, signal.SIGSTOP)  # it sees both ends at once, the command's first
    os.kill(command, signal.SIGKILL)
    while " Z " not in pathlib.Path(f"/proc/{command}/stat").read_text():
        time.sleep(0.01)
    process.kill()
    process.communicate()
    os.kill(server, signal.SIGCONT)
    assert run("import os; print(os.getppid())", FORKED).stdout == f"{server}\n"


def test_whoever_asks_a_server_that_has_ended_is_refused(tmp_path):
    with ForkServer(tmp_path) as server:
        asked = [server.python, "-c", "import os; os.kill(os.getppid(), 9)", FORKED]
        for _ in range(2):
            assert subprocess.run(asked, stderr=subprocess.DEVNULL, timeout=60).returncode == 1


def test_a_module_and_a_file_are_run_as_programs(forked_python, tmp_path):
    (tmp_path / "parity.verify").write_text("import sys; print(__name__, sys.argv[1:])\n")
    for arguments in (["parity.verify", "x"], ["-m", "this", FORKED]):
        ended = subprocess.run([forked_python, *arguments], cwd=tmp_path, capture_output=True,
                               text=True, check=True)
        assert ended.stdout.startswith(("__main__ ['x']", "The Zen of Python"))
    assert sys.executable != forked_python
