"""What a capture holds, in words."""

import re

import pytest

from parity.reference.reading import descriptions
from parity.reference.showing import show


@pytest.fixture
def text_of(captured_program):
    """Function (program) that returns the text with every run of blanks made one."""
    return lambda program: re.sub(r"\s+", " ", show.text(captured_program(program)))


def test_origin_inputs_and_steps(text_of):
    text = text_of("images")
    assert "programs.py:images captured on TensorFlow" in text
    assert "3 steps, 3 calls of Session.run" in text
    assert "images: float32 [None, 8, 8, 3], fed, [8, 8, 8, 3] in the first call" in text
    assert "1. call: RMSProp updates net/conv1/kernel, net/norm1/gamma, ... net/logits/b" in text
    assert "counts global_step" in text


def test_optimizers_schedules_and_losses(text_of):
    text = text_of("images")
    assert "RMSProp (RMSProp), 7 variables" in text
    assert "rho 0.8, momentum 0.7, epsilon 0.001" in text
    assert ("learning rate exponential decay of global_step: initial_learning_rate 0.02, "
            "decay_steps 10, decay_rate 0.94, staircase yes") in text
    assert "loss loss:0" in text and "never" not in text
    assert "slot ms starts at ones" in text


def test_clipping_and_sparse_gradients(text_of):
    text = text_of("recurrent")
    assert "gradients: clipped by global norm to 1.5" in text
    assert "sparse gradients: table" in text
    assert "learning rate the variable rate: 0.25" in text


def test_layers_draws_and_averages(text_of):
    text = text_of("images")
    assert "Layers, in the order of use: 253 parameters" in text
    assert ("net/conv1: convolution 3x3, 3 -> 4, stride 2, SAME, no bias, 0.004 x l2_loss of "
            "kernel; kernel truncated normal, stddev 0.02 [108]") in text
    assert "net/norm1: batch norm [4], epsilon 0.002, decay 0.97, fused, relu;" in text
    assert "net/hidden: dense 16 -> 6, leaky_relu 0.3; kernel Glorot uniform, bias 0.1" in text
    assert "dropout, keeps 0.75, after net/Reshape" in text
    assert ("moving averages of weights, decay 0.95: "
            "net/conv1/kernel/ExponentialMovingAverage") in text


def test_vectors_that_are_not_trained(text_of):
    text = text_of("both_ways")
    assert "Layers, in the order of use: 1,108 parameters, 1,087 of them trained" in text
    assert "vectors: embedding of 7 in 3, not trained; embeddings Glorot uniform [21]" in text


def test_phases_and_weight_clips(text_of):
    text = text_of("adversarial")
    assert "1. call: Adam updates discriminator/hidden/kernel," in text
    assert "; clips weights takes real, random_uniform/RandomUniform" in text
    assert "2. call: Momentum updates generator/hidden/kernel," in text
    assert "weights clipped to [-0.03, 0.03]: discriminator/hidden/kernel" in text


def test_spectral_norms(text_of):
    text = text_of("two_iterations")
    assert ("hidden: dense 6 -> 5, divided by its spectral norm, 2 power iterations, relu; kernel "
            "Glorot uniform, bias zeros [35]") in text
    assert "vectors of spectral norms: hidden/u" in text


def test_float64(text_of):
    assert "every operation can be computed in float64" in text_of("images")
    assert "2 operations of fused batch norm are replaced by the formula" in text_of("images")
    assert "fused batch norm" not in text_of("recurrent").partition("In float64")[2]


@pytest.mark.parametrize("spread, expected", [
    ({}, "gave the same bits"),
    ({"net/hidden/bias": 1e-6}, "rounding, in the order of additions"),
    ({"net/hidden/bias": 0.2}, "a race, or gradients that are zero but for rounding: "
                               "net/hidden/bias")])
def test_repeats(text_of, captured_program, monkeypatch, spread, expected):
    for call in captured_program("images").calls:
        monkeypatch.setattr(call, "repeats", {"count": 2, "spread": spread, "reason": ""})
    assert expected in text_of("images").partition("Repeats")[2].partition("In float64")[0]


def test_lines_are_no_wider_than_a_terminal(captured_program):
    for program in ("images", "adversarial", "optimizers", "recurrent"):
        assert all(len(line) <= 100 for line in show.text(captured_program(program)).splitlines())


def test_a_hundred_layers_are_told_in_few_lines():
    block = [("convolution", 9), ("batch norm", 2), ("dense", 5)]
    lines = [("first", "embedding", 7)] + [
        ("layer_{}/{}".format(index, kind), kind, count)
        for index in range(40) for kind, count in block]
    told = descriptions.folded(lines)
    assert len(told) == 5
    assert told[1][1] == ("40 times, the last one from layer_39/convolution, 640 parameters in "
                          "all:")
    assert [line[1] for line in told[2:]] == ["convolution", "batch norm", "dense"]


def test_different_layers_are_all_told():
    lines = [("a", "dense 1 -> 2", 2), ("b", "dense 2 -> 3", 6), ("c", "dense 2 -> 3", 6)]
    assert descriptions.folded(lines) == lines
