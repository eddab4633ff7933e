"""Kinds of faults: how one is tried, and how many of each in the short and in the long form."""

import functools
import json
import os
import signal
import subprocess
import sys
from typing import Callable, NamedTuple

from tests.faults import many
from tests.faults import sources
from tests.faults.pairs import Pair
from tests.faults.system_calls import EIO, ENOSPC, FAILURES, KILL, SHORT
from tests.faults.table import HANG, MEMORY, REFUSED, Row, SURVIVED, TRACEBACK, Trial
from tests.faults.training import Training
from tests.support import damaged_data

_WINGS = ("legacy", "modern")
# The wing in which the short form tries what both wings do in the same way. Training is killed at a
# random moment, not at a call, too.
_SHORT_WING = {"checkpoint": "legacy", "config.json": "modern", "metrics.csv": "legacy",
               "event file, metrics lost": "modern", ENOSPC: "legacy", EIO: "modern",
               SHORT: "legacy"}
# The commands of parity that it kills, signals and lets run out of room: not a verification, of
# which its end is a test of its own (tests/parity/test_command_line.py).
_SHORT_COMMANDS = {signal.SIGKILL: ("capture", "convert"),
                   signal.SIGTERM: ("convert back",), signal.SIGHUP: ("capture",),
                   ENOSPC: ("capture",)}
# Compiling by XLA takes most of a short run, and writes no file.
_UNCOMPILED = ("--parity_mode",)


class World:
    """What trials share, each made when it is first needed.

    Args:
      commands: the `tests.faults.commands.Commands`.
    """

    def __init__(self, commands):
        self.commands = commands
        self.training = functools.lru_cache(None)(
            lambda wing, more=_UNCOMPILED: Training(commands, wing, more))
        self.pair = functools.lru_cache(None)(lambda: Pair(commands))
        self.sources = functools.lru_cache(None)(lambda: sources.make(
            self.pair(), {wing: self.training(wing) for wing in _WINGS}))


class Kind(NamedTuple):
    """A kind of fault.

    Attributes:
      short, long: numbers of trials.
      row: function (world, number) that returns the `Row`.
      of_calls: True where system calls are failed, which `system_calls.available` tells of.
    """

    short: int
    long: int
    row: Callable
    of_calls: bool = False


def _each(name, trial, numbers=lambda world, count: range(count)):
    """Function for `Kind.row` that calls `trial(world, number)` for each number."""
    def row(world, count):
        counted = Row(name)
        for number in numbers(world, count):
            counted.add(trial(world, number), number)
        return counted
    return row


def _bulk(name, run):
    """Function for `Kind.row` of one process that tries all: see `damaged_data`, `many`."""
    def row(world, count):
        counted, (status, out, err) = Row(name), run(world, count)
        if status:
            counted.add(Trial(HANG if status == -signal.SIGALRM else TRACEBACK, err[-1500:]), "all")
            return counted
        found = json.loads(out.splitlines()[-1])
        for outcome, number in ((SURVIVED, found.get("read", found.get("survived"))),
                                (REFUSED, found["refused"])):
            counted.counts[outcome] += number
        for seed, fault in found["faults"].items():
            counted.add(Trial(TRACEBACK, fault), seed)
        if found.get("megabytes", 0) > damaged_data.MEMORY >> 20:
            counted.add(Trial(MEMORY, str(found["megabytes"])), "all")
        return counted
    return row


def _data(name, world, count):
    folder = world.commands.new_folder()
    os.mkdir(folder)
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.damaged_data", name, str(count), folder],
        cwd=world.commands.repository, env=dict(os.environ, OPENBLAS_NUM_THREADS="1"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return ended.returncode, ended.stdout, ended.stderr


def _read(name, world, count):
    ended = world.commands("tests.faults.many", name, str(count), world.sources(),
                           seconds=30 + count * many.SECONDS)
    return ended.status, ended.out, ended.err


def _spread(last, count):
    """`count` numbers from 1 to `last`, evenly; all of them where there are fewer."""
    count = min(count, last)
    return sorted({1 + (2 * number + 1) * last // (2 * count) for number in range(count)})


def _of_training(wing, failure):
    return _each("{}.train, {}".format(wing, failure),
                 lambda world, at: world.training(wing).failed(failure, at),
                 lambda world, count: _spread(world.training(wing).calls, count))


def _of_pair(name, failure):
    return _each("parity.{}, {}".format(name, failure),
                 lambda world, at: world.pair().failed(name, failure, at),
                 lambda world, count: _spread(world.pair().calls(name), count))


def _damaged(name, part):
    """Kinds of a damaged file of a run, of both wings."""
    return {"damaged {} ({})".format(name, wing): Kind(
        int(wing == _SHORT_WING[name]), 500 if part == "of_checkpoint" else 250,
        _each("damaged {} ({})".format(name, wing), lambda world, seed, wing=wing: getattr(
            world.training(wing), part)(seed)))
            for wing in _WINGS}


def _kinds():
    """Yields (name, `Kind`)."""
    for name in damaged_data.FORMATS:
        yield "damaged " + name, Kind(0, 500, _bulk(
            "damaged " + name, functools.partial(_data, name)))
    for name in many.READERS:
        yield "damaged " + name, Kind(4, 500, _bulk(
            "damaged " + name, functools.partial(_read, name)))
    for name, part in (("checkpoint", "of_checkpoint"), ("config.json", "of_config"),
                       ("metrics.csv", "of_metrics"), ("event file, metrics lost", "of_events")):
        yield from _damaged(name, part).items()
    for name in ("checkpoint", "weights (.keras)", "capture"):
        yield "damaged {}, converted".format(name), Kind(1, 500, _each(
            "damaged {}, converted".format(name),
            lambda world, seed, name=name: world.pair().damaged(name, seed)))
    for wing in _WINGS:
        # The modern wing is compiled here: seconds that the short form has not.
        yield "killed {}.train".format(wing), Kind(int(wing == "legacy"), 100, _each(
            "killed {}.train".format(wing),
            lambda world, seed, wing=wing: world.training(wing, ()).killed(seed)))
    for name in ("verify", "capture", "convert", "convert back"):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP):
            title = "{} to parity.{}".format(number.name, name)
            yield title, Kind(int(name in _SHORT_COMMANDS[number]),
                              100 if number == signal.SIGKILL else 30, _each(
                title, lambda world, seed, name=name, number=number: world.pair().killed(
                    name, seed, number)))
    for failure in (*FAILURES, KILL):
        for wing in _WINGS:
            yield "{}.train, {}".format(wing, failure), Kind(
                int(wing == _SHORT_WING.get(failure)), 10 ** 6, _of_training(wing, failure), True)
        for name in ("verify", "capture", "convert", "convert back"):
            yield "parity.{}, {}".format(name, failure), Kind(
                int(name in _SHORT_COMMANDS.get(failure, ())), 60, _of_pair(name, failure), True)


KINDS = dict(_kinds())
