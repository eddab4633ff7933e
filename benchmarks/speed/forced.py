"""The modern wing as it trains, but for choices that are forced on it, for `benchmarks.choices`."""

import importlib
import os

from benchmarks.speed import wings
from groundwork import importing


def run(kind, settings, pace):
    """Trains until the pace ends it.

    Args:
      kind: not used: there is one.
      settings: `settings.of`'s, and "forced": {"jit_compile": True or False, "steps_a_call":
        number, "threads": number of each operation}, each where training is not to choose it.
      pace: the `Pace`.
    """
    del kind
    forced = settings["forced"]
    if "threads" in forced:  # TensorFlow reads it with its first operation
        os.environ["TF_NUM_INTRAOP_THREADS"] = str(forced["threads"])
    with importing.importing_tensorflow():
        step_functions = importlib.import_module("modern.step_functions")
    if "steps_a_call" in forced:
        step_functions.MAX_STEPS_A_CALL = forced["steps_a_call"]
    wings.run("modern", settings, pace, {
        name: value for name, value in forced.items() if name == "jit_compile"})
