"""Bounds that never act in the compared steps: with others, all would have been the same."""

from parity.judge import differences
from parity.judge import findings

RUNG = 8
_MOST = 4


def found(bounds, dtype):
    """Findings that name them; nothing is compared by it.

    Args:
      bounds: `{"reference", "port"}`, lists of what is said of each.
      dtype: the precision in which they were watched.
    """
    for side, names in sorted(bounds.items(), reverse=True):
        if names:
            more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
            yield findings.Finding(RUNG, dtype, f"bounds of the {side}", differences.NOT_RUN, note=(
                f"not exercised in the compared steps: {', '.join(names[:_MOST])}{more}"))
