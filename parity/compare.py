"""Compares stored traces: a TensorFlow 1 program's and its port's."""

# PYTHON_ARGCOMPLETE_OK (by which argcomplete knows that it may ask this module)

import os

from parity import command_line
from parity.golden import file as golden_file
from parity.golden import kept
from parity.judge import differences
from parity.judge import findings
from parity.judge import finite
from parity.judge import forward_only
from parity.judge import judge
from parity.judge import movement
from parity.judge import repeated
from parity.judge import uncompared
from parity.judge import unexercised
from parity.judge.rungs import losses
from parity.judge.rungs import rates
from parity.judge.rungs import structure
from parity.judge.sides import Sides
from parity.judge.trained import TRAINED
from parity.pair import exchanges
from parity.pair import far_rates
from parity.pair import forward
from parity.pair import joins
from parity.pair import names_file
from parity.pair import remarks
from parity.pair.mapping import mapping
from parity.report import terminal
from parity.trace import described
from parity.trace import file

# Errors on a description that no recorder wrote, as it lacks entries or has others.
_FOREIGN = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


def _parser():
    parser = command_line.Parser(prog="parity.compare", description=__doc__)
    parser.add_argument("reference", metavar="FOLDER",
                        help="a pair's folder of traces, as parity.verify --traces keeps it; or a "
                             "golden file, with a port that was verified against it as PORT")
    parser.add_argument("port", metavar="PORT", nargs="?",
                        help="the folder of traces whose port is compared (default: FOLDER)")
    parser.add_argument("--names", metavar="FILE",
                        help="names of the port's variables by those of TensorFlow 1, as for "
                             "parity.verify")
    parser.add_argument("--require", choices=["identical"],
                        help="identical: rounding and constants fail too")
    return parser


class _Pair:
    """The traces of both sides in one precision.

    Args:
      reference, port: folders.
      dtype: the precision.
      names: a `parity.pair.names_file.Names` that overrides the pairing, or None.

    Raises:
      DamagedTrace: a file is no trace.
      UsageError: the traces are of other sides or steps.
    """

    def __init__(self, reference, port, dtype, names):
        theirs, ours = (_read(folder, side, dtype) for folder, side in (
            (reference, "reference"), (port, "port")))
        if theirs.header["steps"] != ours.header["steps"]:
            raise command_line.UsageError(
                f"{port}: expected steps {theirs.header['steps']}, as in {reference}, received "
                f"{ours.header['steps']}")
        both = theirs.header["description"], ours.header["description"]
        self.forward = both[0]["forward"]
        self.found = exchanges.remembered(
            mapping(*(forward.alike(*both) if self.forward else both), names),
            ours.header.get("exchanged", []))
        self.kind = forward_only.FORWARD if self.forward else TRAINED
        self.name = ours.header["pair"]
        self._traces = theirs, ours
        updated = [update["variable"] for update in self.found.reference["updates"]]
        self._sides = Sides(
            joins.Trace(theirs, self.found.joins), ours, self.found.variables, self.found.slots,
            theirs.header["steps"], self.found.optimizers, updated, self.found.own)

    @property
    def pairs(self):
        """The pairs of variables and slots, which have to be the same in both precisions."""
        found = self.found
        return {tuple(row[:3]) for row in [*found.slots, *found.own]} | {
            (row.reference, row.port) for row in found.variables.rows}

    def comparison(self, dtype):
        """The `parity.judge.judge.Comparison` of both sides in this precision."""
        theirs, ours = self._traces
        again = (repeated.Unrepeatable.said(theirs.header, "the reference")
                 + repeated.Unrepeatable.said(ours.header, "the port"))
        return judge.comparison(self.kind.compared(self._sides), self._sides, dtype, again)

    def other_findings(self, dtype):
        """Yields findings of this precision that do not come from the tensors of the steps."""
        yield from movement.found({dtype: self._sides})
        yield from finite.found(self._sides.reference, dtype)
        yield from unexercised.found({trace.header["side"]: trace.header.get("unexercised", [])
                                      for trace in self._traces}, dtype)
        if not self.forward:
            yield from losses.not_run(self._sides, dtype)

    def far_rates(self, dtype):
        """([`Compared`], [`Finding`]) of learning rates at far steps."""
        told = [trace.header.get("rates") for trace in self._traces]
        if None in told:
            return [], [rates.not_kept(dtype)]
        return far_rates.found_by(self._sides, self.found, dtype, *told)


def _read(folder, side, dtype):
    """Reads the `Trace` of a side in a precision from a folder.

    Raises:
      DamagedTrace: the file is no whole trace.
      UsageError: it is a trace of another side or precision.
    """
    path = os.path.join(folder, file.name(side, dtype))
    trace = file.read(path)
    for key, expected in (("side", side), ("dtype", dtype)):
        if trace.header[key] != expected:
            raise command_line.UsageError(f"{path}: expected a trace of {expected}, received one "
                                          f"of {trace.header[key]}")
    wrong = described.wrong(side, trace.header["description"])
    if wrong:
        raise file.DamagedTrace(f"{path}: expected {wrong}")
    return trace


def compare(reference, port, names=None):
    """The `Result` of two folders of traces, in both precisions or in float32 alone.

    Without float64 only variants of the reference tell what rounded constants change, so that
    float32 is compared alone only where these were recorded for it.

    Args:
      reference, port: the folders, which may be the same.
      names: a `parity.pair.names_file.Names` that overrides the pairing, or None.

    Raises:
      DamagedTrace, UsageError: a trace is missing or damaged, or both are not of one pair.
    """
    alone = _read(reference, "reference", "float32").header.get("alone")
    dtypes = ("float32",) if alone else ("float32", "float64")
    try:
        pairs = {dtype: _Pair(reference, port, dtype, names) for dtype in dtypes}
        if any(pair.pairs != pairs["float32"].pairs for pair in pairs.values()):
            raise ValueError("other pairs in float64")
        return _judged(pairs)
    except _FOREIGN as error:
        raise file.DamagedTrace(
            f"{port}: expected what {reference} describes, received something else "
            f"({type(error).__name__}: {error})")


def compare_with_golden(path, port, names=None):
    """The `Result` of a port's folder of traces and the golden file that it was verified against.

    Args:
      path: path of the golden file.
      port: the folder.
      names: a `parity.pair.names_file.Names` that overrides the pairing, or None.

    Raises:
      DamagedTrace, UsageError: one of them is damaged, or the port is of another golden file.
    """
    golden = golden_file.read(path)
    traces = {dtype: _read(port, "port", dtype) for dtype in golden.header["dtypes"]}
    try:
        return kept.compare(path, golden, traces, names)
    except _FOREIGN as error:
        raise file.DamagedTrace(f"{port}: expected what {path} describes, received something else "
                                f"({type(error).__name__}: {error})")


def _judged(pairs):
    """The `Result` of `{dtype: _Pair}`."""
    last = pairs["float32"]
    others = list(structure.found(last.found))
    headers = dict.fromkeys(pairs, {})
    if any(each.verdict == differences.DIFFERENT for each in others):
        return findings.Result(last.name, others, [], {}, {}, headers)
    others += list(uncompared.found(last.found))
    others += forward_only.untrained() if last.forward else []
    for dtype, pair in pairs.items():
        others += pair.other_findings(dtype)
    compared = {dtype: pair.comparison(dtype) for dtype, pair in pairs.items()}
    if not last.forward:
        widest = max(pairs)
        rows, unread = pairs[widest].far_rates(widest)
        compared[widest].rows[:0] = rows
        others += unread
    return judge.judge(last.name, compared, [each for each in others if each.dtype in pairs],
                       headers, last.kind)


def main(argv):
    """Compares and prints the report; returns the exit status of `findings.exit_status`."""
    asked = _parser().parse_args(argv)
    names = names_file.read(asked.names)
    if os.path.isfile(asked.reference):
        if not asked.port:
            raise command_line.UsageError(
                f"{asked.reference}: expected a port's folder of traces beside it, received none")
        result = compare_with_golden(asked.reference, asked.port, names)
    else:
        result = compare(asked.reference, asked.port or asked.reference, names)
    print(terminal.text(result) + "\n".join(remarks.lines(result)))
    return findings.exit_status([result], asked.require == "identical")


def console():
    """Entry point of the command `parity-compare`."""
    command_line.console("parity.compare", main)


if __name__ == "__main__":
    console()
