"""Structure: every variable that is trained has a partner of its shape."""

from parity.common import rungs
from parity.judge import differences
from parity.judge import findings
from parity.pair import unmatched

DTYPES = ("float32", "float64")


def found(mapping):
    """Yields findings on variables: those without a partner, and pairs.

    Args:
      mapping: a `parity.pair.mapping.Mapping`.
    """
    for name, line in unmatched.said(mapping.variables):
        for dtype in DTYPES:
            yield findings.Finding(rungs.STRUCTURE, dtype, name, differences.DIFFERENT, note=line)
    for row in mapping.variables.rows:
        for dtype in DTYPES:
            yield findings.Finding(
                rungs.STRUCTURE, dtype, row.port, differences.IDENTICAL,
                note=f"{row.reference} ({row.reason})"
                     + (f", {row.transform.name}" if row.transform.name else ""))


def lacks(mapping):
    """True where a trained variable of a `Mapping` has no partner, or one of another shape."""
    return any(each.verdict == differences.DIFFERENT for each in found(mapping))
