"""Bounds, as of clipping, that never act in the compared steps, so that these prove none of them.

Of a bound that always acts they prove nothing of what is behind it.
"""

from parity.common import rungs
from parity.common import words
from parity.judge import differences
from parity.judge import findings

_MOST = 4
_ALWAYS = ", always at its bound: what is behind it was not compared"


def lines(bounds):
    """[line] on the bounds that a reference's recorder tells of, {"operation", "line", "always"}.
    """
    return [" ".join([each["operation"], *each["line"]]) + (_ALWAYS if each["always"] else "")
            for each in bounds]


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
