"""A recorder's answers: one line each, whatever an error holds."""

import gc
import json
import os
import sys
import threading

from parity.common import worker


def answers(jobs, lines, monkeypatch, refused=()):
    """What `serve` answers to jobs, by name, of which each is asked when the last is answered."""
    asking, asked = os.pipe()
    reading, writing = os.pipe()
    with monkeypatch.context() as patch, os.fdopen(reading) as answered:
        patch.setattr(os, "dup", {0: asking, 1: writing}.get)
        patch.setattr(os, "dup2", lambda source, target: None)
        serving = threading.Thread(target=worker.serve, args=(jobs, refused))
        serving.start()
        found = []
        for name in lines:
            os.write(asked, (json.dumps({"job": name}) + "\n").encode())
            found.append(json.loads(answered.readline()))
        os.close(asked)
        serving.join(60)
        assert not serving.is_alive()
    return found


def fail(job):
    raise ValueError("\x1b[1mArguments\nreceived\x1b[0m: none")


def refuse(job):
    raise LookupError("no  such\nfile")


def test_an_error_is_one_line_without_the_colours_that_keras_puts_in(monkeypatch):
    answer, = answers({"fail": fail}, ["fail"], monkeypatch)
    assert answer["error"].startswith("ValueError: Arguments received: none (")


def test_what_is_refused_is_one_line_without_its_kind(monkeypatch):
    found = answers({"refuse": refuse, "say": lambda job: 7}, ["refuse", "say"], monkeypatch,
                    LookupError)
    assert found == [{"refused": "no such file"}, {"answer": 7}]


def test_jobs_run_as_if_nothing_had_been_changed_for_the_imports(monkeypatch):
    def look(job):
        return [gc.isenabled(), "sklearn_of_test" in sys.modules]

    monkeypatch.setitem(sys.modules, "sklearn_of_test", None)
    gc.disable()
    assert answers({"look": look}, ["look"], monkeypatch) == [{"answer": [True, False]}]
