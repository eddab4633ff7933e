"""Writes the golden file of a verified pair, in the layout of its port.

The port is verified against the file before it is written, and has to be the same model there, too.
"""

import itertools
import os

from parity import command_line
from parity.golden import against
from parity.golden import file
from parity.golden import given as givens
from parity.golden import recording
from parity.golden.layout import INFERRED, Array, Layout
from parity.judge import findings
from parity.judge import unexercised
from parity.pair import exchanges
from parity.pair import far_rates
from parity.pair import first_values


def write(path, asked, found, folder, progress, recorders):
    """Writes the golden file of a pair that was verified.

    Args:
      path: path of the file.
      asked: the `PairConfig`; found: the `Mapping`.
      folder: the folder of the verification.
      progress: function that shows a line.
      recorders: the `Recorders`.

    Raises:
      UsageError: a golden file cannot hold the pair, or its port differs from the file.
    """
    progress(f"recording {os.path.basename(path)}")
    try:
        with recording.Recording(asked, found, folder, recorders.reference) as steps:
            header, arrays = content(asked, found, steps)
        first = os.path.join(folder, "golden.npz")
        file.write(first, header, arrays)
        progress(f"verifying {asked.shown} against {os.path.basename(path)}")
        result = against.verify(asked._replace(program=first, traces=""), file.read(first), folder,
                                lambda line: None, recorders)
    except command_line.UsageError as error:
        raise command_line.UsageError(f"--golden={path}: {error}")
    if findings.exit_status([result]):
        where = result.first_difference
        raise command_line.UsageError(
            f"--golden={path}: expected a pair that is as equal from numbers that are drawn, "
            f"received {result.verdict} at rung {where.rung}, {where.tensor}; --batches gives it "
            "numbers of its kind")
    file.write(path, header, arrays)


def content(asked, found, steps):
    """(header, `{name: array}`) of the golden file.

    Args:
      asked: the `PairConfig`; found: the `Mapping`.
      steps: the `Recording`.
    """
    widest = max(steps.taken)
    reason, inferred = _inferred(steps, widest)
    said, arrays = file.packed({dtype: itertools.chain(
        Layout(found).arrays(steps.sides(dtype)), inferred if dtype == widest else ())
                                for dtype in steps.taken})
    answer = steps.taken[widest].answer
    return dict(
        said, description=steps.described, pair=asked.shown, seed=recording.SEED,
        port={each["path"]: each["shape"] for each in found.port["variables"]},
        exchanged=exchanges.exchanged(found), dtypes=list(steps.taken), steps=steps.steps,
        given=steps.said, batches=givens.digest(steps.batches), draws=answer["draws"],
        kept={dtype: _kept(each.trace, steps.steps) for dtype, each in steps.taken.items()},
        initial=_initial(found, steps), inference=reason, rates=_rates(found, steps, widest),
        unexercised=unexercised.lines(answer["unexercised"]),
        left_out=steps.left_out), arrays


def _inferred(steps, dtype):
    """(reason why there is no pass without training, or ""; its `Array`s)."""
    if steps.described["forward"]:
        return "", ()
    path = steps.path("inferred.npz")
    reason = steps.job("infer", dtype=dtype, out=path, given=steps.given)
    return reason, () if reason else [
        Array(INFERRED + name, value) for name, value in steps.read(path).items()]


def _initial(found, steps):
    """{"begun", "declared"}: starts of slots and state in the graph, by names in the port's layout.
    """
    if steps.described["forward"]:
        return {"begun": "", "declared": {}}
    first = steps.job("initial", variables=[], out=steps.path("initial.npz"))
    declared, layout = first_values.declared(found, first), Layout(found)
    return {"begun": first["begun"], "declared": {
        name: {key: declared[reference][key] for key in ("value", "moved")
               if key in declared[reference]}
        for (reference, _), name in layout.names().items() if reference in declared}}


def _rates(found, steps, dtype):
    """{"steps", "answer"}: the reference's learning rates at far steps."""
    if steps.described["forward"]:
        return {"steps": [], "answer": []}
    at = far_rates.steps(found)
    return {"steps": at, "answer": steps.job(
        "rates", dtype=dtype, trace=steps.taken[dtype].path, compared=steps.steps, steps=at)}


def _kept(trace, steps):
    """`{name: number}` of the rates and counters on which the port's start depends."""
    return {name: trace[name].item() for name in trace if name.startswith(
        ("rate/", "last_rate/", "after/")) and recording.step_of(name) in steps
            and trace[name].ndim == 0
            and (not name.startswith("after/") or trace[name].dtype.kind in "iu")}
