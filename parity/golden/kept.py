"""Compares a port's stored traces with the golden file that the port was verified against."""

import collections

from parity import command_line
from parity.golden import given as givens
from parity.golden import paired
from parity.judge import repeated
from parity.judge.rungs import forward as forward_rung
from parity.judge.rungs import rates
from parity.judge.sides import Sides
from parity.pair import exchanges
from parity.pair import forward
from parity.pair import joins
from parity.pair.mapping import mapping

_NOT_KEPT = "the traces hold no pass without training, and not where slots start"


def compare(path, golden, traces, names=None):
    """The `Result` of comparing a port's traces with a golden file.

    Args:
      path: path of the golden file.
      golden: its `Golden`.
      traces: `{dtype: Trace}` of the port.
      names: a `parity.pair.names_file.Names` that overrides the pairing, or None.

    Raises:
      UsageError: the traces are of a port that was not verified against this file.
    """
    compared, others = {}, []
    for dtype in reversed(golden.header["dtypes"]):
        trace = traces[dtype]
        if trace.header.get("golden") != golden.digest:
            raise command_line.UsageError(f"{path}: expected the traces of a port that was verified"
                                          " against this file, received others")
        found = _found(golden, trace, names)
        pair = paired.Pair(golden, found, dtype, _whole(golden, found, dtype, trace))
        compared[dtype] = pair.comparison(repeated.Unrepeatable.said(trace.header, "the port"))
        others += pair.other_findings(trace.header.get("unexercised", []))
        if len(compared) == 1 and not pair.forward:
            others.append(forward_rung.not_run(dtype, _NOT_KEPT))
            told = trace.header.get("rates")
            rows, unread = pair.far_rates(told) if told else ([], [rates.not_kept(dtype)])
            compared[dtype].rows[:0] = rows
            others += unread
    return paired.judged(trace.header["pair"], golden, found, compared, others,
                         dict.fromkeys(golden.header["dtypes"], {}))


def _found(golden, trace, names):
    """The `Mapping` of the golden file's reference and a port."""
    both = golden.header["description"], trace.header["description"]
    return exchanges.remembered(
        mapping(*(forward.alike(*both) if both[0]["forward"] else both), names),
        golden.header["exchanged"])


def _whole(golden, found, dtype, trace):
    """The `Sides` of the start values in a golden file, and of a port's arrays.

    Args:
      golden: the `Golden`; found: the `Mapping`.
      dtype: the precision.
      trace: the port's `Trace`.
    """
    header = golden.header
    starts = collections.ChainMap(
        paired.kept(header, dtype), givens.Given(header["given"], header["seed"], dtype))
    return Sides(joins.Trace(starts, found.joins), trace, found.variables, found.slots,
                 header["steps"], found.optimizers)
