"""Free runs of the reference that become NaN or infinite between the compared steps."""

import numpy as np

from parity.common import rungs
from parity.judge import differences
from parity.judge import findings


def found(reference, dtype):
    """Yields a finding with the step from which on a free run of the reference is not finite.

    Args:
      reference: mapping from names to arrays, of which entries/<variable> [steps + 1, ...] and
        losses/<phase>/<tensor> [steps] are examined.
      dtype: the precision.
    """
    first = {}
    for name in reference:
        part, _, rest = name.partition("/")
        if part in ("entries", "losses"):
            values = np.asarray(reference[name])
            lost = ~np.isfinite(values.reshape(len(values), -1)).all(axis=1)
            if lost.any():
                # Entries start before the first step.
                step = int(np.argmax(lost)) - (part == "entries")
                first[rest.partition("/")[2] if part == "losses" else rest] = max(step, 0)
    if first:
        step = min(first.values())
        names = [name for name, at in first.items() if at == step]
        yield findings.Finding(
            rungs.TRAINING, dtype, names[0], differences.INCONCLUSIVE, step=step,
            note=f"the reference itself is infinite or no number from step {step} on")
