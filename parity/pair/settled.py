"""Which variable is which, settled as a verification does: by a step where an order alone tells."""

from parity.judge import forward_only
from parity.judge import judge
from parity.judge.trained import TRAINED
from parity.pair import exchanges
from parity.pair import overrides
from parity.pair import verification
from parity.pair.run import Run

DTYPE = "float64"


def settled(asked, folder, described, reference, recorders, found):
    """The `Mapping` after exchanges that make the forward pass of the first step agree.

    Args:
      asked, folder: as of `verification.verify`; the folder holds the example.
      described: what the reference's recorder describes.
      reference: the `parity.pair.run.Reference`.
      recorders: the `Recorders`.
      found: the `Mapping` of the descriptions.
    """
    if found.variables.lacks_trained() or not any(
            row.ambiguous and row.reason != overrides.REASON for row in found.variables.rows):
        return found
    with recorders.port() as port, Run(
            asked._replace(steps=1), DTYPE, reference, port, folder) as run:
        wide = verification.mapped(asked, DTYPE, described, port,
                                   f"{folder}/{verification.EXAMPLE}")
        rows = _settled(run, wide, forward_only.FORWARD if described["forward"] else TRAINED)
    return exchanges.with_rows(found, rows) if rows else found


def _settled(run, found, kind):
    """The rows of the exchanged variables; None where the first pairs stay."""
    run.take_reference(found)
    sides = run.sides(found)
    if not run.varied and judge.apart(kind.compared(sides), DTYPE, kind):
        run.take_variants(found)
    better = exchanges.settled(found, sides, run.first_step, kind.compared)
    return None if better is found else better.variables.rows
