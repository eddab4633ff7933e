"""The report on a terminal: what it says first, and how wide it is."""

import io
import re

import pytest

from parity.judge.findings import Finding
from parity.report import terminal
from tests.parity.report import results
from tests.parity.report.results import ALL, DIFFERENT, EQUAL, LONG, LONG_NAMES, NUMBERS, result


def plain(text):
    return re.sub("\033\\[[0-9]*m", "", text)


@pytest.mark.parametrize("name", sorted(ALL))
@pytest.mark.parametrize("colour", [True, False])
def test_text_is_at_most_80_columns_wide(name, colour):
    text = plain(terminal.text(ALL[name], colour))
    assert max(map(len, text.splitlines())) <= 80


def test_text_of_long_names_keeps_every_letter():
    joined = "".join(terminal.text(LONG_NAMES, False).split())
    assert joined.startswith(LONG + ":different")
    assert f"first:rung3(forward),{LONG},infloat32,by1.2e-01" in joined
    assert f"legacy:/users/{LONG}.py:12" in joined


def test_text_says_first_why_the_port_departs_and_what_to_write():
    lines = terminal.text(DIFFERENT, False).splitlines()
    assert lines[:8] == [
        "gan-corrected: different",
        "  cause: the slope of the leaky ReLU",
        "  write: LeakyReLU(0.2)",
        "  proof: equal",
        "  first: rung 3 (forward), joint:g/hidden1, in float32, by 1.2e-01",
        "  legacy: old.py:12",
        "  other: new.py:7",
        "  inherited from there: rungs 6, 8"]


def test_lines_to_write_stay_as_they_are():
    long = "optimizer = keras.optimizers.RMSprop(0.02, rho=0.9, momentum=0.9, epsilon=1.0, name=0)"
    cause = DIFFERENT.causes[0]._replace(write=long + "\noptimizer.build([])", proof="")
    shown = terminal.summary(DIFFERENT._replace(causes=[cause]))
    assert shown[1] == f"  write: {long}\n         optimizer.build([])"
    assert shown[2].startswith("  first: ")


def summary(**changes):
    return terminal.summary(DIFFERENT._replace(causes=[], sources={}, **changes))[1:-1]


def test_text_without_a_cause_says_what_was_measured_else_the_entry_furthest_apart():
    assert summary(measured=("ratio 1.5 everywhere", "equal inputs")) == [
        "  ratio 1.5 everywhere", "  equal inputs"]
    assert summary() == [
        "  furthest apart at [0, 2]: the reference -0.25, the port -0.375; 7 of 12\n"
        "  entries are not the same"]
    assert summary(findings=[DIFFERENT.findings[1]._replace(numbers=None)] * 2 +
                   [DIFFERENT.findings[4]]) == []


@pytest.mark.parametrize("numbers, said", [
    (NUMBERS._replace(moved=True), "the reference moves by -0.25, the port moves by -0.375;"),
    (NUMBERS._replace(entries=NUMBERS.entries[1:]),
     "furthest apart at [1, 0]: the reference 0, the port no number;"),
    (NUMBERS._replace(entries=(results.Entry((), 1.0, 2.0),)),
     "furthest apart: the reference 1, the port 2;")])
def test_text_has_moves_and_what_is_no_number(numbers, said):
    found = result(Finding(6, "float32", "g/kernel", "different", 0.5, numbers=numbers))
    assert said in " ".join(" ".join(terminal.summary(found)).split())


def test_numbers_of_constants_are_not_shown():
    found = result(Finding(6, "float32", "g/kernel", "constants", 1e-8, numbers=NUMBERS))
    assert terminal.summary(found) == [
        "  first: rung 6 (first update), g/kernel, in float32, by 1.0e-08"]


def test_another_structure_is_said_in_words():
    found = result(Finding(1, "float32", "g/kernel", "different", note="no partner of its shape"))
    assert terminal.summary(found)[1] == "  no partner of its shape"


def test_text_has_a_row_for_each_rung_with_its_worst_finding():
    lines = terminal.text(DIFFERENT, False).splitlines()
    assert lines[8].split() == ["rung", "float32", "float64"]
    rows = [line.split() for line in lines[9:]]
    assert [row[0] for row in rows] == list("123456789")
    assert rows[2] == ["3", "forward", "different", "1.2e-01", "different", "inf", "2", "tensors"]
    assert rows[3] == ["4", "losses", "not", "run", "not", "run", "0", "tensors"]
    assert rows[6][-2:] == ["0", "tensors"]  # what was not run was not compared
    columns = [line.index("tensors") for line in lines[9:]]
    assert len(set(columns)) == 1


def test_text_of_an_equal_pair_is_its_verdict_and_the_table():
    lines = terminal.text(EQUAL, False).splitlines()
    assert lines[0] == "gan-corrected: rounding"
    assert lines[1].split() == ["rung", "float32", "float64"]
    assert len(lines) == 11


def test_text_is_coloured_on_a_terminal_only(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert "\033" not in terminal.text(DIFFERENT)
    monkeypatch.setattr("sys.stdout", Terminal())
    assert "\033[31mdifferent\033[0m" in terminal.text(DIFFERENT).splitlines()[0]
    assert plain(terminal.text(DIFFERENT)) == terminal.text(DIFFERENT, False)
