"""Compares the kept trace of a port with the golden file that the port was verified against."""

import collections

from parity import command_line
from parity.golden import given as givens
from parity.golden import paired
from parity.judge import repeated
from parity.judge.rungs import forward as rung3
from parity.judge.rungs import rates
from parity.judge.sides import Sides
from parity.pair import exchanges
from parity.pair import forward
from parity.pair import joins
from parity.pair.mapping import mapping

_NOT_KEPT = "the traces hold no pass without training, and not where slots start"


def compare(path, golden, traces, names=None):
    """The `Result` of a port's traces.

    Args:
      path: of the golden file; golden: what it holds.
      traces: `{dtype: Trace}` of the port.
      names: a `parity.pair.names_file.Names` that overrides the pairing, or None.

    Raises:
      UsageError: the traces are of a port that started from something else.
    """
    seen, beside = {}, []
    for dtype in reversed(golden.header["dtypes"]):
        trace = traces[dtype]
        if trace.header.get("golden") != golden.digest:
            raise command_line.UsageError(f"{path}: expected the traces of a port that was verified"
                                          " against this file, received others")
        found = _found(golden, trace, names)
        pair = paired.Pair(golden, found, dtype, _whole(golden, found, dtype, trace))
        seen[dtype] = pair.seen(repeated.Unrepeatable.said(trace.header, "the port"))
        beside += pair.beside(trace.header.get("unexercised", []))
        if len(seen) == 1 and not pair.forward:
            beside.append(rung3.not_run(dtype, _NOT_KEPT))
            told = trace.header.get("rates")
            rows, unread = pair.far_rates(told) if told else ([], [rates.not_kept(dtype)])
            seen[dtype].rows[:0] = rows
            beside += unread
    return paired.judged(trace.header["pair"], golden, found, seen, beside,
                         dict.fromkeys(golden.header["dtypes"], {}))


def _found(golden, trace, names):
    """The `Mapping` of the golden file's reference and a port."""
    both = golden.header["description"], trace.header["description"]
    return exchanges.remembered(
        mapping(*(forward.alike(*both) if both[0]["forward"] else both), names),
        golden.header["exchanged"])


def _whole(golden, found, dtype, trace):
    """The `Sides` of what the steps start from and of the port's arrays."""
    header = golden.header
    starts = collections.ChainMap(
        paired.kept(header, dtype), givens.Given(header["given"], header["seed"], dtype))
    return Sides(joins.Trace(starts, found.joins), trace, found.variables, found.slots,
                 header["steps"], found.optimizers)
