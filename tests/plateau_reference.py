"""The rule of `--schedule=plateau` in NumPy, and a loss curve that meets each of its branches."""

import numpy as np

# Window means of 3: 5, 4, 4 (not below), 6 (decays), 3, 3.5, 3.2 (decays), 9, 1, 2 and a rest.
LOSSES = [5, 4, 6, 4, 4, 4, 3, 4, 5, 6, 6, 6, 3, 2, 4, 3.5, 3.5, 3.5, 3.2, 3.1, 3.3, 9, 9, 9,
          1.5, 0.7, 0.8, 2.1, 1.9, 2, 7, 7]
WINDOW, DECAY_RATE, PATIENCE = 3, 0.3, 2


def rates(losses, learning_rate, window, decay_rate, patience, dtype):
    """The learning rate of each update and of the one after the last, and the number of decays."""
    number = np.dtype(dtype).type
    rate, factor, means, waited, found = number(learning_rate), number(1), [], 0, []
    decays = 0
    for start in range(0, len(losses), window):
        seen = [number(loss) for loss in losses[start:start + window]]
        found += [rate * factor] * len(seen)
        if len(seen) < window:
            break
        total = number(0)
        for loss in seen:
            total = total + loss
        mean = total / number(window)
        waited = 0 if not means or mean < min(means) else waited + 1
        means.append(mean)
        if waited == patience:
            factor, waited, decays = factor * number(decay_rate), 0, decays + 1
    return found + [rate * factor], decays
