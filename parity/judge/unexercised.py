"""Bounds, as of clipping, that never act in the compared steps, so that these prove none of them.
"""

from parity.common import rungs
from parity.common import words
from parity.judge import differences
from parity.judge import findings

_MOST = 4


def found(bounds, dtype):
    """Yields a finding, not run, for each side with such bounds.

    Args:
      bounds: `{"reference": [line], "port": [line]}`, a line on each bound.
      dtype: the precision in which they were watched.
    """
    for side, names in sorted(bounds.items(), reverse=True):
        if names:
            yield findings.Finding(
                rungs.TRAINING, dtype, f"bounds of the {side}", differences.NOT_RUN,
                note=f"not exercised in the compared steps: {words.some(names, _MOST)}")
