"""Runs of the cases by `legacy` alone, in a process of today's interpreter or of another one."""

import os
import sys

from parity.workers import Recorder
from tests.golden import golden_file

_REPOSITORY = os.path.dirname(os.path.dirname(golden_file.FOLDER))


def start(python=sys.executable):
    """The process that trains cases, in parity mode; use it in a `with`.

    TensorFlow 1.15 sizes a process's threads by its first Session, and BLAS sums norms in an order
    that depends on their number, so that no process of other work is right for it.
    """
    return Recorder("tests.tf1.free_run", os.path.abspath(python), _REPOSITORY)


def train(process, case, steps, folder):
    """The `Golden` of the first steps of a `parity.cases.Case`.

    Args:
      process: what `start` gave.
      folder: where the process writes it.
    """
    path = os.path.join(folder, case.name + ".npz")
    process("train", case=case.name, steps=steps, out=path)
    return golden_file.read(path)
