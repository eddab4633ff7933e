"""A recorder's answers: one line each, whatever an error holds."""

import io
import json
import os
import sys

import numpy as np

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


# Curves of a run from the start.

def test_curves_hold_the_losses_of_each_step_and_some_entries_of_each_weight():
    curves = worker.Curves()
    for step in range(3):
        curves.add({0: {"d": np.float32(step)}, 1: {"g": step + 0.5}},
                   {"w": np.arange(45.0).reshape(9, 5) + step, "b": np.array([1.0, 2.0]) * step})
    held = curves.arrays()
    assert sorted(held) == ["entries/b", "entries/w", "losses/0/d", "losses/1/g"]
    assert held["losses/0/d"].tolist() == [0, 1, 2] and held["losses/0/d"].dtype == np.float32
    assert held["losses/1/g"].tolist() == [0.5, 1.5, 2.5]
    assert held["entries/b"].tolist() == [[0, 0], [1, 2], [2, 4]]
    assert held["entries/w"].shape == (3, 16)
    first = held["entries/w"][0]
    assert (first[0], first[1], first[-1]) == (0, 2, 44) and len(set(first)) == 16
    assert held["entries/w"][2].tolist() == [value + 2 for value in first]


def test_a_run_without_steps_has_no_curves():
    assert worker.Curves().arrays() == {}
