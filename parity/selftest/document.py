"""The text of docs/causes.md, from the catalogue of causes and the faults of the self-test."""

import textwrap

from parity.causes import catalogue
from parity.selftest import correct
from parity.selftest import faults

_HEAD = """# Causes that the tool can prove

Where a port departs, `parity.verify` changes the captured program in the ways that are listed here,
one at a time, and runs the step again. A cause is named only if the changed program gives the
port's numbers there, to rounding, and where several do, those that leave the fewest differences
further on; what one step cannot tell apart, the next compared step may. Where none fits, the report
says *not recognised* and shows the numbers of both sides. A search takes 30 seconds at most, or as
long as twelve steps of the reference, and says where it had no time to try all.

This file is made from the catalogue: `python docs/make_causes.py`.

| cause | rungs | what of the reference is changed | what stands in Keras |
|---|---|---|---|
"""
_TAIL = """
A slot, an average or a moving statistic that starts at another number is its own cause: both
numbers are read before the first step. Some numbers are looked for, by secants, where they are none
that the port's configuration or common practice has: a penalty, a term of the loss, a share of
smoothing, a slope, an epsilon, a number that is written in the program.

Of two causes that meet in one loss one is found beside a factor of the whole: a penalty that is
lost where a sum stands for a mean.

Not tried: other combinations of two causes that meet in one tensor; another loss or another
optimiser altogether; momentum that holds the rate; the order of gates; a label or an input that is
one step late, whose port differs from itself and is *inconclusive*.

## Self-test

`python -m parity.selftest` plants {faults} faults, one at a time, in correct ports, and fails where
one is missed, where another rung or tensor comes first, or where another cause is named first; it
also verifies {ports} correct ports from five seeds each, none of which may be *different*. What it
finds of each fault:

| program and fault | rung | tensor | cause | line to write |
|---|---|---|---|---|
"""


def text():
    """The document, in Markdown."""
    rows = [_row(entry.name, _listed(entry.rungs), entry.tried, _code(entry.write))
            for entry in catalogue.ENTRIES]
    matrix = [_row(f"{fault.pair}: {fault.mistake}", str(fault.rung), _code(fault.tensor, True),
                   fault.cause, _code(fault.write)) for fault in faults.FAULTS]
    tail = textwrap.dedent(_TAIL).format(faults=len(faults.FAULTS), ports=len(correct.PORTS))
    return _HEAD + "\n".join(rows) + "\n" + tail + "\n".join(matrix) + "\n"


def _row(*cells):
    """A row of a table in Markdown."""
    return "| " + " | ".join(cells) + " |"


def _code(text_, always=False):
    """A text in the marks of code, if it looks like code, or always."""
    return f"`{text_}`" if text_ and (always or "(" in text_ or "=" in text_) else text_


def _listed(rungs):
    """Words for numbers of rungs: "6 to 8", "3, 4"."""
    if len(rungs) > 2 and rungs[-1] - rungs[0] == len(rungs) - 1:
        return "{} to {}".format(rungs[0], rungs[-1])
    return ", ".join(map(str, rungs))
