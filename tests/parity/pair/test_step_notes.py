"""What the port's recorder noted decides what a difference means."""

import pytest

from parity.judge import differences
from parity.judge import findings
from parity.pair import remarks
from parity.pair import step_notes

DIFFERENT, INCONCLUSIVE = differences.DIFFERENT, differences.INCONCLUSIVE
RANDINT = {"function": "keras.random.randint", "shape": [8]}
HEADERS = {"float32": {}, "float64": {}}


def notes(unanswered=(), left=(), none=(), hidden=False, traced=None):
    """`{dtype: Notes}` of step 0, as the recorder answers."""
    answer = {"steps": {"0": {
        "none_gradients": [{"update": 0, "variables": list(none)}],
        "draws": {"unanswered": list(unanswered), "left": list(left)}}}, "traced": traced}
    return {"float64": step_notes.of(answer, {"0": ["uniform", "normal"]}, hidden)}


def told(made, **arguments):
    """Findings of (rung, verdict, relative), and those that notes add."""
    found = [findings.Finding(rung, "float64", "w", verdict, relative)
             for rung, verdict, relative in made]
    return step_notes.told(findings.Result("port", found, [], {}, {}, HEADERS), notes(**arguments))


def test_without_notes_nothing_changes():
    assert [finding.verdict for finding in told([(3, DIFFERENT, 0.5)]).findings] == [DIFFERENT]


def test_a_gradient_of_none_is_named():
    finding, = told([(5, DIFFERENT, float("inf"))], none=["w"]).findings
    assert (finding.verdict, finding.note) == (
        DIFFERENT, "None: the port's loss does not depend on it")
    assert told([(6, DIFFERENT, 1.0)], none=["w"]).findings[0].note == ""


def test_a_gradient_of_none_may_be_that_of_any_update():
    found = [findings.Finding(5, "float64", "w", DIFFERENT, float("inf"))]
    many = notes(none=["w"])
    many["float64"].steps[0]["none_gradients"].insert(0, {"update": 1, "variables": ["v"]})
    finding, = step_notes.told(findings.Result("port", found, [], {}, {}, HEADERS), many).findings
    assert finding.note.startswith("None: ")


def test_notes_are_of_their_precision_and_step():
    found = [findings.Finding(5, "float32", "w", DIFFERENT), findings.Finding(
        5, "float64", "w", DIFFERENT, step=3)]
    assert step_notes.told(findings.Result("port", found, [], {}, {}, HEADERS),
                      notes(none=["w"])).findings == found


def test_a_difference_behind_a_draw_that_nothing_answered_is_inconclusive():
    finding, said = told([(4, DIFFERENT, 0.5)], unanswered=[RANDINT], left=[0]).findings
    assert finding.verdict == INCONCLUSIVE
    assert "keras.random.randint [8]" in finding.note
    assert said.verdict == differences.NOT_RUN


def test_equal_numbers_need_no_excuse():
    finding, _ = told([(4, differences.ROUNDING, 1e-16)], unanswered=[RANDINT], left=[0]).findings
    assert finding.verdict == differences.ROUNDING


def test_a_draw_where_the_reference_draws_nothing_stays_different():
    finding, _ = told([(4, DIFFERENT, 0.5)], unanswered=[RANDINT]).findings
    assert finding.verdict == DIFFERENT
    assert finding.note.endswith("where the reference draws nothing")


def test_draws_in_loops_may_be_what_the_port_draws():
    assert told([(4, DIFFERENT, 0.5)], unanswered=[RANDINT],
                hidden=True).findings[0].verdict == INCONCLUSIVE


def test_what_is_missing_and_other_structure_hang_on_no_draw():
    made = [(5, DIFFERENT, float("inf")), (1, DIFFERENT, 0.0)]
    assert [finding.verdict for finding in told(made, unanswered=[RANDINT], left=[0]).findings][
        :2] == [DIFFERENT, DIFFERENT]


def test_rates_hang_on_no_draw():
    rate = findings.Finding(8, "float64", "rate of optimiser 1 at step 0", DIFFERENT, 0.5)
    result = step_notes.told(findings.Result("port", [rate], [], {}, {}, HEADERS),
                        notes(unanswered=[RANDINT], left=[0]))
    assert result.findings[0] == rate


def test_a_draw_that_the_port_leaves_out_is_said_and_no_excuse():
    result = told([(4, DIFFERENT, 0.5)], left=[1])
    assert result.findings[0].verdict == DIFFERENT
    assert remarks.lines(result) == ["  draws: the port did not draw normal of the reference"]


def test_draws_are_said_in_one_line():
    assert remarks.lines(told([], unanswered=[RANDINT, RANDINT], left=[0])) == [
        "  draws: the port drew keras.random.randint [8] by itself; the port did not draw uniform "
        "of the reference"]


@pytest.mark.parametrize("line,verdict", [
    ("eager and traced steps differ: w by 1", DIFFERENT),
    ("the step cannot be traced: ValueError: no", INCONCLUSIVE)])
def test_a_traced_step_that_is_another_is_a_finding_of_training(line, verdict):
    finding, = told([], traced=line).findings
    assert (finding.rung, finding.tensor, finding.verdict, finding.note) == (
        8, "the traced step", verdict, line)


@pytest.mark.parametrize("note,lines", [
    ("the reference does not move: its learning rate is 0",
     ["  w: the reference does not move: its learning rate is 0"]),
    ("dense_1", [])])  # the layer that came nearest
def test_the_reason_of_the_first_difference_is_said(note, lines):
    found = findings.Finding(6, "float64", "w", INCONCLUSIVE, note=note)
    assert remarks.lines(findings.Result("port", [found], [], {}, {}, HEADERS)) == lines


def test_what_was_not_run_and_why_is_said_once_below_the_table():
    found = [findings.Finding(rung, dtype, tensor, verdict, note=note) for dtype in HEADERS
             for rung, tensor, verdict, note in [
                 (2, "w", differences.NOT_RUN, "nobody says"), (7, "s", differences.NOT_RUN,
                                                                "no partner in the port"),
                 (3, "x", differences.IDENTICAL, "an equal layer")]]
    assert remarks.lines(findings.Result("port", found, [], {}, {}, HEADERS)) == [
        "  not compared, for want of a partner: s", "  w: nobody says"]


def test_a_precision_that_was_left_out_is_said():
    line, = remarks.lines(findings.Result("port", [], [], {}, {}, {"float32": {}}))
    assert line.startswith("  float64 was not run: what is above measured rounding is called")
