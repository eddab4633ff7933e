"""How long causes of a difference are searched for, with a recorder that only takes its time."""

import time
import types

import numpy as np
import pytest

from parity.judge import differences
from parity.judge.compared import Compared
from parity.pair import measurements
from parity.pair import step_causes

CANDIDATES = [{"change": number, "declared": number == 7} for number in range(1, 21)]


class Nothing:
    """A kind of pairs of which nothing is compared."""

    def compared(self, sides):
        return []

    def cleared(self, judged):
        return []


@pytest.mark.parametrize("seconds, tried", [(0.5, 20), (1.0, 20), (5.0, 11), (40.0, 11)])
def test_changes_are_tried_for_30_seconds_or_as_long_as_twelve_steps(
        monkeypatch, seconds, tried):
    now, asked = [100.0], []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def ask(job, change, **unused):
        now[0] += seconds
        asked.append(change)

    search = step_causes.Search(lambda *unused: None, {}, Nothing(), "float64", [0], None, ask)
    assert list(search._fits({}, CANDIDATES)) == []
    # The reference itself comes first, then what the port's own configuration says.
    assert asked[:3] == [0, 7, 1] and len(asked) == tried + 1
    assert search.late == (tried < len(CANDIDATES))


@pytest.mark.parametrize("seconds, late", [(14.0, False), (15.0, True)])
def test_a_list_of_changes_that_was_cut_off_is_late_though_time_is_left(
        monkeypatch, seconds, late):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def ask(job, how, **unused):
        now[0] += seconds if how == "listed" else 0.0
        return []

    search = step_causes.Search(lambda *unused: None, {}, Nothing(), "float64", [0], None, ask)
    assert search._fitting({"rung": 3}) == []
    assert search.late == late


@pytest.mark.parametrize("late, said", [
    (False, "cause: not recognised; what is measured:"),
    (True, "cause: not recognised in the time for it, not every change was tried; what is "
           "measured:")])
def test_it_is_said_where_there_was_no_time_for_every_change(late, said):
    found = types.SimpleNamespace(variables=types.SimpleNamespace(rows=[]))
    assert next(measurements.sentences([None], None, found, late)) == said


_APART = differences.Difference(False, 0.5)
_LAYER, _LOSS, _KERNEL, _BIAS, _OTHER = (
    Compared(rung, name, 0, _APART) for rung, name in
    ((3, "layer"), (4, "loss"), (5, "kernel"), (5, "bias"), (6, "other")))


@pytest.mark.parametrize("rung, layer, left, explains", [
    (3, 2.0, [], True), (3, 2.0, [_BIAS], True),
    (3, 2.0, [_LAYER], False), (3, 2.0, [_KERNEL, _BIAS, _OTHER, _OTHER], False),
    # Found at the loss: the layer is as it was, and seems right since the losses agree.
    (4, 1.0, [_BIAS], False), (4, 1.0, [], True)])
def test_a_change_explains_where_it_leaves_less_than_there_was(rung, layer, left, explains):
    search = step_causes.Search(lambda *unused: None, {"output/0/0/layer": np.array([1.0])},
                                Nothing(), "float64", [0], None, None)
    search.apart = [_LAYER, _LOSS, _KERNEL, _BIAS]
    judged = [(row, differences.DIFFERENT) for row in left]
    made = {"output/0/0/layer": np.array([layer])}
    assert search._explains(judged, made, rung) == explains
