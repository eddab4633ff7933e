"""The processes of a verification: which are started, where, and how often."""

import os

import pytest

from parity.pair import recorders
from parity.pair.recorders import Recorders


class Started:
    """A recorder that notes how it was started and whether it was ended."""

    together = ()  # recorders that have to be told of their end before one is waited for

    def __init__(self, module, interpreter=None, folder=None, home=None, server=None):
        self.module, self.interpreter, self.folder, self.home = module, interpreter, folder, home
        self.server = server
        self.told = self.ended = self.killed = False

    def __enter__(self):
        return self

    def finish(self):
        self.told = True

    def __exit__(self, *error):
        assert all(each.told for each in self.together)
        self.ended = True

    def kill(self):
        self.killed = True


@pytest.fixture(autouse=True)
def processes(monkeypatch):
    """Those that were started, in their order."""
    found = []

    def start(*arguments, **others):
        found.append(Started(*arguments, **others))
        return found[-1]

    monkeypatch.setattr(recorders, "Recorder", start)
    return found


def modules(processes):
    return [each.module.replace("parity.", "") for each in processes]


def test_processes_that_are_started_early_are_those_that_are_used(tmp_path, processes):
    with Recorders(str(tmp_path)) as started:
        started.start(reference=True, ports=2)
        assert modules(processes) == ["reference.recorder"] + 2 * ["port.recorder"]
        with started.port() as first, started.port() as second, started.port() as third:
            assert {first, second} == set(processes[1:3]) and third is processes[3]
        assert started.reference is processes[0]
    assert all(each.ended and not each.killed for each in processes)


def test_processes_end_side_by_side(tmp_path, processes, monkeypatch):
    with Recorders(str(tmp_path), kept=True) as started:
        started.start(reference=True, ports=1)
        monkeypatch.setattr(Started, "together", list(processes))
    assert len(processes) == 2 and all(each.ended for each in processes)


def test_a_process_that_may_be_busy_is_not_written_to_after_an_error(tmp_path, processes):
    with pytest.raises(KeyboardInterrupt):
        with Recorders(str(tmp_path), kept=True) as started:
            started.start(reference=True, ports=1)
            raise KeyboardInterrupt
    assert all(each.ended and not each.told for each in processes)


def test_a_process_without_a_job_is_not_waited_for(tmp_path, processes):
    with Recorders(str(tmp_path)) as started:
        started.start(reference=False, ports=2)
        with started.port() as port:
            pass
    (unused,) = set(processes) - {port}
    assert unused.killed and unused.ended and not port.killed


def test_processes_that_are_kept_are_started_early_once(tmp_path, processes):
    with Recorders(str(tmp_path), kept=True) as started:
        for _ in range(2):
            started.start(reference=True, ports=1)
            with started.port() as port:
                assert port is processes[1]
        started.start(reference=True, ports=0)
    assert modules(processes) == ["reference.recorder", "port.recorder"]


def test_each_process_is_started_once_and_ended_with_the_last(tmp_path):
    with Recorders(str(tmp_path)) as started:
        assert started.capturer is started.capturer and started.reference is started.reference
        assert started.capturer.module == "parity.reference.capturer"
        assert started.reference.module == "parity.reference.recorder"
        assert not started.capturer.ended and started.programs == os.getcwd()
        both = started.capturer, started.reference
    assert all(each.ended for each in both)


def test_what_programs_import_is_imported_once_before_the_first(tmp_path, monkeypatch):
    jobs = []
    monkeypatch.setattr(Started, "__call__", lambda each, job, **how: jobs.append(
        (each.module, job, how)), raising=False)
    with Recorders(str(tmp_path), home="here", modules=("one", "two")) as started:
        assert started.reference and not jobs
        assert started.capturer is started.capturer
    assert jobs == [("parity.reference.capturer", "import",
                     {"modules": ("one", "two"), "folder": "here"})]


def test_each_port_has_a_process_of_its_own(tmp_path):
    with Recorders(str(tmp_path)) as started:
        with started.port() as first, started.port() as second:
            assert first is not second and first.module == "parity.port.recorder"
        assert first.ended and second.ended


def test_one_process_runs_every_port_where_it_is_kept(tmp_path):
    with Recorders(str(tmp_path), kept=True) as started:
        with started.port() as first, started.port() as second:
            assert first is second
        assert not first.ended
    assert first.ended


def test_home_is_where_ports_and_programs_look_first(tmp_path):
    with Recorders(str(tmp_path), home="elsewhere") as started:
        with started.port() as port:
            assert port.home == "elsewhere"
        assert started.programs == "elsewhere"
        assert started.reference.home is None and started.reference.folder is None


def test_another_interpreter_is_given_a_folder_with_the_packages(tmp_path, monkeypatch):
    (tmp_path / "here" / "a_program").mkdir(parents=True)
    (tmp_path / "here" / "a_program" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path / "here"))
    monkeypatch.chdir(tmp_path)  # the interpreter is named from here, and runs in that folder
    interpreter = os.path.join(str(tmp_path), "other", "python")
    with Recorders(str(tmp_path), "other/python", home="elsewhere",
                   packages=("a_program",)) as started:
        staged = os.path.join(str(tmp_path), "staged")
        assert not os.path.exists(staged)
        for each in (started.capturer, started.reference):
            assert (each.interpreter, each.folder) == (interpreter, staged)
        assert started.programs == staged
        assert sorted(os.listdir(staged)) == ["a_program", "parity"]
        with started.port() as port:
            assert port.interpreter is None and port.home == "elsewhere"
