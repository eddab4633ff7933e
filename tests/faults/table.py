"""Outcomes of trials, counted by kind, and the table that shows them."""

import re
import signal
from typing import NamedTuple

from tests.faults.commands import MEGABYTES
from tests.faults.system_calls import FAILURES, KILL

SURVIVED, REFUSED, LOST, TRACEBACK, HANG, MEMORY, LEFT = COLUMNS = (
    "survived", "refused in one line", "lost", "tracebacks", "hangs", "over 2 GB", "left behind")
BAD = COLUMNS[2:]
_PROGRESS = re.compile(r"\[ +\d+ s\] .*|(reading|capturing|recording) [^:]*")


class Trial(NamedTuple):
    """Outcome of one trial: one of `COLUMNS`, and in words what happened if it is a bad one."""

    outcome: str
    detail: str = ""


class Row:
    """Counts of a kind of fault.

    Attributes:
      kind: its name.
      counts: `{column: number}`.
      details: what happened in trials with a bad outcome; why none was tried.
    """

    def __init__(self, kind):
        self.kind, self.details = kind, []
        self.counts = dict.fromkeys(COLUMNS, 0)

    def add(self, trial, name):
        """Counts a trial of some name."""
        self.counts[trial.outcome] += 1
        if trial.outcome in BAD:
            self.details.append("{}, {}: {}: {}".format(
                self.kind, name, trial.outcome, trial.detail))

    @property
    def tried(self):
        """Number of trials."""
        return sum(self.counts.values())


def text(rows):
    """The table of `Row`s, in Markdown."""
    lines = [["kind", "tried", *COLUMNS], ["---"] * (2 + len(COLUMNS))]
    lines += [[row.kind, row.tried, *row.counts.values()] for row in rows]
    total = Row("all")
    for row in rows:
        for column, count in row.counts.items():
            total.counts[column] += count
    lines.append([total.kind, total.tried, *total.counts.values()])
    return "".join("| {} |\n".format(" | ".join(map(str, line))) for line in lines)


def not_run(kind, reason):
    """The `Row` of a kind of which nothing could be tried, which is no success."""
    row = Row(kind)
    row.details.append("{}: NOT RUN: {}".format(kind, reason))
    return row


def bad(rows):
    """True where a trial had a bad outcome, or nothing could be tried of a kind."""
    return any(row.details for row in rows)


def judged(ended, failure=""):
    """The `Trial` of a command that ended.

    Args:
      ended: the `tests.faults.commands.Ended`.
      failure: what was done to it, one of those of `system_calls`; after SIGKILL no line is
        expected, and after an error of a file the status 74.
    """
    detail = "status {}: {}".format(ended.status, (ended.err or ended.out).strip()[-1500:])
    if ended.status is None:
        return Trial(HANG, detail)
    if ended.megabytes > MEGABYTES:
        return Trial(MEMORY, "{} MB".format(ended.megabytes))
    if ended.left:
        return Trial(LEFT, "{} ({})".format(", ".join(ended.left), detail))
    if "Traceback" in ended.err or not _is_status(ended, failure):
        return Trial(TRACEBACK, detail)
    return Trial(SURVIVED if ended.status in (0, -signal.SIGKILL) else REFUSED)


def _is_status(ended, failure):
    """True of success, of the end that SIGKILL makes, and of one line with the right status."""
    if ended.status == 0 or (failure == KILL and ended.status == -signal.SIGKILL):
        return True
    lines = ended.err.splitlines()
    said = [line for line in lines if line.startswith(ended.program + ": ")]
    if ended.program != "capture":  # which shows the program's own lines and its progress
        lines = [line for line in lines if not _PROGRESS.fullmatch(line)]
        if lines != said or len(said) != 1:
            return False
    return bool(said) and lines[-1] == said[-1] and (
        ended.status == 74 if failure in FAILURES else ended.status > 0)
