"""What an optimiser keeps for itself: powers of beta by role, what a schedule saw by scope."""

from parity.pair import own_state
from parity.pair.own_state import Row

UPDATES = [
    {"variable": "g/w", "scope": "train/joint/g_1/Adam", "slots": {"beta1_power": "train/g/power"}},
    {"variable": "d/w", "scope": "train/joint/d_1/Adam", "slots": {"beta1_power": "train/d/power"}}]
PARTNERS = {"net/g": "g/w", "net/d": "d/w"}
STATES = ["global_step", "train/d/plateau/best", "train/g/plateau/best"]


def optimizers(*own):
    return [{"trained": ["net/g"], "own": list(own)}, {"trained": ["net/d"], "own": list(own)}]


def test_powers_of_beta_are_those_of_what_the_optimizer_trains():
    assert own_state.pair(UPDATES, optimizers("beta_1_power"), PARTNERS, STATES) == [
        Row("train/g/power", 0, "beta_1_power"), Row("train/d/power", 1, "beta_1_power")]


def test_what_a_schedule_saw_is_found_by_the_scope_of_the_update():
    assert own_state.pair(UPDATES, optimizers("plateau_best"), PARTNERS, STATES) == [
        Row("train/g/plateau/best", 0, "plateau_best"),
        Row("train/d/plateau/best", 1, "plateau_best")]


def test_a_name_that_the_reference_does_not_have_has_no_partner():
    assert own_state.pair(UPDATES, optimizers("momentum_scale"), PARTNERS, STATES) == []
