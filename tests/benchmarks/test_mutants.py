"""Mutants: what is changed, what is left alone, and which of them no test can notice."""

import ast
import os

import pytest

from benchmarks.mutants import __main__ as command
from benchmarks.mutants import holders
from benchmarks.mutants import planting

SOURCE = '''"""Words."""

LIMIT = 3  # a comment


def f(a: int = 1, *, most: bool = True):
    """Words with a 5."""
    if a < LIMIT and not most:
        raise ValueError(f"expected {LIMIT}, received {a - 1}")
    a += 1
    print(a, "x")
    if most:
        yield max(a, 2.5)
    return min(a, LIMIT) if a == 2 else None


if __name__ == "__main__":
    f(7)
'''
CHANGES = [
    "LIMIT = 3 # a comment -> LIMIT = (4) # a comment",
    "def f(a: int = 1, *, most: bool = True): -> def f(a: int = (2), *, most: bool = True):",
    "def f(a: int = 1, *, most: bool = True): -> def f(a: int = 1, *, most: bool = (False)):",
    "if a < LIMIT and not most: -> if (a < LIMIT or not most):",
    "if a < LIMIT and not most: -> if (a <= LIMIT) and not most:",
    "if a < LIMIT and not most: -> if (a >= LIMIT) and not most:",
    "if a < LIMIT and not most: -> if a < LIMIT and (most):",
    'raise ValueError(f"expected {LIMIT}, received {a - 1}") -> pass',
    "a += 1 -> pass", "a += 1 -> a += (2)",
    'print(a, "x") -> pass', "print(a, \"x\") -> (print('x', a))",
    "if most: -> if (not most):",
    "yield max(a, 2.5) -> yield from ()", "yield max(a, 2.5) -> yield (min(a, 2.5))",
    "yield max(a, 2.5) -> yield max(a, (5.0))",
    "return min(a, LIMIT) if a == 2 else None -> return None",
    "return min(a, LIMIT) if a == 2 else None -> "
    "return (min(a, LIMIT) if not a == 2 else None)",
    "return min(a, LIMIT) if a == 2 else None -> return min(a, LIMIT) if (a != 2) else None",
    "return min(a, LIMIT) if a == 2 else None -> return min(a, LIMIT) if a == (3) else None",
    "return min(a, LIMIT) if a == 2 else None -> return (max(a, LIMIT)) if a == 2 else None"]


def test_each_change_is_planted_once_and_words_and_annotations_are_left_alone():
    found = list(planting.mutants("a.py", SOURCE))
    assert sorted(mutant.change for mutant in found) == sorted("a.py: " + each for each in CHANGES)


def test_a_mutant_is_python_of_which_one_line_is_another():
    for mutant in planting.mutants("a.py", SOURCE):
        ast.parse(mutant.source)
        lines = [number for number, pair in enumerate(
            zip(SOURCE.splitlines(), mutant.source.splitlines()), 1) if len(set(pair)) > 1]
        assert lines == [mutant.line]


def test_lines_below_a_change_of_several_stay_where_they_are():
    source = "a = max(1,\n        b)\nc = é = 2\n"
    changed = {mutant.change: mutant.source for mutant in planting.mutants("a.py", source)}
    assert changed["a.py: a = max(1, -> a = (min(1, b))"] == "a = (min(1, b))\n\nc = é = 2\n"
    assert changed["a.py: c = é = 2 -> c = é = (3)"] == "a = max(1,\n        b)\nc = é = (3)\n"


def test_at_least_150_are_planted_and_each_file_has_tests(repository):
    paths = holders.mutated(repository)
    assert len(command.chosen(paths)) >= 150
    for path in paths:
        tests = holders.tests(repository, path)
        assert tests and all(os.path.exists(os.path.join(repository, each)) for each in tests)


def test_what_no_test_can_notice_is_still_there_and_has_a_reason():
    known, paths = command.equivalent(), holders.mutated(command.ROOT)
    assert set(known) <= {mutant.change for mutant in command.chosen(paths)}
    assert all(len(reason.split()) > 3 for reason in known.values())


@pytest.mark.parametrize("path,first", [
    ("parity/judge/drift.py", "tests/parity/judge/test_drift.py"),
    ("parity/judge/rungs/update.py", "tests/parity/judge/rungs/test_forward.py"),
    ("parity/pair/step_notes.py", "tests/parity/pair/test_step_notes.py"),
    ("parity/__main__.py", "tests/parity/test_main.py"),
    ("parity/verify.py", "tests/parity/test_verify.py")])
def test_the_nearest_tests_are_run_first(repository, path, first):
    assert holders.tests(repository, path)[0] == first


def test_what_starts_a_browser_is_run_last(repository):
    tests = holders.tests(repository, "parity/report/html_report.py")
    assert tests[0] == "tests/parity/report/test_html_report.py"
    assert tests[-1] == "tests/parity/report/test_pages.py" and tests.count(tests[-1]) == 1
