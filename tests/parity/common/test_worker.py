"""A recorder's answers: one line each, whatever an error holds."""

import io
import json
import os
import sys

from parity.common import worker


def answers(jobs, lines, monkeypatch, refused=()):
    """What `serve` answers to jobs, by name."""
    reading, writing = os.pipe()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO("".join(
            json.dumps({"job": name}) + "\n" for name in lines)))
        patch.setattr(os, "dup", lambda number: writing)
        patch.setattr(os, "dup2", lambda source, target: None)
        worker.serve(jobs, refused)
    with os.fdopen(reading) as file:
        return [json.loads(line) for line in file]


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
