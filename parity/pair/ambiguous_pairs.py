"""Settles ambiguous pairs of variables for a conversion, by one step of both sides."""

from parity.judge import forward_only
from parity.judge import judge
from parity.judge.trained import TRAINED
from parity.pair import exchanges
from parity.pair import overrides
from parity.pair import preparation
from parity.pair.run import Run

DTYPE = "float64"


def settle(config, folder, described, reference, recorders, found):
    """`Mapping` after exchanges that make the forward pass of the first step agree.

    Args:
      config, folder: as for `verification.verify`; the folder holds the example batch.
      described: description of the reference by its recorder.
      reference: the `parity.pair.reference_run.Reference`.
      recorders: the `Recorders`.
      found: the `Mapping` of the descriptions.
    """
    if found.variables.lacks_trained() or not any(
            row.ambiguous and row.reason != overrides.REASON for row in found.variables.rows):
        return found
    with recorders.port() as port, Run(
            config._replace(steps=1), DTYPE, reference, port, folder) as run:
        wide = preparation.mapped(config, DTYPE, described, port,
                                   f"{folder}/{preparation.EXAMPLE}")
        rows = _settled(run, wide, forward_only.FORWARD if described["forward"] else TRAINED)
    return exchanges.with_rows(found, rows) if rows else found


def _settled(run, found, kind):
    """Rows of variables after exchanges; None where nothing is exchanged."""
    run.record(found)
    sides = run.sides(found)
    if not run.reference.varied and judge.apart(kind.compared(sides), DTYPE, kind):
        run.reference.record_variants(found)
    better = exchanges.settled(found, sides, run.first_step, kind.compared)
    return None if better is found else better.variables.rows
