"""What is said of a first difference, and the lines of a program that it is traced to."""

import os
import traceback

import numpy as np
import pytest

from parity import causes
from parity import recording
from parity.common import sources
from parity.findings import Finding
from parity.mapping import Mapping

RANDOM = np.random.default_rng(1)
OUTPUT = RANDOM.normal(size=(4, 8))
START = RANDOM.normal(size=(3, 2))
MOVED = START - 1e-3 * RANDOM.normal(size=(3, 2))
SLOT = RANDOM.normal(size=(3, 2))


def pair_of(legacy, modern, legacy_header=None, modern_header=None, partners=None):
    headers = [dict({"phases": ["joint"], "sources": {}}, **(header or {}))
               for header in (legacy_header, modern_header)]
    return recording.Pair(None, "float64", Mapping(partners or {}, [], []),
                          (headers[0], legacy), (headers[1], modern), [], {})


def cause(rung, tensor, pair, **changes):
    return causes.cause(Finding(rung, "float64", tensor, "different", **changes), pair)


# The forward pass.

def forward(port, tensor="training/joint:generator/hidden2"):
    first = {"taps/training/joint:generator/hidden1": np.zeros(2)}
    return cause(3, tensor, pair_of(
        dict(first, **{"taps/" + tensor: OUTPUT}), dict(first, **{"taps/" + tensor: port})))


def test_slope_of_a_leaky_relu_is_measured():
    port = np.where(OUTPUT < 0, 0.3 / 0.2 * OUTPUT, OUTPUT)
    assert forward(port) == ("positive outputs agree, negative ones are 1.5 times the reference's: "
                             "the slope of the leaky ReLU")


def test_factor_of_an_output_is_measured():
    assert forward(0.25 * OUTPUT) == "the layer's output is 0.25 times the reference's"


@pytest.mark.parametrize("port", [OUTPUT + 1.0, OUTPUT + 1e-7, np.tanh(OUTPUT)])
def test_other_outputs_are_the_layers_own(port):
    assert forward(port) == "layers before it agree; this layer's formula or constants differ"


def test_first_layer_may_have_been_fed_otherwise():
    tensor = "training/joint:generator/hidden1"
    pair = pair_of({"taps/" + tensor: OUTPUT, "taps/training/joint:generator/hidden2": OUTPUT},
                   {"taps/" + tensor: np.tanh(OUTPUT)})
    assert cause(3, tensor, pair) == (
        "the first layer of the pass differs though its weights agree: its input or formula")


def test_other_shape_is_said():
    assert forward(OUTPUT[:2]) == "the layer gives another shape"


def test_reference_of_zeros_is_no_factor():
    tensor = "training/joint:generator/hidden2"
    pair = pair_of({"taps/" + tensor: np.zeros(3)}, {"taps/" + tensor: np.ones(3)})
    assert "times" not in cause(3, tensor, pair)


# Losses and updates.

def test_both_losses_are_shown():
    pair = pair_of({"loss/joint/generator": np.float64(0.5)},
                   {"loss/joint/generator": np.float64(0.625)})
    assert cause(4, "joint/generator", pair) == (
        "every layer agrees and the loss is 0.625 instead of 0.5: its formula, labels or weights")


def update(port, port_slot=SLOT, phases=("joint",)):
    pair = pair_of(
        {"state/0/kernel": START, "state/1/kernel": MOVED, "state/1/kernel@m": SLOT,
         "gradients/joint/kernel": SLOT},
        {"stepped/0/g/kernel": port, "stepped/0/g/kernel@momentum": port_slot},
        {"phases": ["joint"] if len(phases) == 1 else sorted(phases)}, {"phases": list(phases)},
        {"kernel": "g/kernel", "kernel@m": "g/kernel@momentum"})
    return cause(6, "kernel", pair)


def test_factor_of_an_update_is_a_learning_rate():
    assert update(START + 1.001 * (MOVED - START)) == (
        "gradients agree and the update is 1.001 times the reference's: the learning rate")


def test_update_in_other_proportions_from_equal_slots_is_the_rule():
    words = ("gradients agree and the update differs entry by entry: the optimiser's rule or its "
             "constants (epsilon, decays)")
    assert update(START + np.tanh(1e3 * (MOVED - START))) == words
    assert update(START + np.tanh(1e3 * (MOVED - START)), 2 * SLOT) == words  # still proportional


def test_slots_in_other_proportions_have_seen_another_gradient():
    assert "the optimiser saw another one" in update(
        START + np.tanh(1e3 * (MOVED - START)), SLOT ** 3)


def test_order_of_phases_comes_before_what_it_causes():
    assert update(START + 1.001 * (MOVED - START), phases=("generator", "discriminator")) == (
        "the phases run in another order: discriminator, generator; in the port generator, "
        "discriminator")


@pytest.mark.parametrize("rung, words", [
    (5, "losses agree, their gradients do not"), (7, "weights move alike, this state does not"),
    (8, "the step from the reference's state after 20 steps differs")])
def test_other_rungs_say_what_is_known_there(rung, words):
    assert cause(rung, "kernel", pair_of({}, {}), step=20).startswith(words)


@pytest.mark.parametrize("rung", [1, 2, 9])
def test_structure_initialisers_and_checkpoints_speak_for_themselves(rung):
    assert cause(rung, "kernel", pair_of({}, {}), note="as noted") == "as noted"


@pytest.mark.parametrize("verdict", ["constants", "inconclusive"])
@pytest.mark.parametrize("rung", range(1, 10))
def test_what_is_not_different_needs_no_cause(verdict, rung):
    first = Finding(rung, "float64", "kernel", verdict, note="as noted")
    assert causes.cause(first, pair_of({}, {})) == "as noted"


# Lines.

LEGACY = {"sources": {"generator/hidden1": "old.py:1", "discriminator/output": "old.py:2",
                      "loss generator": "old.py:3", "optimizer generator": "old.py:4",
                      "optimizer discriminator": "old.py:5"}}
MODERN = {"sources": {"generator/hidden1": "new.py:1", "discriminator/output": "",
                      "losses": "new.py:3", "optimizer generator": "new.py:4",
                      "optimizer discriminator": "new.py:5"}}


@pytest.mark.parametrize("rung, tensor, legacy, modern", [
    (1, "generator/hidden1/kernel", "old.py:1", "new.py:1"),
    (3, "training/joint:generator/hidden1", "old.py:1", "new.py:1"),
    (3, "training/joint:discriminator_1/output", "old.py:2", ""),
    (3, "training/joint:encoder/hidden1", "", ""),
    (4, "joint/generator", "old.py:3", "new.py:3"),
    (5, "joint/generator/hidden1/kernel", "old.py:1", "new.py:1"),
    (6, "generator/hidden1/kernel", "old.py:4", "new.py:4"),
    (6, "discriminator/output/kernel", "old.py:5", "new.py:5"),
    (7, "joint/discriminator@beta1_power", "old.py:5", "new.py:5"),
    (8, "discriminator/output/kernel@m", "old.py:5", "new.py:5")])
def test_lines_that_made_a_tensor(rung, tensor, legacy, modern):
    pair = pair_of({}, {}, LEGACY, MODERN)
    found = causes.sources(Finding(rung, "float64", tensor, "different"), pair)
    assert found == {"legacy": legacy, "modern": modern}


def _frame(path, line, function="program"):
    return traceback.FrameSummary(path, line, function, lookup_line=False, line="")


def test_own_line_is_the_innermost_of_the_program(tmp_path, monkeypatch, repository):
    monkeypatch.chdir(tmp_path)
    own = str(tmp_path / "models" / "gan.py")
    frames = [_frame(str(tmp_path / "train.py"), 3), _frame(own, 12),
              _frame(own, 40, "__init__"),
              _frame("/venv/lib/python3.11/site-packages/keras/layers.py", 7),
              _frame(os.path.join(repository, "parity", "tf1", "recorder.py"), 9),
              _frame("<frozen importlib._bootstrap>", 241), _frame(traceback.__file__, 1)]
    assert sources.own_line(frames) == os.path.join("models", "gan.py") + ":12"
    assert sources.own_line(frames[2:]) == ""
    assert sources.own_line([]) == ""


def _line_of_next():
    return traceback.extract_stack()[-2].lineno + 1


def test_objects_remember_the_line_that_made_them(monkeypatch, repository):
    class Layer:
        def __init__(self, width=1, **names):
            self.width, self.names = width, names

    class Dense(Layer):
        def __init__(self, width):
            super().__init__(width, name="dense")

    class Slots:
        __slots__ = ()

        def __init__(self):
            pass

    monkeypatch.chdir(repository)
    sources.note_origin(Layer)
    sources.note_origin(Slots)
    line = _line_of_next()
    layer = Dense(3)
    assert layer.parity_origin == os.path.join("tests", "parity", f"test_causes.py:{line}")
    assert (layer.width, layer.names) == (3, {"name": "dense"})
    assert not hasattr(Slots(), "parity_origin")
