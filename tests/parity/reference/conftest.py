"""Captures of the small programs beside this file, each made when it is first asked for."""

import os

import pytest

from parity.selftest import pairs
from tests.captures import Captures

_FOLDER = os.path.dirname(os.path.abspath(__file__))
_PROGRAMS = {"programs.py": ("images", "adversarial", "recurrent", "layers", "regression"),
             "bounded_programs.py": ("bounded", "racing"),
             "initial_programs.py": ("initialised",),
             "normalised_programs.py": ("normalised",),
             "optimizer_programs.py": ("optimizers", "gathered"),
             "recurrent_programs.py": ("both_ways", "from_the_end",
                                       "stacked_from_the_end"),
             "replayed.py": ("counts_while_it_reads", "writes_twice", "writes_four_times"),
             "scheduled_programs.py": ("scheduled",),
             pairs.path("programs", "attention"): ("causal", "several_heads"),
             pairs.path("programs", "spectral"): ("two_iterations", "convolution"),
             pairs.path("programs", "two_batches"): ("real_first",),
             "switched_programs.py": ("switched", "flagged", "moving", "noisy")}


@pytest.fixture(scope="session")
def captured_program(forking, tmp_path_factory, repository):
    """Function (name) that returns the `Captured` of three steps of a program."""
    from parity.reference.captured import Captured
    folder, made = str(tmp_path_factory.mktemp("captures")), {}
    files = {name: file for file, names in _PROGRAMS.items() for name in names}
    with forking():
        captures = Captures(repository, folder)

    def get(name):
        if name not in made:
            out = os.path.join(folder, name)
            ended = captures("--steps=3", "--out=" + out, "--",
                             "{}:{}".format(os.path.join(_FOLDER, files[name]), name),
                             cwd=repository)
            assert ended.status == 0, ended.err
            made[name] = Captured(out)
        return made[name]
    with captures:
        yield get
