"""Rung 1: every variable that is trained has a partner of its shape."""

from parity.judge import differences
from parity.judge import findings
from parity.pair import unmatched

RUNG = 1
DTYPES = ("float32", "float64")


def found(mapping):
    """Findings on a `parity.pair.mapping.Mapping`: what has no partner, and each pair."""
    for name, line in unmatched.said(mapping.variables):
        for dtype in DTYPES:
            yield findings.Finding(RUNG, dtype, name, differences.DIFFERENT, note=line)
    for row in mapping.variables.rows:
        for dtype in DTYPES:
            yield findings.Finding(RUNG, dtype, row.port, differences.IDENTICAL, note=(
                f"{row.reference} ({row.reason})"
                + (f", {row.transform.name}" if row.transform.name else "")))


def lacks(mapping):
    """Whether a trained variable of a `Mapping` has no partner, or one of another shape."""
    return any(each.verdict == differences.DIFFERENT for each in found(mapping))
