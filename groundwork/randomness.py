"""Random numbers as a pure function of (seed, stream, index): Philox, a counter-based generator.

Nothing is replayed to reach step 1,234, and NumPy 1.18 (Python 3.7) and NumPy 2 give the same
`permutation` and float64 `random`. Of float64 `standard_normal`, one draw in a million, beyond
3.654, differs in its last bits: equal once rounded to float32. Float32 draws differ more often and
are not used.
"""

import hashlib

import numpy as np


def generator(seed, stream, index=0):
    """A fresh generator for one purpose.

    Args:
      seed: non-negative integer below 2**64, the run's seed.
      stream: name of the purpose, such as "generator/noise".
      index: non-negative integer, such as the step; each has 2**64 draws of its own.

    Returns:
      A `numpy.random.Generator`.
    """
    digest = hashlib.sha256(stream.encode("utf-8")).digest()
    key = np.array([seed, int.from_bytes(digest[:8], "little")], dtype=np.uint64)
    counter = np.array([0, index, 0, 0], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))
