"""Updates of rows as Keras's stock rules make them, against NumPy."""

import numpy as np
import pytest

from parity.causes import rows
from parity.common import rungs
from parity.reference.reading import updates
from tests.parity.causes import embedded
from tests.parity.causes.embedded import TABLE
from tests.parity.causes.one_step import taken

SLOT = 0.25  # of every entry before the step: rows that no gradient reaches show what decays


class Changed:
    """A program's first step under a change: its table, slots and gradients."""

    def __init__(self, captured, entry, number):
        place = embedded.place(captured, rungs.UPDATE)
        slots = next(each.slots for each in updates.read(captured) if each.variable == TABLE)
        slots = {role: name for role, name in slots.items() if "power" not in role}
        before = taken(captured).before
        step = taken(captured, list(entry(place))[number].edits,
                     {name: np.full_like(before[name], SLOT) for name in slots.values()})
        self.slots = {role: step.after[name] for role, name in slots.items()}
        self.move = step.after[TABLE] - step.before[TABLE]
        words, each_use, _, _ = embedded.gradients(step)
        self.used = np.isin(np.arange(len(self.move)), words)
        self.summed, self.squares = embedded.summed(step)[TABLE], np.zeros_like(self.move)
        np.add.at(self.squares, words, np.square(each_use))
        assert not np.allclose(self.squares, np.square(self.summed))


@pytest.fixture(name="changed")
def fixture_changed(capture):
    """Function (program, function of an entry, number of its change) that gives `Changed`."""
    return lambda program, entry, number=0: Changed(capture("sequences", program), entry, number)


def close(value, expected):
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-16)


def test_adam_squares_the_gradient_of_each_use(changed):
    found = changed("embedding_adam", rows.repeated)
    close(found.slots["m"], 0.9 * SLOT + 0.1 * found.summed)
    close(found.slots["v"], 0.999 * SLOT + 0.001 * found.squares)
    close(found.move, -0.01 * np.sqrt(0.001) / 0.1 * found.slots["m"] / (
        np.sqrt(found.slots["v"]) + 1e-8))


def test_adagrad_adds_the_square_of_each_use(changed):
    found = changed("embedding_adagrad", rows.repeated)
    close(found.slots["accum"], SLOT + found.squares)
    close(found.move, -0.1 * found.summed / np.sqrt(found.slots["accum"]))


def test_rmsprop_averages_the_square_of_each_use_in_used_rows(changed):
    found = changed("embedding_rmsprop", rows.repeated)
    used = found.used[:, None]
    close(found.slots["ms"], np.where(used, 0.9 * SLOT + 0.1 * found.squares, SLOT))
    assert not found.used.all()


def test_rmsprop_averages_the_square_of_each_use_in_all_rows(changed):
    found = changed("embedding_rmsprop", rows.repeated, 1)
    close(found.slots["ms"], 0.9 * SLOT + 0.1 * found.squares)


def test_rmsprop_decays_the_mean_squares_of_all_rows(changed):
    found = changed("embedding_rmsprop", rows.unused)
    close(found.slots["ms"], 0.9 * SLOT + 0.1 * np.square(found.summed))


def test_momentum_moves_all_rows(changed):
    found = changed("embedding_momentum", rows.unused)
    close(found.slots["accum"], 0.9 * SLOT + found.summed)
    close(found.move, -0.1 * found.slots["accum"])
    assert not found.used.all()


@pytest.mark.parametrize("program", ["embedding", "one_hot", "lstm_adam"])
def test_without_a_rule_for_rows_nothing_is_tried(capture, program):
    captured = capture("sequences", program)
    target = updates.read(captured)[0].variable
    place = embedded.place(captured, rungs.UPDATE, target=target)
    assert not list(rows.repeated(place)) and not list(rows.unused(place))
