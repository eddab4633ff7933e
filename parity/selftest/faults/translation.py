"""Faults of images that are translated there and back, with a pool."""

from parity.selftest.fault import Fault

_PAIR = "translation.pooled"
_AFTER = "        after = kept * made + (1.0 - kept) * self.model.pool\n"

FAULTS = [
    Fault(_PAIR, "the pool takes new images before it shows old ones", _AFTER,
          _AFTER + "        self.model.pool.assign(after)\n", 4, "of phase 2",
          "order of a state", "the state's assign(...) after all that reads it"),
    Fault(_PAIR, "half of the cycle's weight", "10.0 * cycle", "5.0 * cycle", 4, "of phase 1",
          "term of the loss", "the term as it is in the reference"),
    Fault(_PAIR, "the cycle's weight a little larger", "10.0 * cycle", "10.001 * cycle", 4,
          "of phase 1", "term of the loss", "the term as it is in the reference")]
