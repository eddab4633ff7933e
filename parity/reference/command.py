"""Shows or replays a captured folder, for `python -m parity.capture`."""

import collections
import os
import subprocess
import sys
import tempfile

from parity import capture
from parity.reference import replay_error
from parity.reference import staging
from parity.reference.captured import Captured
from parity.reference.keras_frame import skeleton
from parity.reference.showing import show

_RACES_SHOWN = 5


def _race_lines(result):
    if not result.races:
        return []
    unsettled = result.verdict() == replay_error.RACE
    lines = ["  races; {}: {}".format(
        "no order reproduces the capture, nearest" if unsettled else "order", result.order)]
    lines += ["    {}: {} {} {}".format(race.variable, race.write, "and" if race.writes_too else
                                        "and the read by", race.other)
              for race in result.races[:_RACES_SHOWN]]
    rest = len(result.races) - _RACES_SHOWN
    spreads = [row.spread for row in result.rows if row.spread]
    if rest > 0:
        lines.append("    and {} more".format(rest))
    if spreads:
        lines.append("    repeated where it was captured, an update came out otherwise by up to "
                     "{:.1e}".format(max(spreads)))
    return lines


def replay_text(result):
    """Lines on the errors of a replay in one precision."""
    worst = result.worst()
    counts = collections.Counter(row.verdict for row in result.rows)
    lines = ["{}: {}".format(result.dtype, result.verdict()),
             "  error of an update: median {:.1e}, {} {:.1e} ({}, call {})".format(
                 result.median(), worst.verdict, worst.error, worst.variable, worst.call),
             "  updates: " + ", ".join("{} {}".format(counts[word], word)
                                       for word in replay_error.VERDICTS if counts[word])]
    if result.kinks:
        lines.append("  {} units of activations change sides between the precisions".format(
            result.kinks))
    if result.islands:
        lines.append("  in float32 for want of kernels: " + ", ".join(result.islands[:3]) + (
            " and {} more".format(len(result.islands) - 3) if len(result.islands) > 3 else ""))
    return "\n".join(lines + _race_lines(result)) + "\n"


def _replay_elsewhere(asked):
    """Replays in another interpreter, which is given a copy of this package; returns its status."""
    python = os.path.abspath(asked.legacy_python)
    if not os.access(python, os.X_OK) or os.path.isdir(python):
        raise capture.Failure("--legacy_python={}: expected a Python interpreter, received no such "
                              "program".format(asked.legacy_python))
    with tempfile.TemporaryDirectory() as folder:
        staging.stage([], folder)
        return subprocess.call(
            [python, "-m", "parity.capture", "--replay", os.path.abspath(asked.replay)],
            cwd=folder, env=dict(os.environ, PYTHONPATH=folder))


def _replay(asked):
    if asked.legacy_python:
        return _replay_elsewhere(asked)
    results = replay_error.measure(Captured(asked.replay), capture.say)
    for result in results:
        sys.stdout.write(replay_text(result))
    verdicts = {result.verdict() for result in results}
    if replay_error.DIFFERENT in verdicts:
        return 1
    return 3 if replay_error.RACE in verdicts else 0


def _show(asked):
    captured = Captured(asked.show)
    sys.stdout.write(show.text(captured))
    if asked.skeleton:
        if os.path.exists(asked.skeleton):
            raise capture.Failure("--skeleton={}: expected a file that is not there yet, received "
                                  "one that is".format(asked.skeleton))
        with open(asked.skeleton, "w", encoding="utf-8") as file:
            file.write(skeleton.text(captured))
    return 0


def main(asked):
    """Shows or replays the capture that parsed flags name; returns the exit status."""
    return _replay(asked) if asked.replay else _show(asked)
