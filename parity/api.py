"""Verification from Python: `parity.verify(...)`, and `parity.assert_parity(...)` for tests."""

import os

from parity import command_line
from parity import temporary
from parity.golden import against
from parity.golden import file as golden_file
from parity.golden import writing
from parity.judge import findings
from parity.pair import batches as pair_batches
from parity.pair import names_file
from parity.pair import ports
from parity.pair import remarks
from parity.pair import verification
from parity.pair.config import PairConfig
from parity.pair.recorders import Recorders
from parity.report import terminal


class Report(findings.Result):
    """The result of a verification; `verdict`, `findings` and `causes` are among its attributes."""

    @property
    def exit_status(self):
        """The exit status of `python -m parity.verify`: 0 the same model, else 1, 2 or 3."""
        return findings.exit_status([self])

    @property
    def text(self):
        """The report as a terminal shows it, without colours."""
        return terminal.text(self, colour=False) + "\n".join(remarks.lines(self))


def asked_for(legacy, modern, steps=None, names=None, legacy_python="", batches="",
              float32_only=False):
    """Checks the arguments of `verify` and returns them as a `PairConfig`.

    Raises:
      UsageError: an argument cannot be used; one line that names it.
    """
    modern = ports.name_of("modern", modern)
    ports.check(modern)
    if steps is not None and (not isinstance(steps, int) or steps < 1):
        raise command_line.UsageError(f"steps={steps}: expected a whole number from 1")
    command_line.check_interpreter("legacy_python", legacy_python)
    if batches:
        pair_batches.check(batches)
    return PairConfig(ports.name_of("legacy", legacy), modern, steps,
                      os.path.abspath(legacy_python) if legacy_python else "",
                      names_file.read(names), batches, float32_only)


def golden_for(golden, modern, names=None, batches=""):
    """The `PairConfig` of a port that is verified against a golden file."""
    return asked_for(golden, modern, names=names, batches=batches)


def check_new(golden):
    """Raises UsageError unless a golden file can be written, and none is there."""
    command_line.check_output("golden", golden)
    if os.path.exists(golden):
        raise command_line.UsageError(
            f"--golden={golden}: expected a new file beside --legacy, received one that is there; "
            "without --legacy a port is verified against it")


def with_golden(golden, asked, folder, progress):
    """Verifies a pair, and writes its golden file if its port is the same model.

    Args:
      golden: path of the golden file.
      asked: the `PairConfig`.
      folder: an empty folder for arrays.
      progress: function that shows a line.

    Returns:
      The `Result`.
    """
    with Recorders(folder, asked.python) as recorders:
        result, found = verification.verified(asked, folder, progress, recorders)
        if findings.exit_status([result]):
            progress(f"{golden} is not written: the pair is {result.verdict}")
            return result
        writing.write(golden, asked, found, folder, progress, recorders)
    progress(f"{golden} is written: {os.path.getsize(golden):,} bytes")
    return result


def verify(legacy=None, modern=None, steps=None, names=None, legacy_python="", batches="",
           float32_only=False, golden="", progress=lambda line: None):
    """Verifies that a Keras 3 port is the same model as a TensorFlow 1 program.

    Args:
      legacy: the folder of a capture, or a program that `python -m parity.capture` captures: a
        script, "file.py:function", a .meta; or a function of a module.
      modern: "file.py:function" or "module:function" that returns the port, or that function.
      steps: the largest number of training steps to compare; None for all that were captured.
      names: the names of the port's variables by those of TensorFlow 1, or the path of a file as
        for `--names`.
      legacy_python: path of an interpreter with the real TensorFlow 1 for the reference.
      batches: inputs of both sides instead of the captured ones: an .npz file of {input:
        [steps, ...]}, or "file.py:function", a function of the step that returns {input: array}.
      float32_only: True to leave float64 out, which tells rounded constants from small faults.
      golden: path of a golden file. With `legacy` it is written; without, the port is verified
        against it, and neither TensorFlow 1 nor the capture is needed.
      progress: function that shows a line.

    Returns:
      A `Report`.

    Raises:
      UsageError, Refused: an argument or a file cannot be used; one line that names it.
      RecorderError: a program failed; one line, with the failing line of the program.
    """
    with temporary.folder() as folder:
        if golden and legacy is None:
            return Report(*against.verify(golden_for(golden, modern, names, batches),
                                          golden_file.read(golden), folder, progress))
        asked = asked_for(legacy, modern, steps, names, legacy_python, batches, float32_only)
        if not golden:
            return Report(*verification.verify(asked, folder, progress))
        check_new(golden)
        return Report(*with_golden(golden, asked, folder, progress))


def assert_parity(legacy=None, modern=None, require=None, **how):
    """Raises AssertionError, with the report as its text, unless a port is the same model.

    Args:
      legacy, modern: as for `verify`.
      require: "identical" where rounding and constants fail, too; else None.
      **how: other arguments of `verify`.

    Returns:
      The `Report`.
    """
    if require not in (None, "identical"):
        raise command_line.UsageError(f"require={require}: expected identical")
    report = verify(legacy, modern, **how)
    if findings.exit_status([report], require == "identical"):
        raise AssertionError(report.text)
    return report
