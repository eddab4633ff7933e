"""Which slot of a port's optimiser stands for which of the reference's."""

import numpy as np
import pytest

from parity.pair import slots
from parity.pair import transforms
from parity.pair.variables import Row


def rows(*pairs):
    return [Row(name, path, transforms.UNCHANGED, "name") for name, path in pairs]


def update(kind, **roles):
    return {"variable": "w", "kind": kind, "slots": roles}


def optimizer(path, stock=None, *roles):
    return [{"trained": [path], "stock": stock, "roles": list(roles)}]


def test_slots_of_adam():
    found = slots.pair([update("Adam", m="w/Adam", v="w/Adam_1", beta1_power="beta1_power")],
                       rows(("w", "a/kernel")), optimizer("a/kernel", "Adam"))
    assert [(row.reference, row.port, row.role, row.holds_rate) for row in found] == [
        ("w/Adam", "a/kernel", "m", False), ("w/Adam_1", "a/kernel", "v", False)]


@pytest.mark.parametrize("stock,holds", [("SGD", True), (None, False)])
def test_momentum_holds_the_rate_in_keras_own_optimizer(stock, holds):
    row, = slots.pair([update("Momentum", accum="w/Momentum")], rows(("w", "a/kernel")),
                      optimizer("a/kernel", stock))
    assert (row.role, row.holds_rate) == ("momentum", holds)


HAND = dict(update("hand-written", **{"slot 1": "train/w/Rule"}), variable="w")


def test_slots_of_a_rule_without_kernel_are_paired_in_their_order():
    found = slots.pair([HAND], rows(("w", "a/kernel")),
                       optimizer("a/kernel", None, "m", "v"), ["train/w/Rule_1", "train/v/Rule_1"])
    assert [(row.reference, row.role) for row in found] == [
        ("train/w/Rule", "m"), ("train/w/Rule_1", "v")]


def test_slots_of_a_rule_without_kernel_are_left_alone_where_there_are_more_or_fewer():
    for roles in (["m"], ["m", "v", "w"]):
        assert slots.pair([HAND], rows(("w", "a/kernel")),
                          optimizer("a/kernel", None, *roles), ["train/w/Rule_1"]) == []


@pytest.mark.parametrize("roles", [("m", "v"), ("momentum", "velocity"), ("first", "second")])
@pytest.mark.parametrize("told", [("m", "v"), ("slot 1", "slot 2")])
def test_slots_of_a_hand_written_rule_are_paired_by_what_their_names_say(roles, told):
    given = update("hand-written Adam", **dict(zip(told, ("w/adam_m", "w/adam_v"))))
    found = slots.pair([given], rows(("w", "a/kernel")), optimizer("a/kernel", None, *roles))
    assert [(row.reference, row.role) for row in found] == [
        ("w/adam_m", roles[0]), ("w/adam_v", roles[1])]
    turned = slots.pair([given], rows(("w", "a/kernel")),
                        optimizer("a/kernel", None, *reversed(roles)))
    by_name = roles[0] != "first"  # other words tell nothing but an order
    assert {row.role: row.reference for row in turned} == (
        {roles[0]: "w/adam_m", roles[1]: "w/adam_v"} if by_name else
        {roles[1]: "w/adam_m", roles[0]: "w/adam_v"})


def test_one_slot_of_a_cell_is_two_of_a_layer():
    found = slots.pair([update("Adagrad", accum="w/Adagrad")],
                       rows(("w", "lstm/kernel"), ("w", "lstm/recurrent_kernel")), [])
    assert [row.port for row in found] == ["lstm/kernel", "lstm/recurrent_kernel"]
    assert {row.role for row in found} == {"accumulator"}


def test_slots_of_what_has_no_partner_are_left_out():
    assert slots.pair([update("Adam", m="w/Adam")], rows(("other", "a/kernel")), []) == []


def test_the_roles_of_ftrl_and_adadelta():
    for kind, roles in (("Ftrl", ("accumulator", "linear")),
                        ("Adadelta", ("accumulator", "accumulator_update"))):
        names = dict(zip(("accum", "linear" if kind == "Ftrl" else "accum_update"), ("a", "b")))
        found = slots.pair([update(kind, **names)], rows(("w", "a/kernel")),
                           optimizer("a/kernel", kind, *roles))
        assert [(row.reference, row.role) for row in found] == list(zip("ab", roles))


@pytest.mark.parametrize("momentum,idle", [(0.0, True), (0.9, False)])
def test_a_momentum_of_nothing_needs_no_slot(momentum, idle):
    known = dict(update("RMSProp", ms="ms", mom="mom"), constants={"momentum": momentum})
    found = slots.pair([known], rows(("w", "a/kernel")), optimizer("a/kernel", "RMSprop"))
    assert [(row.reference, row.idle) for row in found] == [("ms", False), ("mom", idle)]


def test_averages_of_weights_that_the_optimizer_keeps():
    name = "w/ExponentialMovingAverage"
    adam = update("Adam", m="w/Adam", v="w/Adam_1")
    found = slots.pair([adam], rows(("w", "a/kernel")),
                       optimizer("a/kernel", "Adam", "m", "v", "average"), [name])
    assert [row.reference for row in found if row.role == "average"] == [name]
    assert not [row for row in slots.pair([adam], rows(("w", "a/kernel")), optimizer(
        "a/kernel", "Adam", "m", "v"), [name]) if row.role == "average"]


def test_an_average_holds_what_the_port_adds_to_the_variable_and_other_slots_do_not():
    bias = transforms.cell_bias("LSTM cell", 1.0)
    rows_of = {role: slots.Row("w/" + role, "w", "lstm/bias", role, False)
               for role in ("average", "m")}
    zeros = np.zeros(8)
    taken = {role: row.layout(bias)[0](zeros) for role, row in rows_of.items()}
    assert taken["m"].tolist() == [0.0] * 8
    assert taken["average"].tolist() == [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    for role, row in rows_of.items():
        whole = np.ones(8)
        row.layout(bias)[1](taken[role], whole)
        assert whole.tolist() == [0.0] * 8
