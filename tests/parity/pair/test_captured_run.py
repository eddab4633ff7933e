"""What a port shall hold after each captured step, as far as digests can tell it."""

import pytest

from parity.pair import captured_run
from parity.pair import mapping
from parity.pair import own_state
from parity.pair import transforms
from parity.pair.rows import Row
from tests.parity.pair import described

UPDATE = {"variable": "a/kernel", "kind": "Adam", "scope": "train", "constants": {},
          "slots": {"m": "a/kernel/Adam", "v": "a/kernel/Adam_1"}}
HELD = {"a/kernel": "01", "a/kernel/Adam": "02", "a/kernel/Adam_1": "03"}
NAMES = {"state/a/kernel": "01", "slot/0/a/kernel/m": "02", "slot/0/a/kernel/v": "03"}


def found(roles=("m", "v"), reference=(), ported=(), update=None):
    """The `Mapping` of a dense layer that Adam trains."""
    return mapping.mapping(*described.both(
        [described.entry("a/kernel", "kernel", (2, 3)), *reference],
        [described.port("a/kernel", (2, 3), optimizer=0), *ported],
        [update or UPDATE], trained=["a/kernel"], roles=roles))


def test_variables_and_slots_hold_what_was_captured():
    later = dict(HELD, **{"a/kernel": "04"})
    assert captured_run.expected(found(), [HELD, later]) == [
        NAMES, dict(NAMES, **{"state/a/kernel": "04"})]


def test_what_an_optimiser_keeps_for_itself_is_held_too():
    held = dict(HELD, **{"beta1_power": "06"})
    pair = found()._replace(own=[own_state.Row("beta1_power", 1, "beta_1_power")])
    assert captured_run.expected(pair, [held]) == [dict(NAMES, **{"own/1/beta_1_power": "06"})]
    assert captured_run.expected(pair, [HELD]) == []


def test_one_variable_in_another_layout_is_enough_for_no_digest():
    update = dict(UPDATE, variable="b/kernel", slots={})
    pair = found(reference=[described.entry("b/kernel", "kernel", (2, 3))],
                 ported=[described.port("b/kernel", (2, 3), optimizer=0)])
    pair.reference["updates"].append(update)
    rows = [row._replace(transform=transforms.reshaped((3, 2))) if row.reference == "b/kernel"
            else row for row in pair.variables.rows]
    assert len(rows) == 2
    held = dict(HELD, **{"b/kernel": "05"})
    assert len(captured_run.expected(pair, [held])[0]) == 4
    changed = pair._replace(variables=pair.variables._replace(rows=rows))
    assert captured_run.expected(changed, [held]) == []


def test_counters_may_be_other_numbers():
    count = dict(described.entry("n", "n", (), trainable=False), dtype="int64")
    pair = found(reference=[count])
    pair = pair._replace(variables=pair.variables._replace(
        rows=[*pair.variables.rows, Row("n", "n", transforms.UNCHANGED, "name")]))
    assert captured_run.expected(pair, [dict(HELD, n="05")]) == [NAMES]


@pytest.mark.parametrize("change", [
    lambda pair: pair._replace(joins={"a/kernel": ["a/kernel", "b/kernel"]}),
    lambda pair: pair._replace(variables=pair.variables._replace(rows=[
        row._replace(transform=transforms.reshaped((3, 2))) for row in pair.variables.rows])),
    lambda pair: pair._replace(slots=[slot._replace(holds_rate=True) for slot in pair.slots]),
    lambda pair: found(roles=("m",))])
def test_what_is_held_in_another_way_or_not_at_all_has_no_digest(change):
    assert captured_run.expected(change(found()), [HELD]) == []


def test_a_variable_that_the_capture_does_not_hold_has_no_digest():
    assert captured_run.expected(found(), [HELD, {"a/kernel": "01"}]) == []


def test_where_what_is_trained_has_no_partner_no_digest_tells():
    pair = found(reference=[described.entry("b/kernel", "kernel", (5, 3))])
    pair.reference["updates"].append(dict(UPDATE, variable="b/kernel", slots={}))
    assert captured_run.expected(pair, [HELD]) == []
    nothing = pair._replace(variables=pair.variables._replace(rows=[]), slots=[])
    assert captured_run.expected(nothing, [HELD]) == []
    nothing.reference["updates"].clear()
    assert captured_run.expected(nothing, [HELD]) == []


def test_a_slot_that_only_holds_the_last_change_is_not_compared():
    pair = found(roles=("m",))
    idle = pair._replace(slots=[slot._replace(idle=slot.role == "v") for slot in pair.slots])
    assert set(captured_run.expected(idle, [HELD])[0]) == {"state/a/kernel", "slot/0/a/kernel/m"}


def test_the_finding_says_how_many_steps_were_followed():
    ran = captured_run.CapturedRun(200, True, {"loss": ([1.0], [1.0])})
    assert "each of 200 steps" in ran.finding().note
    assert ran.curves()["drift"] == {"float32": [0.0] * 201}
