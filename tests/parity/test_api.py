"""Verification from Python: a module that can be called, functions as ports, AssertionErrors."""

import subprocess
import sys
import tempfile

import pytest

from parity import api
from parity import command_line
import parity
from parity.judge import differences
from parity.judge import findings
from parity.pair import ports
from parity.pair import verification


def build():
    """What is given as a port; nothing calls it."""


@pytest.fixture
def verified(monkeypatch):
    """Function (verdict of rung 6) that has every pair verified with it; what was asked for."""
    asked = []

    def set_verdict(verdict):
        found = [findings.Finding(6, dtype, "w", verdict, 0.5) for dtype in ("float32", "float64")]

        def verify(pair, folder, progress):
            asked.append(pair)
            return findings.Result(pair.port, found, [], {}, {}, {"float32": {}, "float64": {}})
        monkeypatch.setattr(verification, "verify", verify)
        return asked
    return set_verdict


@pytest.mark.parametrize("code", [
    "import parity; first = parity.verify; import parity.verify",
    "import parity.verify; first = parity.verify",
    "from parity import verify as first",
    "import parity.verify as first; import parity",
    "from parity.verify import main; import parity; first = parity.verify"])
def test_the_command_is_a_function_whoever_imports_it_first(repository, code):
    code += "; import sys; assert first is sys.modules['parity.verify'] and callable(first.main); "
    code += "first(legacy='no_such_folder', modern='port.py')"
    ended = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True,
                           text=True)
    assert ended.stderr.splitlines()[-1] == (
        "parity.command_line.UsageError: --modern=port.py: expected FILE:FUNCTION, received no "
        "function")


def test_importing_it_is_light(repository):
    code = ("import sys; import parity; assert 'numpy' not in sys.modules; parity.assert_parity; "
            "print({name.split('.')[0] for name in sys.modules} & {'tensorflow', 'keras', 'PIL'})")
    ended = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True,
                           text=True, check=True)
    assert ended.stdout.strip() == "set()"


def test_the_report_has_a_verdict_a_status_and_a_text(verified):
    verified(differences.DIFFERENT)
    report = parity.verify(legacy="captured", modern=build)
    assert isinstance(report, findings.Result)
    assert (report.verdict, report.exit_status) == ("different", 1)
    assert "first: rung 6 (first update), w, in float32, by 5.0e-01" in report.text
    assert "\033" not in report.text and report.text.startswith(f"{__file__}:build: different\n")


def test_what_is_asked_for_is_passed_on(verified):
    asked = verified(differences.IDENTICAL)
    parity.verify(legacy=build, modern=build, steps=3, legacy_python=sys.executable)
    assert asked[0].program == asked[0].port == f"{__file__}:build"
    assert (asked[0].steps, asked[0].python) == (3, sys.executable)
    assert (asked[0].float32_only, asked[0].batches, asked[0].names) == (False, "", None)
    parity.verify(legacy=build, modern=build, float32_only=True)
    assert (asked[1].steps, asked[1].python, asked[1].float32_only) == (None, "", True)


@pytest.mark.parametrize("verdict,require,equal", [
    (differences.IDENTICAL, "identical", True), (differences.ROUNDING, None, True),
    (differences.CONSTANTS, None, True), (differences.CONSTANTS, "identical", False),
    (differences.INCONCLUSIVE, None, False), (differences.DIFFERENT, None, False)])
def test_what_is_not_equal_is_an_assertion_error_with_the_report(verified, verdict, require, equal):
    verified(verdict)
    if equal:
        assert parity.assert_parity("captured", build, require).verdict == verdict
    else:
        with pytest.raises(AssertionError, match="6 first update"):
            parity.assert_parity("captured", build, require)


def test_another_requirement_is_refused(verified):
    verified(differences.IDENTICAL)
    with pytest.raises(command_line.UsageError, match="require=equal: expected identical"):
        parity.assert_parity("captured", build, require="equal")


def test_one_step_is_enough(verified):
    asked = verified(differences.IDENTICAL)
    parity.verify("captured", build, steps=1)
    assert asked[0].steps == 1


@pytest.mark.parametrize("steps", [0, -1, 1.5, "3"])
def test_another_number_of_steps_is_refused(verified, steps):
    verified(differences.IDENTICAL)
    with pytest.raises(command_line.UsageError, match=f"steps={steps}: expected a whole number"):
        parity.verify("captured", build, steps=steps)


@pytest.mark.parametrize("asked,said", [
    ({"legacy_python": "no_such_python"}, "expected a Python interpreter"),
    ({"batches": "no_such.npz"}, "--batches=no_such.npz: expected"),
    ({"modern": "no_such.py:build"}, "--modern=no_such.py:build: expected a file")])
def test_what_cannot_be_used_is_refused_before_anything_runs(verified, asked, said):
    runs = verified(differences.IDENTICAL)
    with pytest.raises(command_line.UsageError, match=said):
        parity.verify(**dict({"legacy": "captured", "modern": build}, **asked))
    assert runs == []


def test_where_nobody_looks_no_progress_is_shown(monkeypatch, capsys):
    def verify(pair, folder, progress):
        progress("recording")
        return findings.Result("pair", [], [], {}, {}, {})
    monkeypatch.setattr(verification, "verify", verify)
    shown = []
    parity.verify("captured", build)
    parity.verify("captured", build, progress=shown.append)
    assert shown == ["recording"] and capsys.readouterr() == ("", "")


@pytest.mark.parametrize("given,said", [
    (lambda: None, "modern=<lambda>: expected a function at the top of a file"),
    (verified, "modern: expected a name or a function, received a FixtureFunctionDefinition"),
    (None, "modern: expected a name or a function, received a NoneType"),
    (print, "modern: expected a name or a function, received a builtin_function_or_method")])
def test_what_no_other_process_can_find_is_refused(given, said):
    with pytest.raises(command_line.UsageError) as error:
        ports.name_of("modern", given)
    assert str(error.value).startswith(said)


def test_a_folder_that_is_asked_for_is_gone_whatever_happens(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def fail(pair, folder, progress):
        raise KeyboardInterrupt
    monkeypatch.setattr(verification, "verify", fail)
    with pytest.raises(KeyboardInterrupt):
        api.verify("captured", build)
    assert not list(tmp_path.iterdir())
