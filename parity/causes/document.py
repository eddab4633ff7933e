"""docs/causes.md, made from the catalogue."""

import textwrap

from parity.causes import catalogue

_HEAD = """# Causes that the tool can prove

Where a port departs, `parity.verify` changes the captured program in the ways that are listed here,
one at a time, and runs the step again. A cause is named only if the changed program gives the
port's numbers there, to rounding, and where several do, those that leave the fewest differences
further on; what one step cannot tell apart, the next compared step may. Where none fits, the report
says *not recognised* and shows the numbers of both sides. A search takes 30 seconds at most.

This file is made from the catalogue: `python docs/make_causes.py`.

| cause | rungs | what of the reference is changed | what stands in Keras |
|---|---|---|---|
"""
_TAIL = """
A slot, an average or a moving statistic that starts at another number is its own cause: both
numbers are read before the first step.

Not tried yet: combinations of two causes; momentum that holds the rate; the order of gates;
another optimiser altogether; a label or an input that is one step late; averages with a count of
updates or without bias. Tried, and shown by no planted fault yet: flipped or exchanged kernels, the
crop of a transposed convolution, the order of channels in a vector, inputs that are scaled, turned
or exchanged, weight decay in gradients or beside them, averages that stay or move twice.
"""


def text():
    """The document."""
    rows = ["| {} | {} | {} | {} |".format(
        entry.name, _listed(entry.rungs), entry.tried, "`{}`".format(entry.write)
        if "(" in entry.write or "=" in entry.write else entry.write)
            for entry in catalogue.ENTRIES]
    return _HEAD + "\n".join(rows) + "\n" + textwrap.dedent(_TAIL)


def _listed(rungs):
    if len(rungs) > 2 and rungs[-1] - rungs[0] == len(rungs) - 1:
        return "{} to {}".format(rungs[0], rungs[-1])
    return ", ".join(map(str, rungs))
