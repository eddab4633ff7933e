"""Verifies many pairs, several at a time."""

import os
import tempfile

from parity import cases
from parity.pair import progress
from parity.pair import verification
from parity.pair.config import PairConfig
from parity.pair.recorders import Recorders
from parity.pair.threads import Threads
from parity.processes import OURS
from parity.workers import RecorderError

# How much longer a case takes where TensorFlow 1 computes the reference, about: other kernels round
# otherwise, and what differs is measured by variants of the reference.
_OTHER_KERNELS = 4.0


def verify(chosen, folder, show, python="", traces=""):
    """Yields the `Result` of each pair, in their order.

    Args:
      chosen: `parity.cases.Case`s.
      folder: an empty folder.
      show: function that shows a line.
      python: interpreter with the real TensorFlow 1 for the reference; "": this one.
      traces: folder in which the traces are kept; "": none.

    Raises:
      RecorderError: a side could not be recorded.
    """
    count = min(os.cpu_count() or 1, len(chosen))
    if python:
        chosen = [case._replace(seconds=_OTHER_KERNELS * case.seconds) for case in chosen]
    show(f"{len(chosen)} {'case' if len(chosen) == 1 else 'cases'} on {count} "
         f"{'core' if count == 1 else 'cores'}: {_about(chosen, count, cases.START)}")
    with Threads(count, lambda server: Recorders(
            tempfile.mkdtemp(dir=folder), python, kept=True, home=OURS, packages=cases.PACKAGES,
            modules=cases.MODULES, server=server)) as workers:
        def verified(case):
            show(f"verifying {case.name}")
            try:
                with tempfile.TemporaryDirectory(dir=folder) as own:
                    return _verified(case, own, workers.recorders, traces)
            except RecorderError as error:
                raise type(error)(f"{case.name}: {error}")

        for number, result in enumerate(workers.map(verified, chosen), 1):
            left = chosen[number:]
            show(f"verified {number}/{len(chosen)}: {result.case}"
                 + (f", {_about(left, count)} left" if left else ""))
            yield result


def _about(some, count, start=0.0):
    """Estimated duration of cases on `count` cores after `start` seconds, in words."""
    return progress.about(start + sum(case.seconds for case in some) / count)


def _verified(case, folder, recorders, traces):
    """Captures the program of a case and verifies its port; returns the `Result`."""
    captured = os.path.join(folder, "captured")
    recorders.start(reference=True, ports=1)
    ended = recorders.capturer("capture", folder=recorders.programs, arguments=[
        f"--steps={case.steps}", f"--out={captured}", "--",
        *(word.format(folder=folder) for word in case.legacy)])
    if ended["status"]:
        raise RecorderError(ended["said"])
    config = PairConfig(
        captured, case.modern, arguments=case.arguments, name=case.name, traces=traces,
        command=" ".join(word for word in case.legacy if "{folder}" not in word))
    return verification.verify(config, folder, lambda line: None, recorders)
