"""Every entry of the catalogue lists its changes of real programs, and none stumbles.

The catalogue itself leaves out an entry that does not fit a graph, so that it has to be seen here.
"""

import os

import pytest

from parity.causes import catalogue
from parity.causes import place
from parity.reference.captured import Captured
from parity.selftest import pairs
from tests.captures import Captures

# {program: [(rung, target, entries that have a change there)]}
PROGRAMS = {
    "layers.leaky_relu": [
        (3, "conv/activation", {"activation", "kernel's layout", "input's scale"}),
        (4, "sparse_softmax_cross_entropy_loss/value:0", {"labels", "logits", "reduction"}),
        (5, "conv/kernel", {"scale of gradients", "stopped gradient"})],
    "layers.batch_norm_by_hand": [
        (3, "norm", {"normalisation's epsilon"}), (7, "norm/moving_mean", {"moving average"}),
        (8, "norm/moving_mean", {"moving average"})],
    "training.clip_by_value": [(5, "hidden/kernel", {"clipping"})],
    "training.staircase": [(8, "hidden/kernel", {"schedule's stairs", "schedule's count"})],
    "optimizers.adam": [
        (6, "hidden/kernel", {"optimiser's constant", "count of updates", "bias correction"})],
    "losses.half_l2": [(4, "add:0", {"penalty", "term of the loss", "scale of the loss"})],
    "images.resized_by_lines": [(3, "logits", {"resize"})],
    "layers.pooling": [(3, "logits", {"pooling"})],
    "random_numbers.dropout": [(3, "out", {"dropout's rate"})],
    "conditional.label_embeddings": [(3, "generator/hidden", {"order of joined tensors"})],
    "losses.sigmoid": [(4, "sigmoid_cross_entropy_loss/value:0", {"labels", "logits"})],
    "losses.sparse_softmax_weighted": [
        (4, "sparse_softmax_cross_entropy_loss/value:0", {"weights of the loss"})],
    "images.residual": [(3, "first", {"place of the stride", "padding"})],
    "sequences.lstm": [
        (3, "logits", {"step of a sequence", "activation", "order of gates", "forget bias"})],
    "sequences.lstm_clipped": [
        (5, "rnn/basic_lstm_cell/kernel", {"norm of a cell", "clipping"})],
    "translation.pooled": [
        (4, "add_2:0", {"order of a state", "term of the loss", "order of the updates"}),
        (4, "add:0", {"term of the loss"})],
    "training.discriminator_first": [(4, "Mean_2:0", {"order of the updates"})],
    "updates.decoupled_decay": [(6, "hidden/kernel", {"decoupled weight decay"})],
    "training.averaged_weights": [
        (7, "hidden/kernel/ExponentialMovingAverage", {"moving average"})],
    "updates.average_of_many_steps": [
        (7, "hidden/kernel/ExponentialMovingAverage", {"moving average"})],
    "attention.self_attention": [
        (3, "logits", {"attention's scale", "attention's axis"}),
        (5, "gamma", {"attention's scale", "attention's axis"})],
    "spectral.one_iteration": [
        (3, "logits", {"power iterations", "power iteration's epsilon", "spectral norm"}),
        (5, "hidden/kernel", {"spectral norm's gradient", "spectral norm's kernel"}),
        (7, "hidden/u", {"spectral norm's vector"})],
    "spectral.convolution": [
        (3, "conv", {"power iterations", "power iteration's epsilon", "spectral norm"})]}
# {program: [(rung, target, what the families change, the number that the reference has)]}
FAMILIES = {
    "losses.half_l2": [(4, "add:0", "penalty", 1.0), (4, "add:0", "term of the loss", 1.0),
                       (4, "add:0", "a number", 0.02)],
    "layers.leaky_relu": [(3, "conv/activation", "activation", 0.1)],
    "layers.batch_norm_by_hand": [(3, "norm", "normalisation's epsilon", 0.001)],
    "sequences.lstm": [(3, "logits", "forget bias", 1.0)],
    "losses.sigmoid": [(4, "sigmoid_cross_entropy_loss/value:0", "labels", 0.0)],
    "spectral.convolution": [(3, "conv", "power iteration's epsilon", 1e-12)]}


@pytest.fixture(name="captured", scope="module")
def fixture_captured(repository, tmp_path_factory):
    """`{program: Captured}`."""
    folder = str(tmp_path_factory.mktemp("captures"))
    with Captures(repository, folder) as capture:
        for name in PROGRAMS:
            group, function = name.split(".")
            program = pairs.path("programs", group)
            ended = capture("--steps=2", "--out=" + os.path.join(folder, name), "--",
                            program + ":" + function)
            assert ended.status == 0, ended.err
    return {name: Captured(os.path.join(folder, name)) for name in PROGRAMS}


def at(captured, rung, target):
    return place.Place(captured, {
        "rung": rung, "phase": 0, "target": target, "alike": [], "layers": [{}], "ratio": 2.0,
        "optimizer": {"learning_rate": 0.5, "epsilon": 0.25}, "batch": 8})


@pytest.mark.parametrize("program,rung,target,expected", [
    pytest.param(program, *each, id="{} at rung {}".format(program, each[0]))
    for program, places in PROGRAMS.items() for each in places])
def test_entries_list_their_changes(captured, program, rung, target, expected):
    where = at(captured[program], rung, target)
    found = {change.name for entry in catalogue.ENTRIES if rung in entry.rungs
             for change in entry.changes(where)}
    assert expected <= found <= {entry.name for entry in catalogue.ENTRIES}


@pytest.mark.parametrize("program,rung,target,name,present", [
    (program, *each) for program, places in FAMILIES.items() for each in places])
def test_families_hold_the_number_of_the_reference(captured, program, rung, target, name, present):
    found = list(catalogue.families(at(captured[program], rung, target)))
    assert present in [family.present for family in found if family.change(0.25).name == name]


@pytest.mark.parametrize("program,counts", [
    ("training.averaged_weights", False), ("updates.average_of_many_steps", True)])
def test_an_average_without_a_count_has_none_that_is_off(captured, program, counts):
    where = at(captured[program], 7, "hidden/kernel/ExponentialMovingAverage")
    said = [change.sentence for change in catalogue.changes(where)]
    assert any("count of updates" in each for each in said if "average" in each) == counts
    assert any("the moving average keeps 0.9, " in each for each in said) != counts
