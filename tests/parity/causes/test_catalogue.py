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
    "random_numbers.dropout": [(3, "out", {"dropout's rate"})]}


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


@pytest.mark.parametrize("program,rung,target,expected", [
    pytest.param(program, *each, id="{} at rung {}".format(program, each[0]))
    for program, places in PROGRAMS.items() for each in places])
def test_entries_list_their_changes(captured, program, rung, target, expected):
    where = place.Place(captured[program], {
        "rung": rung, "phase": 0, "target": target, "alike": [], "layers": [{}], "ratio": 2.0,
        "optimizer": {"learning_rate": 0.5, "epsilon": 0.25}, "batch": 8})
    found = {change.name for entry in catalogue.ENTRIES if rung in entry.rungs
             for change in entry.changes(where)}
    assert expected <= found <= {entry.name for entry in catalogue.ENTRIES}
