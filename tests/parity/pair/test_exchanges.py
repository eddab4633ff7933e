"""Layers that an order alone paired wrongly are exchanged until the forward pass agrees."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge import verdicts
from parity.judge.sides import Sides
from parity.judge.trained import TRAINED
from parity.pair import exchanges
from parity.pair import mapping
from tests.parity.pair.described import both, entry, port

LAYERS = ("a", "b", "c", "d")


class Towers:
    """Two towers of two layers each, tanh(x * kernel + bias); the port makes the other one first.

    `order`: numbers of the port's layers in the order in which the reference uses its own.
    """

    def __init__(self, order=(2, 3, 0, 1), seen=True, slope=1.0, inputs=(0.5, -0.25)):
        self.order, self._seen, self._slope, self.steps = order, seen, slope, 0
        self._inputs = inputs
        reference = [each for name in LAYERS for each in (
            entry(f"{name}/w", "kernel", [2, 2], layer=name),
            entry(f"{name}/b", "bias", [2], layer=name))]
        ported = [each for number in range(4) for each in (
            port(f"dense_{number}/kernel", [2, 2]), port(f"dense_{number}/bias", [2]))]
        updates = [{"variable": each["name"], "kind": "Momentum", "scope": "o", "constants": {},
                    "slots": {"accum": each["name"] + "/Momentum"}} for each in reference]
        self.found = mapping.mapping(*both(reference, ported, updates, trained=[
            each["path"] for each in ported], roles=["momentum"]))
        random = np.random.RandomState(0)
        self._values = {each["name"]: random.standard_normal(each["shape"]) for each in reference}

    def _outputs(self, kernels, slope=1.0):
        """Outputs of four layers, and the loss."""
        x, y = (np.full(2, value) for value in self._inputs)
        found = []
        for number, (kernel, bias) in enumerate(kernels):
            data = found[-1] if number % 2 else (x, y)[number // 2]
            found.append(np.tanh(slope * (data @ kernel + bias)))
        return found, np.sum(2 * found[1] - found[3])

    def sides(self, found):
        """The `Sides` of a step of the port whose variables a mapping fills."""
        self.steps += 1
        held = {row.port: row.transform.state(self._values[row.reference])
                for row in found.variables.rows}
        layers = [f"dense_{number}" for number in self.order]
        outputs, loss = self._outputs([(held[name + "/kernel"], held[name + "/bias"])
                                       for name in layers], self._slope)
        theirs, true = self._outputs([(self._values[name + "/w"], self._values[name + "/b"])
                                      for name in LAYERS])
        reference, ported = {"loss/0/0/loss:0": true}, {"loss/0/loss": loss}
        for time in ("before", "after"):
            reference.update((f"{time}/0/{name}", value) for name, value in self._values.items())
        ported.update((f"after/0/{path}", value) for path, value in held.items())
        if self._seen:
            reference.update((f"output/0/0/{name}", value) for name, value in zip(LAYERS, theirs))
            ported.update((f"output/0/{number}", value)
                          for number, value in enumerate(outputs))
        return Sides(reference, ported, found.variables, found.slots, (0,), {})

    def settled(self):
        """What `exchanges.settled` makes of it."""
        return exchanges.settled(self.found, self.sides(self.found), self.sides,
                                 TRAINED.compared)


def partners(found):
    return [row.port.partition("/")[0] for row in found.variables.rows
            if row.port.endswith("kernel")]


def test_a_right_order_is_left_as_it_is_after_one_look():
    towers = Towers(order=(0, 1, 2, 3))
    assert towers.settled() is towers.found and towers.steps == 1


@pytest.mark.parametrize("order", [(2, 3, 0, 1), (1, 0, 2, 3), (3, 1, 2, 0), (1, 2, 3, 0)])
def test_exchanges_find_the_order_in_which_the_port_uses_its_layers(order):
    towers = Towers(order)
    found = towers.settled()
    assert partners(found) == [f"dense_{number}" for number in order]
    moved = {row.port.partition("/")[0] for row in found.variables.rows
             if row.reason == exchanges.REASON}
    assert moved == {f"dense_{number}" for place, number in enumerate(order) if place != number}
    assert verdicts.in_float64(next(TRAINED.compared(
        towers.sides(found)))) == differences.IDENTICAL


def test_layers_that_give_what_they_should_are_not_tried_again():
    towers = Towers((0, 1, 3, 2))
    assert partners(towers.settled()) == ["dense_0", "dense_1", "dense_3", "dense_2"]
    assert towers.steps == 2


def test_towers_of_one_input_each_of_which_gives_what_the_other_should_are_exchanged():
    towers = Towers((2, 3, 0, 1), inputs=(0.5, 0.5))
    assert partners(towers.settled()) == ["dense_2", "dense_3", "dense_0", "dense_1"]


def test_biases_and_slots_go_with_their_kernels():
    found = Towers().settled()
    held = {(row.reference, row.port) for row in found.variables.rows}
    assert ("a/b", "dense_2/bias") in held and ("d/w", "dense_1/kernel") in held
    assert {(slot.reference, slot.port) for slot in found.slots} == {
        (name + "/Momentum", path) for name, path in held}


def test_towers_are_exchanged_where_only_the_loss_is_seen():
    assert partners(Towers(seen=False).settled()) == ["dense_2", "dense_3", "dense_0", "dense_1"]


def test_a_port_that_is_wrong_in_any_order_keeps_the_first_and_is_not_tried_for_ever():
    towers = Towers(slope=1.1)
    assert towers.settled() is towers.found
    assert 1 < towers.steps <= 1 + 32


def test_what_a_names_file_pairs_is_not_exchanged():
    towers = Towers()
    towers.found = exchanges.with_rows(towers.found, [
        row._replace(reason="names file") for row in towers.found.variables.rows])
    assert towers.settled() is towers.found and towers.steps == 1
