"""What differs from itself is inconclusive, in every step and both precisions."""

from parity.judge import differences
from parity.judge import repeated
from parity.judge.compared import Compared
from parity.judge.differences import Difference

SAME, OFF = Difference(True, 0.0), Difference(False, 0.5)


def row(rung, tensor, step=0, difference=SAME):
    return Compared(rung, tensor, step, difference)


def test_what_is_the_same_twice_is_repeatable_however_far_apart_the_sides_are():
    rows = [row(4, "loss"), row(5, "w", difference=OFF), row(8, "w", 1, OFF)]
    assert repeated.unrepeatable("the port", rows, rows[:2]) is None


def test_what_is_another_thing_the_second_time_is_marked_in_all_steps_of_its_kind():
    once = [row(3, "w"), row(5, "w", difference=OFF), row(6, "w", difference=OFF), row(6, "b"),
            row(8, "w", 5)]
    again = [row(3, "w"), row(5, "w", difference=OFF), row(6, "w", difference=Difference(
        False, 0.25)), row(6, "b")]
    found = repeated.unrepeatable("the reference", once, again)
    assert found.keys == {(6, "w")} and found.note.startswith("the reference gives something else")
    marked = repeated.marked(once, [found])
    assert [each.at_best for each in marked] == [
        differences.IDENTICAL, differences.IDENTICAL, differences.INCONCLUSIVE,
        differences.IDENTICAL, differences.INCONCLUSIVE]
    assert marked[4].note == found.note and marked[4].difference == SAME


def test_what_there_is_only_the_second_time_differs_from_itself():
    found = repeated.unrepeatable("the port", [row(5, "w")], [row(5, "w"), row(5, "v")])
    assert found.keys == {(5, "v")}


def test_without_any_find_rows_stay_as_they_are():
    rows = [row(4, "loss")]
    assert repeated.marked(rows, []) == rows
