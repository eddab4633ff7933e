"""The report as JSON: strict, and of one result always the same."""

import json

from parity.common import rungs
from parity.report import json_report
from tests.parity.report.results import ALL, DIFFERENT, DIVERGED, EQUAL


def _refuse(name):
    raise AssertionError(f"{name} is no JSON")


def parsed(results):
    return json.loads(json_report.text(results), parse_constant=_refuse)


def test_json_is_strict_whatever_the_numbers_are():
    assert [case["case"] for case in parsed(list(ALL.values()))["cases"]] == [
        pair.case for pair in ALL.values()]


def test_json_writes_null_for_what_is_no_number():
    document = parsed([DIFFERENT, DIVERGED])
    relatives = [finding["relative"] for finding in document["cases"][0]["findings"]]
    assert relatives == [0.0, 0.125, 0.12, None, 0.5, 0.0, None]
    assert document["cases"][1]["curves"]["losses"] == {
        "joint/generator": [[0.7, None], [0.7, None]]}
    assert document["cases"][1]["first_difference"]["relative"] is None


def test_json_holds_the_verdicts():
    case = parsed([DIFFERENT])["cases"][0]
    assert case["verdict"] == "different"
    assert case["causes"][0]["sentence"] == "the slope of the leaky ReLU"
    assert case["rungs"]["forward"] == {"float32": "different", "float64": "different"}
    assert case["rungs"]["structure"] == {"float32": "identical", "float64": "not run"}
    assert set(case["rungs"]) == set(rungs.NAMES.values())
    assert case["ran"]["float64"]["legacy"] == {
        "program": "models.gan:program", "versions": {"tensorflow": "2.21.0"}, "threads": 1,
        "interpreter": "python 3.11.9", "steps": 2, "hparams": {"rate": 0.1}}
    assert parsed([EQUAL])["cases"][0]["first_difference"] is None


def test_json_holds_numbers_of_the_first_difference_alone():
    case = parsed([DIFFERENT])["cases"][0]
    assert case["first_difference"] == {
        "rung": 3, "dtype": "float32", "tensor": "joint:g/hidden1", "verdict": "different",
        "relative": 0.125, "note": "hidden1", "step": 0, "numbers": {
            "apart": 7, "size": 12, "moved": False, "entries": [
                {"place": [0, 2], "reference": -0.25, "port": -0.375},
                {"place": [1, 0], "reference": 0.0, "port": None}]}}
    assert not [finding for finding in case["findings"] if "numbers" in finding]
    assert parsed([DIVERGED])["cases"][0]["first_difference"]["numbers"] is None


def test_json_of_one_result_is_always_the_same_text():
    assert json_report.text([DIFFERENT]) == json_report.text([DIFFERENT._replace(
        headers=dict(reversed(list(DIFFERENT.headers.items()))))])
    assert json_report.text([EQUAL]).endswith("}\n")
    assert json_report.text([EQUAL]).startswith('{\n "cases": [\n  {\n   "case": ')
    assert parsed([EQUAL])["format"] == 1
