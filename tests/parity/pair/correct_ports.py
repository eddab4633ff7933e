"""A function that verifies pairs of `parity.selftest`, right or changed.

Where the environment's LEGACY_PYTHON names an interpreter, the real TensorFlow 1 captures the
programs.
"""

import os

from parity.selftest.pairs import Sides
from tests.parity.pair.verifications import Verifications


class Ports:
    """Verifies pairs; each program is captured once a seed.

    Args:
      repository: path of the repository's root.
      folder: for captures, traces and changed files.

    Attributes:
      sides: `parity.selftest.pairs.Sides`.
      verifications: the `Verifications` that they share.
    """

    def __init__(self, repository, folder):
        self.sides = Sides(folder)
        self.verifications = Verifications(repository, folder, os.environ.get("LEGACY_PYTHON"))

    def __call__(self, pair, seed=0, legacy=None, modern=None):
        """The `Result` of a pair; see `parity.selftest.pairs.Sides`."""
        return self.verifications(*self.sides(pair, seed, legacy, modern))

    def close(self):
        """Ends the processes."""
        self.verifications.close()
