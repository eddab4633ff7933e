"""Starts Python on our programs, in parity mode."""

import os
import subprocess
import sys

THREADS = 1

# Variables of the environment that make kernels add numbers in one order, wherever they run.
SAME_NUMBERS = {"TF_ENABLE_ONEDNN_OPTS": "0", "TF_NUM_INTRAOP_THREADS": str(THREADS)}
_PARITY_MODE = {
    **SAME_NUMBERS,
    "TF_NUM_INTEROP_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_USE_LEGACY_KERAS": "1",
    "KERAS_BACKEND": "tensorflow",
    "PYTHONDONTWRITEBYTECODE": "1",
}
# What Python runs: it imports our `parity`, then finds the user's modules, those of
# the current folder first. With -m, a user's folder named like our package would be imported.
# Until `parity.common.worker.serve` has the jobs, TensorFlow and Keras are imported, in half the
# time: no garbage is collected, for which Python would look at all that they make time and again,
# and Keras does not find what it imports for wrappers that nobody needs here.
_START = """
import gc, runpy, sys
gc.disable()
sys.modules.update(matplotlib=None, sklearn=None)
ours, first, module = sys.argv[1:]
sys.path[0] = ours
import parity
sys.path[0] = first
sys.argv[:] = [module]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""
# The folder of our packages.
OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def start(module, interpreter=None, folder=None, home=None, temporary=None, **streams):
    """Starts a module of ours as a program, in an environment of parity mode.

    Args:
      module: name of the module.
      interpreter: path of the Python that runs it; None for this one.
      folder: the folder where it runs, alone on its path; None for the current folder.
      home: the folder whose modules it finds first; None for the one where it runs.
      temporary: the folder of its temporary files; None for this process's own.
      streams: arguments of `subprocess.Popen`.

    Returns:
      The `subprocess.Popen`.

    Raises:
      OSError: the interpreter cannot be run.
    """
    environment = dict(os.environ, **_PARITY_MODE)
    if temporary:
        environment["TMPDIR"] = temporary
    if folder:
        environment["PYTHONPATH"] = folder
    return subprocess.Popen(
        [interpreter or sys.executable, "-c", _START, folder or OURS,
         home or folder or os.getcwd(), module], cwd=folder, env=environment, **streams)
